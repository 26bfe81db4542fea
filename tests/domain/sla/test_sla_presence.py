"""Who can be given work: what was said, whose hours it is, and who was not heard of."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.people import Agent
from bot.domain.sla.calendar import Calendar, Shift
from bot.domain.sla.policy import NO_PROMISES, Presence, Sla, Target
from bot.domain.sla.presence import UNTIL_BACK, Absence, absence, is_away

ZONE = ZoneInfo("Europe/Istanbul")
HOUR = 3_600_000
OFFICE = Calendar(name="office", zone=ZONE, week=dict.fromkeys(range(5), (Shift(540, 1080),)))
MORNINGS = Calendar(name="mornings", zone=ZONE, week=dict.fromkeys(range(5), (Shift(540, 720),)))


def at(moment: str) -> int:
    """A time in June 2026; the 15th is a Monday."""
    return int(datetime.fromisoformat(f"2026-06-{moment}").replace(tzinfo=ZONE).timestamp() * 1000)


LEVELS = replace(
    NO_PROMISES,
    calendars={"office": OFFICE, "mornings": MORNINGS},
    presence=Presence(silence=Target(9 * HOUR, "office"), hours={"elif": "mornings", "77": "mornings"}),
)
NOON = at("15T12:00")
DENIZ = Agent(id=7, name="Deniz", username="deniz", seen_at=NOON)


@pytest.mark.parametrize(
    ("agent", "now", "found"),
    [
        (DENIZ, NOON, None),
        (replace(DENIZ, away_until=NOON + 1), NOON, Absence.AWAY),
        (replace(DENIZ, away_until=NOON), NOON, None),
        (replace(DENIZ, away_until=UNTIL_BACK), at("30T12:00"), Absence.AWAY),
        (replace(DENIZ, username="Elif"), NOON, Absence.OFF),
        (replace(DENIZ, username="Elif"), at("15T11:59"), None),
        (replace(DENIZ, id=77), NOON, Absence.OFF),
        (replace(DENIZ, seen_at=at("12T12:00")), at("15T12:00"), None),
        (replace(DENIZ, seen_at=at("12T12:00")), at("15T12:01"), Absence.SILENT),
        (replace(DENIZ, seen_at=0), NOON, Absence.SILENT),
    ],
    ids=[
        "there",
        "away",
        "back",
        "away-without-end",
        "after-their-hours",
        "in-their-hours",
        "hours-by-id",
        "a-weekend-is-no-silence",
        "a-working-day-of-silence",
        "never-heard-of",
    ],
)
def test_an_agent_can_be_given_work_or_there_is_a_reason_why_not(agent: Agent, now: int, found: Absence | None) -> None:
    assert absence(agent, LEVELS, now) is found


@pytest.mark.parametrize("levels", [NO_PROMISES, replace(LEVELS, presence=Presence())])
def test_where_nothing_is_said_about_silence_nobody_is_silent(levels: Sla) -> None:
    assert absence(replace(DENIZ, seen_at=0, username="elif"), levels, NOON) is None


def test_silence_around_the_clock_counts_nights_and_weekends() -> None:
    levels = replace(LEVELS, presence=Presence(silence=Target(9 * HOUR)))
    assert absence(DENIZ, levels, NOON + 9 * HOUR) is None
    assert absence(DENIZ, levels, NOON + 9 * HOUR + 1) is Absence.SILENT


def test_being_away_is_what_was_said_and_nothing_else() -> None:
    assert is_away(replace(DENIZ, away_until=NOON + 1), NOON)
    assert not is_away(replace(DENIZ, seen_at=0), NOON)
