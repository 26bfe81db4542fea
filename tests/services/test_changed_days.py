"""Deadlines that are computed anew because something else than `sla.toml` changed: a setting, feasts, time zones."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.sla.calendar import Holiday
from bot.domain.ticket import CloseReason, Ticket
from bot.domain.timers import DAY_MS, TimerKind
from bot.services import levels, upkeep
from config.policies import SHIPPED
from config.sla import read_sla
from config.sla_version import version_of
from store import messages, tickets, timers
from tests.builders import House

DAY = 86_400.0


async def asked(house: House) -> Ticket:
    ticket = await house.opened()
    await house.agent("/ask Hangi model?", ticket)
    await house.deliver()
    return await house.again(ticket)


def restarted(house: House, days: int) -> House:
    """The same desk with another `GISE_AUTO_CLOSE__DAYS`."""
    helpdesk = house.helpdesk
    changed = replace(helpdesk, epoch=f"{days} days", policies=replace(helpdesk.policies, auto_close_days=days))
    return replace(house, helpdesk=changed)


async def sleeps(house: House, days: float) -> None:
    house.clock.move(days * DAY)
    await upkeep.sweep(house.helpdesk)


async def reminders(ticket: Ticket) -> int:
    return len([m for m in await messages.of_ticket(ticket.id) if "Hâlâ yanıtınızı" in m.content.text])


async def settled(house: House) -> None:
    await levels.settle(house.helpdesk)
    while await levels.rearm(house.helpdesk):
        pass


@pytest.mark.parametrize("days", [7, 2])
async def test_a_timer_that_is_not_at_its_instant_any_more_is_armed_for_the_one_that_holds(
    desk_house: House, days: int
) -> None:
    ticket = await asked(desk_house)
    house = restarted(desk_house, days)
    await sleeps(house, 4)
    assert (await house.again(ticket)).live is (days > 4)
    await sleeps(house, 2)
    assert await reminders(ticket) == (days > 4), "the day before the end that holds"
    await sleeps(house, 1)
    assert (await house.again(ticket)).close_reason is CloseReason.NO_ANSWER


async def test_at_a_start_every_ticket_follows_the_setting(desk_house: House) -> None:
    await settled(desk_house)
    ticket = await asked(desk_house)
    house = restarted(desk_house, 2)
    await settled(house)
    since = ticket.waiting_since or 0
    assert (await timers.of_ticket(ticket.id))[TimerKind.AUTO_CLOSE] == since + 2 * DAY_MS
    assert (await tickets.history(ticket.id))[-1].reason == "hizmet süreleri değişti"
    await sleeps(house, 1)
    assert await reminders(ticket) == 1
    await sleeps(house, 1)
    assert (await house.again(ticket)).close_reason is CloseReason.NO_ANSWER


async def test_at_a_start_with_the_same_setting_no_ticket_is_touched(desk_house: House) -> None:
    await asked(desk_house)
    await settled(restarted(desk_house, 4))
    await levels.settle(restarted(desk_house, 4).helpdesk)
    assert await levels.rearm(desk_house.helpdesk) == 0


def test_levels_are_others_when_a_library_knows_other_feasts_or_another_time_zone(tmp_path: Path) -> None:
    text = (SHIPPED / "sla.toml").read_bytes()
    (tmp_path / "sla.toml").write_bytes(text)
    sla = read_sla(tmp_path / "sla.toml", "tr")
    assert read_sla(tmp_path / "sla.toml", "en").version == sla.version, "the names of feasts move no deadline"
    name, office = next((name, one) for name, one in sla.calendars.items() if one.holidays)
    day = next(day for day, feast in office.holidays.items() if not feast.until)
    others = (
        replace(office, holidays={**office.holidays, day: Holiday("yarım gün", 13 * 60)}),
        replace(office, holidays={known: feast for known, feast in office.holidays.items() if known != day}),
        replace(office, zone=ZoneInfo("Europe/Athens")),
    )
    versions = {version_of(text, {**sla.calendars, name: other}) for other in others}
    assert len(versions | {sla.version}) == 1 + len(others)
