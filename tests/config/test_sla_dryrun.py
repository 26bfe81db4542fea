"""`gise sla dryrun`: what other levels would have made of past tickets, read beside whatever else uses the database."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config.cli import main
from config.dryrun import replayed
from config.policies import SHIPPED
from config.sla import load_sla, read_sla
from store import db
from store.replay import past
from tests.builders import AYSE, House, house

STRICT = (SHIPPED / "sla.toml").read_text(encoding="utf-8").replace('first_response = "4h"', 'first_response = "5m"')


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
