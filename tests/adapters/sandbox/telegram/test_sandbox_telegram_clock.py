"""The sandbox's clock and its bell."""

import asyncio
import time
from pathlib import Path

import pytest

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock


def test_a_moved_clock_tells_its_file_and_whoever_opens_it_next(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    clock = SandboxClock(file)
    assert float(file.read_text()) == clock.offset == 0
    clock.move(4 * 86400)
    clock.move(-3600.5)
    assert float(file.read_text()) == clock.offset == 4 * 86400 - 3600.5
    assert abs(SandboxClock(file).now() - time.time() - clock.offset) < 1
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_without_a_number_is_refused(tmp_path: Path) -> None:
    (tmp_path / "offset").write_text("tomorrow")
    with pytest.raises(ValueError, match="tomorrow"):
        SandboxClock(tmp_path / "offset")


async def test_everyone_who_waits_hears_a_change() -> None:
    changes, seen = Changes(), list[str]()
    first = asyncio.create_task(changes.wait_for(lambda: seen, what="something"))
    second = asyncio.create_task(changes.after(changes.version))
    await asyncio.sleep(0)
    changes.changed()
    assert await second == 1
    assert not first.done()
    seen.append("x")
    changes.changed()
    assert await first == ["x"]


async def test_waiting_in_vain_names_what_was_awaited() -> None:
    with pytest.raises(TimeoutError, match=r"waited 0\.01 s for the parcel, last seen: \[\]"):
        await Changes().wait_for(list[str], 0.01, what="the parcel")
