"""Crash points: real kills when armed, nothing at all otherwise, and never next to the real platforms."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot import crashpoints
from config.settings import ConfigurationError, load_settings

ROOT = Path(__file__).parents[2]
DESK = {"GISE_TELEGRAM__TOKEN": "1:test", "GISE_TELEGRAM__AGENT_GROUP_ID": "-1"}
SANDBOX = {"GISE_TELEGRAM__API_BASE": "http://127.0.0.1:9000"}
CODE = "from bot import crashpoints as c\n{}\nfor turn in range(5): print(turn, flush=True); c.reached('inbox.stored')"


def lived(preparation: str) -> subprocess.CompletedProcess[str]:
    """A process that reaches a point five times."""
    command = [sys.executable, "-c", CODE.format(preparation)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.parametrize(
    ("preparation", "turns", "code"),
    [
        ("", 5, 0),
        ("c.arm('inbox.stored:3')", 3, -signal.SIGKILL),
        ("c.arm('inbox.stored:6')", 5, 0),
        ("c.arm('inbox.claimed:1')", 5, 0),
    ],
    ids=["not armed", "third time", "not often enough", "another point"],
)
def test_an_armed_point_kills_the_process_the_kth_time_and_nothing_else_does(
    preparation: str, turns: int, code: int
) -> None:
    process = lived(preparation)
    assert (len(process.stdout.split()), process.returncode) == (turns, code)


def test_every_point_stands_somewhere_in_the_program_and_every_call_names_a_point() -> None:
    files = [file for package in ("bot", "store") for file in (ROOT / package).rglob("*.py")]
    source = "\n".join(file.read_text(encoding="utf-8") for file in files if file.name != "crashpoints.py")
    calls = re.findall(r"\breached\((.*?)\)$", source, re.MULTILINE)
    assert {name for call in calls for name in re.findall(r'"([a-z_.]+)"', call)} == set(crashpoints.POINTS)


@pytest.mark.parametrize(
    "where", ["", "inbox.stored", "inbox.stored:0", "inbox.stored:-1", "nowhere:1", "inbox.stored:x"]
)
def test_a_point_that_does_not_exist_stops_the_start_by_name(where: str) -> None:
    with pytest.raises(ValueError, match="crash point"):
        crashpoints.read(where)
    if where:
        with pytest.raises(ConfigurationError, match="GISE_CHAOS__CRASH_AT must be"):
            load_settings(DESK | SANDBOX | {"GISE_CHAOS__CRASH_AT": where}, None)


@pytest.mark.parametrize(
    ("name", "value"), [("GISE_CHAOS__CRASH_AT", "inbox.stored:1"), ("GISE_TELEGRAM__GROUP_WRITES_PER_MINUTE", "0")]
)
def test_what_only_a_sandbox_may_have_is_refused_next_to_the_real_platforms(name: str, value: str) -> None:
    load_settings(DESK | SANDBOX | {name: value}, None)
    with pytest.raises(ConfigurationError, match=f"{name} is for sandboxes and tests only"):
        load_settings(DESK | {name: value}, None)
