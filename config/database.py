"""`gise db`: the schema brought up to date, copies made and restored, a small desk's data moved to PostgreSQL."""

from collections.abc import Mapping
from pathlib import Path

import typer

from config.clock import SystemClock
from store import backup, db, holding
from store.address import address_of
from store.beside import recorded_version
from store.copying import copy


async def upgraded(url: str) -> str:
    """Bring the database to this program's schema; returns a sentence. Raises what opening raises."""
    before = await recorded_version(url)
    await db.open_database(url)
    await db.close_database()
    after, shown = await recorded_version(url), address_of(url).shown
    if before == after:
        return f"{shown} has the current schema {after}; nothing to do."
    return f"{shown} went from {'nothing' if before is None else f'schema {before}'} to schema {after}."


async def copied(source: str, target: str) -> Mapping[str, int]:
    """Copy and compare, with a line of progress for each table on the error output; returns the rows of each table."""
    return await copy(source, target, _told)


def _told(table: str, done: int, total: int) -> None:
    if done and (done == total or done % 100_000 == 0):
        typer.echo(f"{table}: {done:,} of {total:,}", err=True)


def backed_up(url: str, file: Path) -> str:
    """Copy the SQLite file while it is in use; returns a sentence."""
    size = backup.backup(url, file, _now())
    return (
        f"{address_of(url).shown} was copied to {file} ({size:,} bytes) and the copy examined. Take data/files along."
    )


async def restored(url: str, file: Path) -> str:
    """Put a copy in the place of the SQLite file; returns a sentence."""
    count, shown = await backup.restore(url, file, _now()), address_of(url).shown
    return f"{file} is now {shown}; what was there is beside it as .replaced-…. {_said_of(count)}"


async def held(url: str) -> str:
    """Hold back what waits in a database that other tools restored; returns a sentence."""
    return f"{address_of(url).shown}: {_said_of(await backup.hold(url, _now()))}"


def _said_of(count: int) -> str:
    return (
        f"{count:,} messages that waited were held back: each is shown in its topic at the next start, with a button "
        f"that sends it. New ticket numbers begin {holding.NUMBERS_SKIPPED:,} later."
    )


def _now() -> int:
    return SystemClock().now()
