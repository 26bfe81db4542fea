"""The schema itself: equal to the checked-in listing, to the models, and to the words of the domain."""

import re
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

import pytest
from tortoise import Model, fields
from tortoise.exceptions import IntegrityError, OperationalError

from bot.domain.ledger import Delivery, Errand, ErrandState, LedgerMessage, Op, Topic, Urgency, Visibility
from bot.domain.message import Attachment, Content, Kind
from bot.domain.people import Role
from bot.domain.ticket import Action, ActorKind, CloseReason, Priority, Status, Ticket
from bot.domain.timers import TimerKind
from bot.ports import Item
from store import audit, db, desk, inbox, messages, models, outbox, tickets
from store.dialect import Dialect
from store.files import FileState
from store.sql import dialect, rows
from tests.postgres import server
from tests.store import catalogue
from tests.store.catalogue import Column

pytestmark = pytest.mark.usefixtures("database")
_LISTINGS = {
    Dialect.SQLITE: Path(__file__).with_name("schema.sql"),
    Dialect.POSTGRES: Path(__file__).with_name("schema_postgres.sql"),
}
_REFUSALS = {
    Dialect.SQLITE: r"CHECK constraint failed",
    # A cast within a CHECK and a typed column refuse in words of their own.
    Dialect.POSTGRES: r"violates check constraint|invalid input syntax for type json|is of type boolean",
}

_WORDS: dict[tuple[str, str], Iterable[Enum] | set[str]] = {
    ("inbox", "state"): {"waiting", "claimed", "done", "parked"},
    ("ticket", "status"): Status,
    ("ticket", "priority"): Priority,
    ("ticket", "close_reason"): CloseReason,
    ("history", "actor_kind"): ActorKind,
    ("history", "action"): Action,
    ("history", "before"): Status,
    ("history", "after"): Status,
    ("timer", "kind"): TimerKind,
    ("timer", "state"): {"armed", "claimed", "fired"},
    ("message", "author"): ActorKind,
    ("message", "visibility"): Visibility,
    ("message", "delivery"): Delivery,
    ("file", "kind"): Kind,
    ("file", "state"): FileState,
    ("outbox", "op"): Op,
    ("outbox", "state"): ErrandState,
    ("agent", "role"): Role,
}
_GARBAGE = [
    *(("UPDATE", table, column, "'garbage'") for table, column in _WORDS if table != "history"),
    *(("INSERT", table, column, "'garbage'") for table, column in _WORDS if table == "history"),
    ("UPDATE", "outbox", "urgency", str(max(Urgency) + 1)),
    ("UPDATE", "outbox", "payload", "'{half'"),
    ("UPDATE", "message", "content", "'{half'"),
    ("UPDATE", "message", "revoked", "2"),
    ("UPDATE", "ticket", "answers", "'{half'"),
    ("UPDATE", "ticket", "skipped", "'{half'"),
    ("UPDATE", "ticket", "links", "'{half'"),
    ("UPDATE", "ticket", "merged_into", "'2026-000002'"),
    ("UPDATE", "agent", "present", "2"),
    ("UPDATE", "membership", "present", "2"),
    ("UPDATE", "requester", "vip", "2"),
    ("UPDATE", "requester", "banned", "2"),
    ("UPDATE", "requester", "locale", "''"),
    ("UPDATE", "conversation", "reachable", "2"),
    ("UPDATE", "identity", "key", "''"),
    ("INSERT", "audit", "action", "''"),
    ("INSERT", "history", "details", "'{half'"),
]

_POINTERS = [
    ("ticket", "conversation_id"),
    ("ticket", "requester_id"),
    ("ticket", "follow_up_of"),
    ("conversation", "requester_id"),
    ("conversation", "ticket_id"),
    ("identity", "conversation_id"),
    ("timer", "ticket_id"),
    ("message", "ticket_id"),
    ("message", "reply_to"),
    ("file", "message_id"),
    ("topic", "ticket_id"),
    ("membership", "agent_id"),
    ("outbox", "ticket_id"),
    ("outbox", "conversation_id"),
    ("outbox", "message_id"),
]


_TYPES = {fields.BigIntField: "NUMBER", fields.IntField: "NUMBER", fields.BooleanField: "TRUTH"}


async def test_a_fresh_database_equals_the_checked_in_listing() -> None:
    assert await catalogue.listing() == _LISTINGS[dialect()].read_text(encoding="utf-8")


