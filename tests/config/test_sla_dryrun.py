"""`gise sla dryrun`: what other levels would have made of past tickets, read beside whatever else uses the database."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.domain.ledger import Topic
from bot.domain.sla.clocks import ClockState
from bot.domain.sla.policy import ClockKind
from config.cli import main
from config.dryrun import replayed, run
from config.policies import SHIPPED
from config.settings import load_settings
from config.sla import load_sla, read_sla
from store import db, desk, tickets
from store.replay import past
from tests.builders import AYSE, BOSS, GROUP, House, house

STRICT = (SHIPPED / "sla.toml").read_text(encoding="utf-8").replace('first_response = "4h"', 'first_response = "5m"')

NIGHT = "-1009000000003"
HOURS = """
[calendars.nights]
zone = "Europe/Istanbul"
hours = { mon-sun = ["22:00-06:00"] }

[teams.gece]
calendar = "nights"
"""
RULE = """
[policies.slow]
calendar = "office"
medium = { first_response = "4h" }

[[rule]]
when = { team = ["gece"] }
policy = "slow"
"""


@pytest.fixture
async def worked(tmp_path: Path) -> AsyncIterator[House]:
    """A desk with one ticket that was answered after ten minutes, and one that nobody answered."""
    await db.open_database(f"sqlite://{tmp_path}/gise.sqlite3")
    built = house(tmp_path)
    built.clock.move(84 * 3600.0)  # the feast is over, it is Monday morning
    ticket = await built.opened()
    built.clock.move(600.0)
    await built.agent("Bakıyorum", ticket)
    await built.opened(who=replace(AYSE, keys=("phone:900000000077",)))
    yield built
    await db.close_database()


def strict(folder: Path) -> Path:
    file = folder / "strict.toml"
    file.write_text(STRICT, encoding="utf-8")
    return file


async def test_a_stricter_promise_breaks_what_was_met_and_says_which(worked: House, tmp_path: Path) -> None:
    now = worked.clock.now()
    found = past(f"sqlite://{tmp_path}/gise.sqlite3", 0, now + 1)
    outcome = await replayed(found, load_sla(None, "tr"), read_sla(strict(tmp_path), "tr"), now)
    assert outcome.tickets == 2
    [difference] = outcome.as_json()["differences"]
    assert difference == {"number": "#2026-000001", "clock": "first_response", "before": "met", "after": "broken"}
    assert outcome.as_json()["before"]["first_response"] == {"running": 1, "paused": 0, "met": 1, "broken": 0}


async def first_responses(worked: House, folder: Path, more: str = "") -> list[str]:
    """An hour later: what becomes of the answered ticket's promise and of the other's, under the strict levels."""
    worked.clock.move(3600.0)
    file = folder / "other.toml"
    file.write_text(STRICT + more, encoding="utf-8")
    (folder / "offset").write_text(str(worked.clock.now() / 1000 - time.time()), encoding="utf-8")
    variables = {
        "GISE_TELEGRAM__TOKEN": "42:SANDBOX",
        "GISE_TELEGRAM__API_BASE": "http://127.0.0.1:9",
        "GISE_TELEGRAM__AGENT_GROUP_ID": GROUP,
        "GISE_TELEGRAM__MORE_GROUPS": f'[{{"id": {NIGHT}, "team": "Gece"}}]',
        "GISE_DATA_DIR": str(folder),
        "GISE_CLOCK__OFFSET_FILE": str(folder / "offset"),
    }
    day = datetime.fromtimestamp(worked.clock.now() / 1000, UTC).date().isoformat()
    outcome = await run(load_settings(variables, None), file, day, day, lambda _: None)
    told = {state: outcome.after[ClockKind.FIRST_RESPONSE, state] for state in ClockState}
    return sorted(state for state, count in told.items() for _ in range(count))


@pytest.mark.parametrize("more", [HOURS, RULE], ids=["hours", "rule"])
async def test_a_teams_hours_and_rules_hold_for_its_tickets_wherever_its_group_went(
    worked: House, tmp_path: Path, more: str
) -> None:
    assert await first_responses(worked, tmp_path, more) == ["broken", "broken"]
    for ticket in await tickets.listing(live_only=False, limit=2):
        await desk.save_topic(Topic(ticket_id=ticket.id, chat=NIGHT))
    await desk.move_chat(NIGHT, "-1009000000033")
    assert await first_responses(worked, tmp_path, more) == ["met", "running"]


async def test_days_closed_by_command_count_for_neither_file(worked: House, tmp_path: Path) -> None:
    day = datetime.fromtimestamp(worked.clock.now() / 1000, UTC).date().isoformat()
    await worked.agent(f"/closed {day}", who=BOSS)
    assert await first_responses(worked, tmp_path) == ["met", "running"]


async def test_the_command_reads_beside_the_open_database(
    worked: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    day = datetime.fromtimestamp(worked.clock.now() / 1000, UTC).date().isoformat()
    environment = {
        "GISE_TELEGRAM__TOKEN": "42:SANDBOX",
        "GISE_TELEGRAM__AGENT_GROUP_ID": "-1001",
        "GISE_DATA_DIR": str(tmp_path),
    }
    command = ["sla", "dryrun", str(strict(tmp_path)), "--from", day, "--to", day, "--json"]
    result = await asyncio.to_thread(CliRunner().invoke, main, command, env=environment)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["tickets"] == 2
    hasty = [*command[:4], "soon", *command[5:]]
    wrong = await asyncio.to_thread(CliRunner().invoke, main, hasty, env=environment)
    assert (wrong.exit_code, "expected a day such as" in wrong.output) == (2, True)
