"""`/agents`: everybody who could be given work, why some could not, and how many open tickets each has."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bot.domain.people import Role
from bot.domain.sla.calendar import Calendar
from bot.domain.sla.policy import NO_PROMISES, Presence, Target
from bot.inbox import Outcome
from store import desk, presence
from tests.builders import ADMIN_ID, BOSS, DENIZ, ELIF, GROUP, MEHMET, ZEYNEP, House

DAY_MS = 86_400_000
NEVER = Calendar(name="never", zone=ZoneInfo("Europe/Istanbul"), week={})
LEVELS = replace(
    NO_PROMISES,
    calendars={"never": NEVER},
    presence=Presence(silence=Target(3 * DAY_MS), hours={"can": "never"}),
)


@pytest.fixture
async def staffed(desk_house: House) -> House:
    """An admin, a lead, two agents, one outside their hours, one who never wrote, and an owner."""
    desk_house.helpdesk.levels.sla = LEVELS
    for number, name in ((900_001, "Elif"), (900_002, "Deniz"), (900_003, "Can"), (900_004, "Ege"), (900_005, "Oya")):
        await desk.seen(number, name, name.lower(), GROUP)
        if name not in {"Ege", "Oya"}:
            await presence.spoke(number, desk_house.clock.now(), 0)
    await desk.seen(ADMIN_ID, BOSS.name, BOSS.username, GROUP)
    await desk.set_role(900_002, Role.LEAD)
    await desk.set_role(900_005, Role.OWNER)
    return desk_house


async def listed(house: House) -> list[str]:
    """What a lead is answered, without its heading."""
    assert await house.agent("/agents", who=DENIZ) is Outcome.DONE
    await house.settles()
    heading, *lines = house.telegram.said(GROUP)[-1].splitlines()
    assert heading == "👥 Temsilciler ve açık talepleri:"
    return lines


async def test_who_is_there_comes_first_and_each_says_how_many_open_tickets(staffed: House) -> None:
    for who in (MEHMET, ZEYNEP):
        await staffed.agent("/take", await staffed.opened(who=who), who=ELIF)
    done = await staffed.opened()
    await staffed.agent("/take", done, who=ELIF)
    await staffed.agent("/close spam", done, who=BOSS)
    assert await listed(staffed) == [
        "🟢 Deniz (lider) · talep yok",
        "🟢 Elif · 2 açık talep",
        "🟢 Selin (yönetici) · talep yok",
        "🕙 Can · talep yok · mesai dışında",
        "💤 Ege · talep yok · henüz hiç yazmadı",
    ]


async def test_away_and_silence_say_until_and_since_when(staffed: House) -> None:
    await staffed.agent("/away 9d", who=BOSS)
    staffed.clock.move(4 * DAY_MS / 1000)
    since, until = (staffed.helpdesk.soon(staffed.clock.now() + days * DAY_MS) for days in (-4, 5))
    lines = await listed(staffed)
    assert f"💤 Elif · talep yok · son görülme {since}" in lines
    assert f"🌙 Selin (yönetici) · talep yok · dönüşü {until}" in lines
    await staffed.agent("/away", who=ELIF)
    lines = await listed(staffed)
    assert lines[0].startswith("🟢 Deniz")
    assert "🌙 Elif · talep yok · uzakta, dönünce haber verecek" in lines


async def test_whoever_left_is_listed_only_as_long_as_tickets_are_theirs(staffed: House) -> None:
    ticket = await staffed.opened()
    await staffed.agent("/take", ticket, who=ELIF)
    await desk.set_present(900_001, False, GROUP)
    assert (await listed(staffed))[-1] == (
        "🚪 Elif · 1 açık talep · artık burada temsilci değil; /handover 900001 devreder"
    )
    await presence.spoke(900_004, staffed.clock.now(), 0)
    assert await staffed.agent("/handover 900001", who=DENIZ) is Outcome.DONE
    assert "Elif" not in "".join(await listed(staffed))


async def test_agents_do_not_see_it_and_nobody_is_called_by_it(staffed: House) -> None:
    assert await staffed.agent("/agents", who=ELIF) is Outcome.REFUSED
    assert "@" not in "".join(await listed(staffed))
