"""`gise chaos`: the sandbox's chaos run, put to the program it is part of."""

import asyncio
import logging
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer
import uvloop

from adapters.sandbox.chaos.control import CONTROLS, NotApplied, broken
from adapters.sandbox.chaos.lives import Unstartable
from adapters.sandbox.chaos.plan import CHANNELS, Plan, Program
from adapters.sandbox.chaos.report import MISSED, Report
from adapters.sandbox.chaos.run import chaos
from bot.crashpoints import POINTS
from bot.texts import Texts
from config.policies import SHIPPED

FAILED, MISUSED = 1, 2
FULL = {"messages": 30_000, "contacts": 200, "kills": 200}
LOCALE = "tr"
PROGRAM = Program(
    root=Path(__file__).parents[1],
    entry="config.cli:main",
    arguments=("run",),
    repeated=Texts([SHIPPED / "locales"], LOCALE).text(LOCALE, "possibly-repeated"),
    modules=(
        *("adapters.telegram.loading", "config.logs", "config.app", "config.platforms", "config.watching"),
        *("scheduler.runner", "uvloop"),
        *("holidays.countries", "httpcore", "anyio._backends._asyncio", "dateutil.parser"),  # loaded late by libraries
    ),
)


def plan_of(given: Mapping[str, Any], *, full: bool = False) -> Plan:
    """The plan for these wishes. Raises ValueError with a sentence for wishes that do not go together."""
    plan = Plan(**{"seed": secrets.randbelow(10**9), **(FULL if full else {}), **given, "points": POINTS})
    if plan.channel not in CHANNELS:
        raise ValueError(f"--channel must be {', '.join(CHANNELS)}, not {plan.channel!r}")
    if plan.messages < 2 * plan.contacts:
        raise ValueError("--messages must be at least twice --contacts")
    return plan


def run_chaos(given: Mapping[str, Any], *, full: bool, control: str, file: Path | None) -> int:
    """Run, print the result as one JSON line, and return the exit code. The folder is kept after a miss."""
    if control and control not in CONTROLS:
        typer.echo(f"--control must be one of {', '.join(CONTROLS)}", err=True)
        return MISUSED
    folder = Path(tempfile.mkdtemp(prefix="gise-chaos-"))
    try:
        report = play(plan_of(given, full=full), folder, control)
    except ValueError as error:
        typer.echo(str(error), err=True)
        return MISUSED
    except (Unstartable, NotApplied) as error:
        typer.echo(str(error), err=True)
        return FAILED
    typer.echo(report.as_json())
    if file is not None:
        file.write_text(f"{report.as_json()}\n", encoding="utf-8")
    if report.verdict == MISSED:
        typer.echo(f"database and log: {folder}", err=True)
    else:
        shutil.rmtree(folder)
    return report.exit_code


def play(plan: Plan, folder: Path, control: str = "") -> Report:
    """One run in `folder`, of the program or of a copy that breaks a promise. Raises `Unstartable`, `NotApplied`."""
    # A caller that dies in the middle of a call is what this is about, and no news for the platforms' log.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    program = broken(PROGRAM, control, folder / "copy") if control else PROGRAM
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(chaos(plan, program, folder, lambda words: typer.echo(words, err=True)))
