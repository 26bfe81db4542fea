"""What `sla.toml` says, from the file to a ticket's deadline: rules, teams' hours, and `/closed` beside the file."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from adapters.telegram.capabilities import CAPABILITIES
from bot.domain.groups import Group
from bot.domain.message import Person
from bot.domain.ticket import Ticket
from bot.domain.timers import TimerKind
from bot.inbox import Outcome
from bot.services import levels
from config.sla import load_sla
from store import timers
from store.sql import rows
from tests.builders import AYSE, BOSS, GROUP, ZEYNEP, House, house
from tests.fakes import FakeDesk

HOUR_MS = 3_600_000
NIGHT = Group(chat="-1009000000003", team="Gece Vardiyası")
FILE = """
default = "plain"

[calendars.days]
zone = "Europe/Istanbul"
hours = { mon-sun = ["00:00-24:00"] }

[calendars.mornings]
zone = "Europe/Istanbul"
hours = { mon-sun = ["09:00-12:00"] }

[policies.plain]
calendar = "days"
critical = { first_response = "4h" }
medium = { first_response = "4h" }
escalation = [{ clock = "first_response", at = "100%", to = "lead" }]

[policies.quick]
calendar = "days"
critical = { first_response = "1h" }
medium = { first_response = "1h" }
escalation = [{ clock = "first_response", at = "100%", to = "lead" }]
"""
BROKEN = "default = 1"


@pytest.fixture
def wide(database: Path, folder: Path) -> House:
    """A desk that reads that folder, with a group of a team beside its own."""
    return reading(database, folder)


def reading(files: Path, folder: Path) -> House:
    built = house(files, telegram=FakeDesk("telegram", CAPABILITIES, GROUP, more=[NIGHT]))
    built.helpdesk.levels.load = partial(load_sla, folder, "tr", [NIGHT.team])
    return built


def wrote(folder: Path, text: str) -> None:
    (folder / "sla.toml").write_text(text, encoding="utf-8")


async def starts(built: House, folder: Path, more: str = "") -> None:
    wrote(folder, FILE + more)
    await levels.settle(built.helpdesk)


async def due(ticket: Ticket) -> int:
    return (await timers.of_ticket(ticket.id))[TimerKind.SLA]


async def hours(ticket: Ticket) -> float:
    """How long after its creation the first answer is due."""
    return (await due(ticket) - ticket.created_at) / HOUR_MS


Change = Callable[[House, Ticket], Awaitable[None]]


def saying(words: str) -> Change:
    async def said(built: House, ticket: Ticket) -> None:
        assert await built.agent(words, ticket) is Outcome.DONE

    return said


async def very_important(built: House, ticket: Ticket) -> None:
    await rows("UPDATE requester SET vip = TRUE WHERE id = ?", ticket.requester_id)
    await built.agent("/category pos", ticket)


@pytest.mark.parametrize(
    ("when", "change"),
    [
        ('priority = ["high", "P0"]', saying("/priority critical")),
        ('type = ["idea", "fault"]', saying("/set type arıza")),
        ('category = ["ÖDEME"]', saying("/category Ödeme")),
        ('team = ["gece vardiyasi"]', saying("/assign gece vardiyası")),
        ('vip = ["yes"]', very_important),
        ('channel = ["whatsapp"], category = ["iade"]', saying("/category İade")),
    ],
    ids=["priority", "type", "category", "team", "vip", "channel"],
)
async def test_a_rule_by_each_fact_is_seen_in_the_deadline_once_it_fits(
    wide: House, folder: Path, when: str, change: Change
) -> None:
    await starts(wide, folder, f'\n[[rule]]\nwhen = {{ {when} }}\npolicy = "quick"\n')
    ticket = await wide.opened()
    assert await hours(ticket) == 4
    await change(wide, ticket)
    assert await hours(ticket) == 1


@pytest.mark.parametrize(("who", "expected"), [(AYSE, 4), (ZEYNEP, 1)], ids=["whatsapp", "telegram"])
async def test_a_rule_by_channel_holds_for_that_one_only(wide: House, folder: Path, who: Person, expected: int) -> None:
    await starts(wide, folder, '\n[[rule]]\nwhen = { channel = ["telegram"] }\npolicy = "quick"\n')
    assert await hours(await wide.opened(who=who)) == expected


async def test_a_teams_own_hours_count_as_long_as_the_ticket_is_theirs(wide: House, folder: Path) -> None:
    await starts(wide, folder, '\n[teams."GECE VARDİYASI"]\ncalendar = "mornings"\n')
    ticket = await wide.opened()
    assert await hours(ticket) == 4
    await wide.agent("/assign gece vardiyası", ticket)
    zone = wide.helpdesk.policies.zone
    opened = datetime.fromtimestamp(ticket.created_at / 1000, UTC).astimezone(zone)
    deadline = datetime.fromtimestamp(await due(ticket) / 1000, UTC).astimezone(zone)
    assert opened.hour >= 12, "the mornings of the next two days"
    assert ((deadline.date() - opened.date()).days, deadline.hour, deadline.minute) == (2, 10, 0)


async def closes(built: House, day: str) -> str:
    """`/closed` of that day; every ticket follows, and the answer is returned."""
    assert await built.agent(f"/closed {day} sayım", who=BOSS) is Outcome.DONE
    await built.settles()
    answer = built.telegram.said(GROUP)[-1]
    while await levels.rearm(built.helpdesk):
        pass
    return answer


def today(built: House) -> str:
    return datetime.fromtimestamp(built.clock.now() / 1000, built.helpdesk.policies.zone).date().isoformat()


@pytest.mark.parametrize("text", [BROKEN, FILE.replace("4h", "3h")], ids=["with-a-mistake", "with-other-targets"])
async def test_a_closed_day_applies_no_file_that_nobody_reloaded(wide: House, folder: Path, text: str) -> None:
    await starts(wide, folder)
    ticket = await wide.opened()
    wrote(folder, text)
    day = today(wide)
    assert day in await closes(wide, day)
    assert await hours(ticket) > 4, "the day does not count"
    assert "yeniden açık" in await closes(wide, day)
    assert await hours(ticket) == 4


async def test_another_worker_follows_a_closed_day_without_reading_files(wide: House, folder: Path) -> None:
    other = reading(wide.helpdesk.files, folder)
    await starts(wide, folder)
    await levels.settle(other.helpdesk)
    wrote(folder, BROKEN)
    for _ in ("closed", "opened"):
        await closes(wide, today(wide))
        await levels.keep_up(other.helpdesk)
        assert other.helpdesk.levels.sla == wide.helpdesk.levels.sla


async def test_a_day_said_to_be_closed_is_closed_though_the_file_opens_it(wide: House, folder: Path) -> None:
    day = today(wide)
    opened = FILE.replace("00:00-24:00", "10:00-11:00").replace(
        'mon-sun = ["10:00-11:00"] }', f'mon-sun = ["10:00-11:00"] }}\nopen = {{ {day} = ["00:00-24:00"] }}'
    )
    wrote(folder, opened)
    await levels.settle(wide.helpdesk)
    ticket = await wide.opened()
    before = await due(ticket)
    await closes(wide, day)
    assert await due(ticket) > before
    await closes(wide, day)
    assert await due(ticket) == before


async def test_who_opens_a_day_is_told_where_the_file_keeps_it_closed(wide: House, folder: Path) -> None:
    day = today(wide)
    wrote(folder, FILE.replace("[calendars.mornings]", f'closed = ["{day}"]\n\n[calendars.mornings]'))
    await levels.settle(wide.helpdesk)
    await closes(wide, day)
    answer = await closes(wide, day)
    assert "yine çalışılmıyor: days." in answer
