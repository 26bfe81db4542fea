"""`gise db`: the schema brought up to date, and a small desk's data moved to PostgreSQL."""

from collections.abc import Mapping

import typer

from store import db
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
