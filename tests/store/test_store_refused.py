"""What the database refuses: one request of many, and what may be said of an error that quotes people's words."""

import asyncio
import sqlite3
import traceback
from dataclasses import replace
from typing import cast

import asyncpg
import pytest
from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError

from bot.inbox.door import ARRIVALS
from bot.ports import Item
from store.dialect import Dialect
from store.engine.refusals import translated
from store.errors import is_away, is_unavailable
from store.inbox import Arrival
from store.sql import rows

UNSPEAKABLE = "m:\ud800"
"""No database takes half a character; its driver says so."""
FATEFUL = "m:disk full, database is locked, i/o error"


def arrival(key: str, at: int) -> Arrival:
    return Arrival(items=(Item(channel="whatsapp", key=key, lane=key[:1], raw=b"{}"),), at=at)


def hollow(key: str, at: int) -> Arrival:
    """A row that breaks a constraint of the table; PostgreSQL quotes all of it in its refusal."""
    return replace(arrival(key, at), at=cast("int", None))


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("refused", [arrival(UNSPEAKABLE, 1), hollow(FATEFUL, 1)], ids=["driver", "server"])
async def test_a_request_the_database_refuses_fails_alone(refused: Arrival, now: int) -> None:
    asked = [arrival(f"m:{number}", now) for number in range(16)]
    asked[5] = refused
    answers = await asyncio.gather(*map(ARRIVALS.add, asked), return_exceptions=True)
    assert [place for place, answer in enumerate(answers) if answer is not None] == [5]
    assert len(await rows("SELECT id FROM inbox")) == 15


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("backend", [Dialect.SQLITE])
async def test_a_full_file_says_nothing_about_what_was_to_be_stored(now: int) -> None:
    pages = (await rows("PRAGMA page_count"))[0]["page_count"]
    await rows(f"PRAGMA max_page_count = {pages}")
    large = Arrival(items=(Item(channel="whatsapp", key="m:1", lane="m", raw=b"." * 100_000),), at=now)
    with pytest.raises(OperationalError) as caught:
        await ARRIVALS.add(large)
    assert is_unavailable(caught.value)
    assert is_away(caught.value)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("backend", [Dialect.SQLITE])
async def test_a_file_that_may_not_be_written_says_nothing_about_what_was_to_be_stored(now: int) -> None:
    await rows("PRAGMA query_only = ON")
    with pytest.raises(OperationalError) as caught:
        await ARRIVALS.add(arrival("m:1", now))
    assert is_away(caught.value)


@pytest.mark.usefixtures("database")
async def test_a_broken_constraint_says_nothing_about_the_database_whatever_words_it_quotes(now: int) -> None:
    with pytest.raises(IntegrityError) as caught:
        await ARRIVALS.add(hollow(FATEFUL, now))
    assert not is_unavailable(caught.value)
    told = "".join(traceback.format_exception(caught.value))
    assert FATEFUL not in told, "what people write does not reach the log"


def test_words_in_a_refusal_of_postgresql_do_not_make_it_unavailable() -> None:
    with pytest.raises(OperationalError) as caught, translated():
        raise asyncpg.InvalidTextRepresentationError("invalid input syntax: \u201cthe disk is full and locked\u201d")
    assert not is_unavailable(caught.value)


def test_a_disk_that_fails_under_postgresql_says_nothing_about_a_statement() -> None:
    with pytest.raises(DBConnectionError) as caught, translated():
        raise asyncpg.PostgresIOError("could not read block 7")
    assert is_unavailable(caught.value)


def test_a_session_that_was_ended_because_it_stood_still_says_nothing_about_a_statement() -> None:
    with pytest.raises(DBConnectionError) as caught, translated():
        raise asyncpg.IdleInTransactionSessionTimeoutError("terminating connection due to idle-in-transaction timeout")
    assert is_away(caught.value)


def test_a_missing_column_called_full_is_no_full_disk() -> None:
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect(":memory:").execute("SELECT full FROM sqlite_master")
    assert not is_unavailable(caught.value)
