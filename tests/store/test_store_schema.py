"""The schema itself: equal to the checked-in listing, to the models, and to the words of the domain."""

import re
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

import pytest
from tortoise import Model, fields
from tortoise.exceptions import IntegrityError

from bot.domain.ledger import Delivery, Errand, ErrandState, LedgerMessage, Op, Topic, Urgency, Visibility
from bot.domain.message import Attachment, Content, Kind
from bot.domain.people import Role
from bot.domain.ticket import Action, ActorKind, CloseReason, Priority, Status, Ticket
from bot.domain.timers import TimerKind
from bot.ports import Item
from store import audit, desk, inbox, messages, models, outbox, tickets
from store.files import FileState
from store.sql import rows

pytestmark = pytest.mark.usefixtures("database")
_LISTING = Path(__file__).with_name("schema.sql")

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


async def _schema() -> str:
    found = await rows(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'sqlite_sequence' ORDER BY name"
    )
    return "".join(f"{row['sql']};\n\n" for row in found)


async def test_a_fresh_database_equals_the_checked_in_listing() -> None:
    assert await _schema() == _LISTING.read_text(encoding="utf-8")


def _models() -> list[type[Model]]:
    found = [value for value in vars(models).values() if isinstance(value, type) and issubclass(value, Model)]
    return [model for model in found if model._meta.db_table]


def test_the_models_are_found() -> None:
    assert len(_models()) >= 11


async def test_each_model_and_its_table_have_the_same_columns() -> None:
    for model in _models():
        table = {row["name"]: row for row in await rows("SELECT * FROM pragma_table_info(?)", model._meta.db_table)}
        assert set(table) == set(model._meta.fields_db_projection.values())
        for name, field in model._meta.fields_map.items():
            whole = isinstance(field, fields.BigIntField | fields.IntField | fields.BooleanField)
            assert table[name]["type"] == ("INTEGER" if whole else "TEXT")
            assert field.null or table[name]["notnull"] or table[name]["pk"], f"{model.__name__}.{name} may be missing"


async def test_a_column_of_words_allows_exactly_the_words_of_the_domain() -> None:
    scripts = {row["name"]: row["sql"] for row in await rows("SELECT name, sql FROM sqlite_master")}
    for (table, column), words in _WORDS.items():
        check = re.search(rf"\b{column} IN \(([^)]*)\)", scripts[table])
        assert check is not None, f"{table}.{column} is not checked"
        allowed = set(re.findall(r"'(\w+)'", check[1]))
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
    columns = [row["name"] for row in await rows("SELECT name FROM pragma_table_info(?)", table) if row["name"] != "id"]
    copied = ", ".join(value if name == column else name for name in columns)
    filled = statement.format(table=table, column=column, value=value, columns=", ".join(columns), copied=copied)
    try:
        touched = await rows(f"{filled} RETURNING *")
    except IntegrityError as error:
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
        assert "CHECK constraint failed" in refusal, f"{table}.{column}: {refusal}"


@pytest.mark.usefixtures("one_row_each")
async def test_nothing_points_into_the_void() -> None:
    for table, column in _POINTERS:
        refusal = await _refusal("UPDATE {table} SET {column} = {value}", table, column, "999")
        assert "FOREIGN KEY" in refusal, f"{table}.{column}: {refusal}"


@pytest.mark.usefixtures("one_row_each")
async def test_an_instant_is_a_number_and_nothing_else() -> None:
    with pytest.raises(IntegrityError, match="cannot store TEXT"):
        await rows("UPDATE ticket SET created_at = '2026-11-21T12:00:00+03:00'")
