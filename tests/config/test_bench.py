"""`gise bench --quick`: sane figures of the right order, in a form that programs can read."""

import json
from pathlib import Path

import pytest

from adapters.sandbox.bench.generator import Outcome
from config.bench.ack import Unproven, prove
from config.bench.command import MISUSED, run_bench
from config.bench.fsync import compiled
from config.bench.report import Figure, Result, not_measured
from config.bench.targets import TARGETS


def quickly(which: str, tmp_path: Path) -> dict[str, float]:
    """One quick round; the figures by name."""
    file = tmp_path / "bench.json"
    assert run_bench(which, rounds=1, quick=True, file=file, postgres="") == 0
    told = json.loads(file.read_text(encoding="utf-8"))
    assert told["machine"].keys() >= {"cores", "python", "sqlite", "fsync_us"}
    assert all(figure["what"] == TARGETS[figure["name"]].what for figure in told["figures"])
    return {figure["name"]: figure["value"] for figure in told["figures"]}


def test_a_durable_ack_costs_more_than_a_bare_one_but_not_twenty_times_as_much(tmp_path: Path) -> None:
    figures = quickly("ack", tmp_path)
    assert figures.keys() == {"ack.64", "ack.256"}
    assert all(0.05 < ratio < 1.2 for ratio in figures.values())


def test_the_way_in_and_the_tick_are_measured_against_what_they_promise(tmp_path: Path) -> None:
    way = quickly("path", tmp_path)
    assert way.keys() == {"path.64", "path.1000", "path.new"}
    assert all(0.02 < ratio < 200 for ratio in way.values())
    tick = quickly("timers", tmp_path)
    assert 0 < tick["timers.none"] < 50
    assert 0 < tick["timers.due"] < 500


def test_a_benchmark_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_bench("luck", rounds=1, quick=True, file=None, postgres="") == MISUSED
    assert "luck" in capsys.readouterr().err


def test_only_whole_runs_below_a_promise_are_misses() -> None:
    slow, fast = Figure(name="ack.64", value=0.1), Figure(name="timers.none", value=0.1)
    unknown = not_measured("fsync.64", "no compiler")
    result = Result(machine={"cores": 2}, figures=(slow, fast, unknown), quick=False)
    assert result.missed == ["ack.64"]
    table = result.as_table()
    assert [mark in table for mark in ("✘", "✔", "not measured: no compiler")] == [True, True, True]
    assert "✘" not in Result(machine={}, figures=(slow,), quick=True).as_table()


def test_an_acknowledged_message_that_is_not_stored_spoils_the_figure() -> None:
    outcome = Outcome(seconds=1, statuses={200: 2}, p50=1, p99=1, longest=1, busy=0.1, taken=["a", "b"])
    prove(["a", "b"], outcome)
    with pytest.raises(Unproven):
        prove(["a"], outcome)


async def test_a_machine_without_a_compiler_says_so(tmp_path: Path) -> None:
    assert await compiled(tmp_path, path="") is None
