import contextlib
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadInput
from bot.domain.when import parse_when

ISTANBUL = ZoneInfo("Europe/Istanbul")
BERLIN = ZoneInfo("Europe/Berlin")


def instant(text: str, zone: ZoneInfo = ISTANBUL) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


NOW = instant("2026-11-18T14:00")  # a Wednesday


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2d", "2026-11-20T14:00"),
        ("3h", "2026-11-18T17:00"),
        ("45m", "2026-11-18T14:45"),
        ("1w", "2026-11-25T14:00"),
        ("2 gün", "2026-11-20T14:00"),
        ("2 GÜN", "2026-11-20T14:00"),
        ("3 saat", "2026-11-18T17:00"),
        ("1g 4s", "2026-11-19T18:00"),
        ("1h30m", "2026-11-18T15:30"),
        ("2 gün ve 3 saat sonra", "2026-11-20T17:00"),
        ("yarım saat", "2026-11-18T14:30"),
        ("half an hour", "2026-11-18T14:30"),
        ("bir buçuk saat", "2026-11-18T15:30"),
        ("1,5 saat", "2026-11-18T15:30"),
        ("on gün", "2026-11-28T14:00"),
        ("in 3 hours", "2026-11-18T17:00"),
        ("a week", "2026-11-25T14:00"),
        ("3 days from now", "2026-11-21T14:00"),
        ("1 ay", "2026-12-18T14:00"),
        ("2 gün sonra 14:30", "2026-11-20T14:30"),
    ],
)
def test_lengths_of_time_count_from_now(typed: str, expected: str) -> None:
    assert parse_when(typed, NOW, ISTANBUL) == (instant(expected), "")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("yarın", "2026-11-19T09:00"),
        ("YARIN", "2026-11-19T09:00"),
        ("yarin", "2026-11-19T09:00"),
        ("yarın 09:00", "2026-11-19T09:00"),
        ("tomorrow 14:30", "2026-11-19T14:30"),
        ("öbür gün", "2026-11-20T09:00"),
        ("haftaya", "2026-11-25T09:00"),
        ("next week", "2026-11-25T09:00"),
        ("gelecek ay", "2026-12-18T09:00"),
        ("bugün 17:30", "2026-11-18T17:30"),
        ("bu akşam", "2026-11-18T18:00"),
        ("yarın akşam 7'de", "2026-11-19T19:00"),
        ("yarın öğleden sonra", "2026-11-19T14:00"),
        ("yarın 9", "2026-11-19T09:00"),
        ("tomorrow at 9 am", "2026-11-19T09:00"),
        ("15:00 yarın", "2026-11-19T15:00"),
        ("17:30", "2026-11-18T17:30"),
        ("17.30", "2026-11-18T17:30"),
        ("13:30", "2026-11-19T13:30"),
        ("9pm", "2026-11-18T21:00"),
        ("12 am", "2026-11-19T00:00"),
    ],
)
def test_days_and_hours_can_be_named(typed: str, expected: str) -> None:
    assert parse_when(typed, NOW, ISTANBUL) == (instant(expected), "")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("pazartesi", "2026-11-23T09:00"),
        ("PAZARTESİ", "2026-11-23T09:00"),
        ("monday 10:00", "2026-11-23T10:00"),
        ("on monday", "2026-11-23T09:00"),
        ("SALI GÜNÜ 11.30", "2026-11-24T11:30"),
        ("çarşamba", "2026-11-25T09:00"),
        ("çarşamba 15:00", "2026-11-18T15:00"),
        ("cumartesiye", "2026-11-21T09:00"),
        ("haftaya cuma 16:00", "2026-11-27T16:00"),
        ("next friday", "2026-11-27T09:00"),
        ("gelecek hafta salı", "2026-11-24T09:00"),
    ],
)
def test_weekdays_are_the_next_ones_to_come(typed: str, expected: str) -> None:
    assert parse_when(typed, NOW, ISTANBUL) == (instant(expected), "")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-12-01", "2026-12-01T09:00"),
        ("2026-12-01T15:00", "2026-12-01T15:00"),
        ("01.12.2026 15:00", "2026-12-01T15:00"),
        ("1.12 15:00", "2026-12-01T15:00"),
        ("1/12", "2026-12-01T09:00"),
        ("1.3.27", "2027-03-01T09:00"),
        ("1 aralık", "2026-12-01T09:00"),
        ("1 ARALIK 2027 10:30", "2027-12-01T10:30"),
        ("december 1, 2026", "2026-12-01T09:00"),
        ("5 mart", "2027-03-05T09:00"),
        ("18.11 13:00", "2027-11-18T13:00"),
    ],
)
def test_dates_can_be_written_in_many_ways(typed: str, expected: str) -> None:
    assert parse_when(typed, NOW, ISTANBUL) == (instant(expected), "")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("2 gün parça bekleniyor", "parça bekleniyor"),
        ("2d: tedarikçiden İade gelecek", "tedarikçiden İade gelecek"),
        ("yarın 2 kişi gelecek", "2 kişi gelecek"),
        ("yarın saat 9'da Müşteri arayacak", "Müşteri arayacak"),
        ("3h - planned maintenance", "planned maintenance"),
        ("1 hafta 1 hafta izinliyim", "1 hafta izinliyim"),
        ("  haftaya   cuma   toplantı  ", "toplantı"),
        ("01.12.2026 15:00\niki satırlı\nneden", "iki satırlı\nneden"),
    ],
)
def test_what_follows_the_time_is_the_reason(typed: str, reason: str) -> None:
    assert parse_when(typed, NOW, ISTANBUL)[1] == reason


