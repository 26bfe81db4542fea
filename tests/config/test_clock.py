"""The clock, with a real file that moves it."""

import os
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from config.clock import SystemClock, real_seconds

HOUR = 3_600_000


def ahead(clock: SystemClock) -> int:
    """How many milliseconds the clock is ahead of the machine, rounded to a tenth of a second."""
    return round((clock.now() - time.time() * 1000) / 100) * 100


def comes_to(clock: SystemClock, milliseconds: int) -> bool:
    """Whether the clock comes to be that far ahead within two seconds."""
    end = time.monotonic() + 2
    while time.monotonic() < end:
        if ahead(clock) == milliseconds:
            return True
        time.sleep(0.01)  # yields the processor between two looks
    return False


def test_the_clock_of_leases_counts_the_time_a_machine_sleeps() -> None:
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert before <= real_seconds() <= time.clock_gettime(time.CLOCK_BOOTTIME)


def test_without_a_file_it_is_the_machines_clock() -> None:
    assert ahead(SystemClock()) == 0


@pytest.mark.parametrize(("text", "milliseconds"), [("3600", HOUR), (" 3600.5\n", HOUR + 500), ("-60", -60_000)])
def test_the_file_moves_the_clock_by_its_seconds(tmp_path: Path, text: str, milliseconds: int) -> None:
    file = tmp_path / "offset"
    file.write_text(text)
    assert ahead(SystemClock(file)) == milliseconds


def test_a_change_of_the_file_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    clock = SystemClock(file)
    file.write_text("3600")
    assert comes_to(clock, HOUR)
    file.write_text("7200")
    assert comes_to(clock, 2 * HOUR)


def test_a_file_that_is_replaced_by_one_of_the_same_age_and_size_is_seen(tmp_path: Path) -> None:
    file, successor = tmp_path / "offset", tmp_path / "successor"
    for path, text in ((file, "3600"), (successor, "7200")):
        path.write_text(text)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    clock = SystemClock(file)
    assert ahead(clock) == HOUR
    successor.replace(file)
    assert comes_to(clock, 2 * HOUR)


def test_a_second_change_within_one_tick_of_the_file_systems_clock_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    file.write_text("3600")
    stamp = file.stat().st_mtime_ns
    clock = SystemClock(file)
    assert ahead(clock) == HOUR
    file.write_text("7200")
    os.utime(file, ns=(stamp, stamp))
    assert comes_to(clock, 2 * HOUR)


@pytest.mark.parametrize("broken", [None, "", "tomorrow", "nan", "inf", "\0"])
def test_a_missing_or_broken_file_keeps_the_last_offset_and_warns_once(tmp_path: Path, broken: str | None) -> None:
    file, good = tmp_path / "offset", tmp_path / "good"
    file.write_text("3600")
    clock = SystemClock(file)
    assert ahead(clock) == HOUR
    with capture_logs() as logs:
        if broken is None:
            file.unlink()
        else:
            file.write_text(broken)
        end = time.monotonic() + 2
        while not logs and time.monotonic() < end:
            clock.now()
        time.sleep(0.06)  # longer than the clock waits between two looks, so that it looks once more
        assert ahead(clock) == HOUR
    assert [entry["log_level"] for entry in logs] == ["warning"]
    good.write_text("7200")
    good.replace(file)
    assert comes_to(clock, 2 * HOUR)


def test_the_monotonic_clock_takes_no_offset(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    file.write_text("3600")
    assert abs(SystemClock(file).monotonic() - time.monotonic()) < 1