async def _everything() -> tuple[dict[str, dict[str, Column]], dict[str, str]]:
    """Tables with their columns, and indexes, of the open database."""
    return {table: await catalogue.columns(table) for table in await catalogue.tables()}, await catalogue.indexes()


async def test_both_databases_have_the_same_tables_columns_and_indexes(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = []
    for address in (f"sqlite://{tmp_path}/other.sqlite3", await server(tmp_path_factory).emptied()):
        await db.close_database()
        await db.open_database(address)
        found.append(await _everything())
    (in_sqlite, indexes_in_sqlite), (in_postgres, indexes_in_postgres) = found
    for table, columns in in_postgres.items():
        for name, column in columns.items():
            if column.type == "TRUTH":
                assert in_sqlite[table][name].type == "NUMBER"
                in_sqlite[table][name] = column
    assert in_sqlite == in_postgres
    assert indexes_in_sqlite == indexes_in_postgres
    assert len(indexes_in_sqlite) > 20


def _models() -> list[type[Model]]:
    found = [value for value in vars(models).values() if isinstance(value, type) and issubclass(value, Model)]
    return [model for model in found if model._meta.db_table]


def test_the_models_are_found() -> None:
    assert len(_models()) >= 11


async def test_each_model_and_its_table_have_the_same_columns() -> None:
    for model in _models():
        table = await catalogue.columns(str(model._meta.db_table))
        assert set(table) == set(model._meta.fields_db_projection.values())
        for name, field in model._meta.fields_map.items():
            kind = next((_TYPES[base] for base in type(field).__mro__ if base in _TYPES), "TEXT")
            assert table[name].type == ("NUMBER" if kind == "TRUTH" and dialect() is Dialect.SQLITE else kind)
            assert field.null or table[name].required, f"{model.__name__}.{name} may be missing"


async def test_a_column_of_words_allows_exactly_the_words_of_the_domain() -> None:
    for (table, column), words in _WORDS.items():
        allowed = await catalogue.words(table, column)
        assert allowed == {word if isinstance(word, str) else word.value for word in words}, f"{table}.{column}"


@pytest.fixture
async def one_row_each(ticket: Ticket, message: LedgerMessage, now: int) -> None:
    await inbox.append([Item(channel="telegram", key="1", lane="1", raw=b"")], now, ("telegram", 1))
    await tickets.save(ticket, None, {TimerKind.WAKE: 1})
    await messages.set_content(message.id, Content(attachment=Attachment(kind=Kind.PHOTO, ref="1")), now)
    errand = Errand(channel="telegram", lane="1", op=Op.SEND, urgency=Urgency.WORDS, created_at=now, due_at=now)
    await outbox.add([errand])
    await desk.save_topic(Topic(ticket_id=ticket.id, chat="1", thread="2"))
    await desk.seen(1, "Deniz", "", "-100")
    await audit.add(at=now, actor_id=1, action="role")


async def _refusal(statement: str, table: str, column: str, value: str) -> str:
    """Run the statement with its blanks filled in; returns what the database has against it."""
    columns = [name for name in await catalogue.columns(table) if name != "id"]
    copied = ", ".join(value if name == column else name for name in columns)
    filled = statement.format(table=table, column=column, value=value, columns=", ".join(columns), copied=copied)
    try:
        touched = await rows(f"{filled} RETURNING *")
    except (IntegrityError, OperationalError) as error:
        return str(error)
    return f"nothing, {len(touched)} rows were changed"


@pytest.mark.usefixtures("one_row_each")
async def test_garbage_is_refused_by_the_database_itself() -> None:
    statements = {
        "UPDATE": "UPDATE {table} SET {column} = {value}",
        "INSERT": "INSERT INTO {table} ({columns}) SELECT {copied} FROM {table}",
    }
    for verb, table, column, value in _GARBAGE:
        refusal = await _refusal(statements[verb], table, column, value)
        assert re.search(_REFUSALS[dialect()], refusal), f"{table}.{column}: {refusal}"


@pytest.mark.usefixtures("one_row_each")
async def test_nothing_points_into_the_void() -> None:
    for table, column in _POINTERS:
        refusal = await _refusal("UPDATE {table} SET {column} = {value}", table, column, "999")
        assert "foreign key" in refusal.lower(), f"{table}.{column}: {refusal}"


@pytest.mark.usefixtures("one_row_each")
async def test_an_instant_is_a_number_and_nothing_else() -> None:
    with pytest.raises((IntegrityError, OperationalError), match=r"cannot store TEXT|type bigint"):
        await rows("UPDATE ticket SET created_at = '2026-11-21T12:00:00+03:00'")