@pytest.mark.parametrize(
    "typed", ["", "abc", "dün", "25:00", "31.02.2027", "2", "2 kişi", "saat", "next", "1.13.2026", "9:75", "parça 2d"]
)
def test_what_is_no_time_is_refused_with_what_was_typed(typed: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_when(typed, NOW, ISTANBUL)
    assert (refusal.value.key, refusal.value.values["given"]) == ("when-not-understood", typed or "…")


@pytest.mark.parametrize("typed", ["0d", "bugün", "bugün 13:00", "1.1.2020", "2026-11-18 14:00"])
def test_the_past_is_refused(typed: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_when(f"{typed} çünkü", NOW, ISTANBUL)
    assert (refusal.value.key, refusal.value.values) == ("when-in-past", {"given": typed})


@pytest.mark.parametrize("typed", ["99999h", "999999w", "999999 ay", "2099-01-01", "9999-12-31", "999999d"])
def test_a_far_future_is_refused(typed: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_when(typed, NOW, ISTANBUL)
    assert (refusal.value.key, refusal.value.values["years"]) == ("when-too-far", 5)


def test_the_start_of_the_day_can_be_set() -> None:
    assert parse_when("yarın", NOW, ISTANBUL, day_start=time(8, 30))[0] == instant("2026-11-19T08:30")


def test_days_keep_the_wall_time_over_a_clock_change() -> None:
    before = instant("2026-10-24T12:00", BERLIN)
    assert parse_when("1d", before, BERLIN)[0] == instant("2026-10-25T12:00", BERLIN)
    assert parse_when("1d", before, BERLIN)[0] - before == 25 * 3_600_000


def test_hours_are_elapsed_time_over_a_clock_change() -> None:
    for wall in ("2026-10-24T23:00", "2026-03-28T23:00"):
        before = instant(wall, BERLIN)
        assert parse_when("4h", before, BERLIN)[0] - before == 4 * 3_600_000


def test_hours_are_right_within_the_hour_that_comes_twice() -> None:
    second = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    now = int(second.timestamp() * 1000)
    assert parse_when("30m", now, BERLIN)[0] - now == 30 * 60_000


def test_an_hour_that_the_clock_change_leaves_out_becomes_the_next() -> None:
    now = instant("2026-03-28T12:00", BERLIN)
    spoken = datetime.fromtimestamp(parse_when("yarın 02:30", now, BERLIN)[0] / 1000, UTC).astimezone(BERLIN)
    assert (spoken.hour, spoken.minute) == (3, 30)


def test_a_month_later_ends_with_the_shorter_month() -> None:
    assert parse_when("1 ay", instant("2027-01-31T10:00"), ISTANBUL)[0] == instant("2027-02-28T10:00")


@given(st.text(max_size=60) | st.from_regex(r"(\d{1,4} ?[a-zğüşıöç]{1,6} ?){1,3}", fullmatch=True))
def test_any_text_is_read_or_refused_and_never_loses_its_end(typed: str) -> None:
    with contextlib.suppress(BadInput):
        moment, reason = parse_when(typed, NOW, ISTANBUL)
        assert moment > NOW
        assert typed.rstrip().endswith(reason)
