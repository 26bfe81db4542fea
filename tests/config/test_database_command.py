"""`gise db`: what the operator sees."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from config.cli import main
from store import bookmarks, db
from store.migrations import known_migrations
from store.sql import rows
from tests.postgres import server

LATEST = known_migrations()[-1].version


async def gise(*words: str, **environment: str) -> Result:
    desk = {"GISE_TELEGRAM__TOKEN": "42:SANDBOX", "GISE_TELEGRAM__AGENT_GROUP_ID": "-1001"}
    return await asyncio.to_thread(CliRunner().invoke, main, ["db", *words], env=desk | environment)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_an_upgrade_says_what_it_did_and_is_needed_once(
    kind: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    of_server = server(tmp_path_factory)
    url = f"sqlite://{tmp_path}/desk.sqlite3" if kind == "sqlite" else await of_server.create(migrated=False)
    first = await gise("upgrade", GISE_DATABASE__URL=url)
    assert (first.exit_code, f"from nothing to schema {LATEST}" in first.output) == (0, True), first.output
    second = await gise("upgrade", GISE_DATABASE__URL=url)
    assert (second.exit_code, "nothing to do" in second.output) == (0, True), second.output


async def test_a_database_that_is_in_use_is_not_upgraded(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/desk.sqlite3"
    await db.open_database(url)
    try:
        refused = await gise("upgrade", GISE_DATABASE__URL=url)
    finally:
        await db.close_database()
    assert (refused.exit_code, "in use" in refused.output or "open already" in refused.output) == (1, True)


async def test_a_copy_counts_its_rows_and_is_made_once(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    source, target = f"sqlite://{tmp_path}/desk.sqlite3", await server(tmp_path_factory).create(migrated=False)
    await db.open_database(source)
    await rows("INSERT INTO bookmark (name, value) VALUES (?, ?)", "telegram", 41)
    await db.close_database()
    done = await gise("copy", source, target)
    assert (done.exit_code, done.output.splitlines()[-1].startswith("1 rows of")) == (0, True), done.output
    assert "bookmark: 1 of 1" in done.output
    again = await gise("copy", source, target)
    assert (again.exit_code, "must be empty" in again.output) == (1, True), again.output


async def test_a_copy_that_cannot_be_made_says_why_and_not_the_password() -> None:
    refused = await gise("copy", "sqlite:///nowhere.sqlite3", "postgres://gise:TEST-word@127.0.0.1:1/gise")
    assert (refused.exit_code, "no data" in refused.output, "TEST" in refused.output) == (1, True, False)


async def test_a_backup_is_made_while_the_database_is_in_use_and_restored_when_it_is_not(tmp_path: Path) -> None:
    url, copy = f"sqlite://{tmp_path}/desk.sqlite3", str(tmp_path / "copy.sqlite3")
    await db.open_database(url)
    try:
        await bookmarks.write("telegram", 41)
        made = await gise("backup", copy, GISE_DATABASE__URL=url)
        assert (made.exit_code, "the copy examined" in made.output) == (0, True), made.output
        again = await gise("backup", copy, GISE_DATABASE__URL=url)
        assert (again.exit_code, "exists already" in again.output) == (1, True), again.output
        await bookmarks.write("telegram", 42)
        refused = await gise("restore", copy, GISE_DATABASE__URL=url)
        assert (refused.exit_code, "in use" in refused.output) == (1, True), refused.output
    finally:
        await db.close_database()
    done = await gise("restore", copy, GISE_DATABASE__URL=url)
    assert (done.exit_code, "0 messages that waited were held back" in done.output) == (0, True), done.output
    await db.open_database(url)
    try:
        assert await bookmarks.read("telegram") == 41
    finally:
        await db.close_database()


async def test_a_database_of_postgresql_has_tools_of_its_own_and_is_held_by_command(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    url, copy = await server(tmp_path_factory).create(), str(tmp_path / "copy")
    for word, hint in (("backup", "pg_dump"), ("restore", "gise db hold")):
        refused = await gise(word, copy, GISE_DATABASE__URL=url)
        assert (refused.exit_code, hint in refused.output) == (1, True), refused.output
    held = await gise("hold", GISE_DATABASE__URL=url)
    assert (held.exit_code, "0 messages that waited were held back" in held.output) == (0, True), held.output
