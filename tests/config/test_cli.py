"""The program as a person starts it."""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from config.cli import main

GISE = str(Path(sys.executable).with_name("gise"))


@dataclass(frozen=True)
class Done:
    """How a program ended."""

    code: int | None
    out: str
    err: str


async def started(folder: Path, *command: str, **variables: str) -> Done:
    """Run a command in `folder` with no GISE_ variable but these."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith("GISE_")}
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environ | variables, stdout=pipe, stderr=pipe
    )
    out, err = await asyncio.wait_for(program.communicate(), 30)
    return Done(program.returncode, out.decode(), err.decode())


@pytest.fixture
def quiet_logging() -> Iterator[None]:
    """Gives the root logger back what a command run in this process takes from it."""
    root = logging.getLogger()
    before = (root.handlers, root.level)
    yield
    structlog.reset_defaults()
    logging.captureWarnings(False)
    root.handlers, root.level = before


async def test_help_lists_the_commands_each_with_a_whole_sentence(tmp_path: Path) -> None:
    done = await started(tmp_path, GISE, "--help")
    assert done.code == 0
    assert all(f"\n  {command} " in done.out for command in ("run", "demo", "check", "version"))
    assert not [line for line in done.out.splitlines()[1:] if line.endswith("...")]


async def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    heavy = ("aiogram", "pywa_async", "tortoise", "aiohttp", "pydantic", "apscheduler", "rich")
    code = f"import sys, config.cli; print([name for name in {heavy!r} if name in sys.modules])"
    done = await started(tmp_path, sys.executable, "-c", code)
    assert done.out == "[]\n"


async def test_version_names_the_program(tmp_path: Path) -> None:
    assert (await started(tmp_path, GISE, "version")).out.startswith("gise ")


async def test_run_names_every_problem_of_the_configuration_on_its_own_line_and_stops(tmp_path: Path) -> None:
    done = await started(tmp_path, GISE, "run", GISE_HTTP__PORT="eighty")
    assert done.code == 2
    assert [line.split()[0] for line in done.err.splitlines()] == [
        "GISE_TELEGRAM__TOKEN",
        "GISE_TELEGRAM__AGENT_GROUP_ID",
        "GISE_HTTP__PORT",
    ]
    assert not done.out


async def test_check_marks_problems_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GISE_TELEGRAM__TOKEN=1:test\n")
    done = await started(tmp_path, GISE, "check")
    assert done.code == 1
    [line] = done.out.splitlines()
    assert line.startswith("✘ GISE_TELEGRAM__AGENT_GROUP_ID is missing")


@pytest.mark.usefixtures("quiet_logging")
def test_check_fails_when_something_is_wrong(tmp_path: Path) -> None:
    with contextlib.chdir(tmp_path):
        done = CliRunner().invoke(
            main,
            ["check"],
            env={
                "GISE_TELEGRAM__TOKEN": "1:test",
                "GISE_TELEGRAM__AGENT_GROUP_ID": "-100",
                "GISE_TELEGRAM__API_BASE": "http://127.0.0.1:9",
            },
        )
    assert done.exit_code == 1
    assert "✘ Telegram: http://127.0.0.1:9 cannot be reached" in done.output
    assert "✔ Data folder" in done.output
    assert "1:test" not in done.output
