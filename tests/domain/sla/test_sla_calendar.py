"""Working time: what a calendar says of single days and nights, by hand."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.sla.calendar import Calendar, Holiday, Off, Shift, pieces, working

ISTANBUL, BERLIN = ZoneInfo("Europe/Istanbul"), ZoneInfo("Europe/Berlin")
NINE_TO_SIX = (Shift(9 * 60, 18 * 60),)
NIGHT = (Shift(22 * 60, 30 * 60),)
REPUBLIC_DAY = {date(2026, 10, 28): Holiday("Cumhuriyet Bayramı", 13 * 60), date(2026, 10, 29): Holiday("29 Ekim")}


def office(zone: ZoneInfo = ISTANBUL, shifts: tuple[Shift, ...] = NINE_TO_SIX, **special: Any) -> Calendar:
    return Calendar(name="office", zone=zone, week=dict.fromkeys(range(5), shifts), **special)


def at(written: str, zone: ZoneInfo = ISTANBUL) -> int:
    return int(datetime.fromisoformat(written).replace(tzinfo=zone).timestamp() * 1000)


def told(calendar: Calendar, start: str, end: str) -> list[str]:
    """The pieces as people write them."""
    zone = calendar.zone

    def clock(instant: int) -> str:
        return datetime.fromtimestamp(instant / 1000, zone).strftime("%d %H:%M")

    found = pieces(calendar, at(start, zone), at(end, zone))
    return [f"{clock(one.start)} {clock(one.end)} {one.off or 'work'}" for one in found]


def minutes(calendar: Calendar, start: str, end: str) -> int:
    zone = calendar.zone
    return sum(last - first for first, last in working(calendar, at(start, zone), at(end, zone))) // 60_000


def test_a_day_has_its_hours_and_a_weekend_none() -> None:
    assert told(office(), "2026-06-19T17:00", "2026-06-22T10:00") == [
        "19 17:00 19 18:00 work",
        "19 18:00 22 09:00 outside_hours",
        "22 09:00 22 10:00 work",
    ]


def test_several_intervals_leave_a_break_between_them() -> None:
    lunch = office(shifts=(Shift(9 * 60, 12 * 60), Shift(13 * 60, 18 * 60)))
    assert minutes(lunch, "2026-06-15T00:00", "2026-06-16T00:00") == 8 * 60


def test_intervals_that_overlap_count_once() -> None:
    twice = office(shifts=(Shift(9 * 60, 15 * 60), Shift(12 * 60, 18 * 60)))
    assert minutes(twice, "2026-06-15T00:00", "2026-06-16T00:00") == 9 * 60


def test_a_night_shift_of_friday_goes_on_into_saturday() -> None:
    assert told(office(shifts=NIGHT), "2026-06-19T20:00", "2026-06-20T12:00") == [
        "19 20:00 19 22:00 outside_hours",
        "19 22:00 20 06:00 work",
        "20 06:00 20 12:00 outside_hours",
    ]


def test_a_half_day_works_until_one_and_the_feast_not_at_all() -> None:
    assert told(office(holidays=REPUBLIC_DAY), "2026-10-28T08:00", "2026-10-30T10:00") == [
        "28 08:00 28 09:00 outside_hours",
        "28 09:00 28 13:00 work",
        "28 13:00 29 00:00 holiday",
        "29 00:00 30 00:00 holiday",
        "30 00:00 30 09:00 outside_hours",
        "30 09:00 30 10:00 work",
    ]


def test_a_night_shift_that_began_before_the_feast_runs_to_its_end() -> None:
    nights = office(shifts=NIGHT, holidays={date(2026, 10, 29): Holiday("29 Ekim")})
    assert minutes(nights, "2026-10-28T12:00", "2026-10-29T12:00") == 8 * 60
    assert minutes(nights, "2026-10-29T12:00", "2026-10-30T12:00") == 0


def test_an_own_closed_day_is_closed_and_an_opened_one_opened_whatever_the_calendar_says() -> None:
    saturday = date(2026, 10, 31)
    special = office(
        holidays=REPUBLIC_DAY,
        closed={date(2026, 10, 30): "sayım"},
        opened={date(2026, 10, 29): (Shift(600, 660),), saturday: (Shift(600, 720),)},
    )
    assert minutes(special, "2026-10-29T00:00", "2026-10-30T00:00") == 60
    assert minutes(special, "2026-10-31T00:00", "2026-11-01T00:00") == 120
    closed = next(iter(pieces(special, at("2026-10-30T10:00"), at("2026-10-30T11:00"))))
    assert (closed.off, closed.name) == (Off.CLOSED, "sayım")


@pytest.mark.parametrize(
    ("night", "hours"),
    [("2026-03-28", 7), ("2026-10-24", 9), ("2026-06-20", 8)],
    ids=["clocks-go-forward", "clocks-go-back", "usual"],
)
def test_a_night_has_as_many_hours_as_the_clocks_leave_it(night: str, hours: int) -> None:
    nights = Calendar(name="night", zone=BERLIN, week=dict.fromkeys(range(7), NIGHT))
    assert minutes(nights, f"{night}T12:00", f"{night[:-2]}{int(night[-2:]) + 1}T12:00") == hours * 60


def test_an_hour_that_is_skipped_is_no_working_time_and_a_repeated_one_counts_twice() -> None:
    early = Calendar(name="early", zone=BERLIN, week=dict.fromkeys(range(7), (Shift(2 * 60, 3 * 60),)))
    assert minutes(early, "2026-03-29T00:00", "2026-03-30T00:00") == 0
    assert minutes(early, "2026-10-25T00:00", "2026-10-26T00:00") == 120


def test_a_calendar_without_hours_has_no_working_time() -> None:
    assert minutes(Calendar(name="never", zone=ISTANBUL, week={}), "2026-01-01T00:00", "2026-12-31T00:00") == 0
