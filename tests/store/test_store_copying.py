"""Moving from SQLite to PostgreSQL: everything, as it was, or nothing."""

from pathlib import Path

import asyncpg
import pytest

from bot.domain.ledger import Delivery, Errand, LedgerMessage, Op, Topic, Urgency
from bot.domain.message import Attachment, Content, Kind
from bot.domain.people import Conversation
from bot.domain.sla.alarms import Alarm
from bot.domain.sla.policy import ClockKind, Recipient
from bot.domain.ticket import ActorKind, Ticket
from bot.domain.timers import TimerKind
from bot.ports import Item
from store import audit, conditions, conversations, db, desk, escalations, gestures, inbox, messages, outbox, tickets
from store.copying import copy
from store.dialect import Dialect
from store.errors import DatabaseInUse, NotCopied, UnusableDatabase
from store.sql import rows
from tests.postgres import server
from tests.store.conftest import NewTicket

NUL = "a\x00b"


@pytest.fixture
def backend() -> Dialect:
    return Dialect.SQLITE


@pytest.fixture
async def source(
    database: str, new_ticket: NewTicket, conversation: Conversation, message: LedgerMessage, now: int
) -> str:
    """The address of a file with something of everything, closed again; its last update was pruned."""
    current = await new_ticket()
    await conversations.save(_with_ticket(conversation, current))
    await _said(current, message, now)
    await _kept_besides(current, now)
    await inbox.append([Item(channel="telegram", key=str(key), lane="1", raw=b"\x00\xff") for key in range(3)], now)
    await rows("DELETE FROM inbox WHERE id = 3 RETURNING id")
    await rows("UPDATE ticket SET subject = ? WHERE id = ? RETURNING id", NUL, current.id)
    await db.close_database()
    return database


def _with_ticket(conversation: Conversation, ticket: Ticket) -> Conversation:
    return Conversation(
        id=conversation.id,
        channel=conversation.channel,
        requester=conversation.requester,
        keys=conversation.keys,
        ticket_id=ticket.id,
        last_inbound_at=conversation.last_inbound_at,
    )


async def _said(ticket: Ticket, first: LedgerMessage, now: int) -> None:
    answer = LedgerMessage(
        ticket_id=ticket.id,
        author=ActorKind.AGENT,
        content=Content(text="Merhaba 👋", attachment=Attachment(kind=Kind.PHOTO, ref="1")),
        at=now,
        delivery=Delivery.SENT,
        reply_to=first.id,
    )
    said = await messages.add(answer, "telegram")
    await messages.post("whatsapp", "wamid-1", said.id, ticket.id)
    errand = Errand(channel="telegram", lane="1", op=Op.SEND, urgency=Urgency.WORDS, created_at=now, due_at=now)
    await outbox.add([errand])


async def _kept_besides(ticket: Ticket, now: int) -> None:
    await tickets.save(ticket, None, {TimerKind.WAKE: now + 1})
    alarm = Alarm(
        clock=ClockKind.RESOLUTION, since=now, step="100 %", to=Recipient.LEAD, due_at=now, deadline=now + 2**40
    )
    await escalations.add(ticket.id, alarm)
    await desk.save_topic(Topic(ticket_id=ticket.id, chat="-100", thread="2"))
    await desk.seen(1, "Deniz", "deniz", "-100")
    await desk.move_chat("-100", "-200")
    await audit.add(at=now, actor_id=1, action="role")
    await conditions.save("whatsapp", "down", now)
    gesture = gestures.Gesture(kind=gestures.GestureKind.REACTED, emoji="👍", at=now)
    await gestures.note("whatsapp", "wamid-2", gesture, early=True)
    await rows("INSERT INTO closed_day (day, reason) VALUES (?, ?) RETURNING id", "2026-10-30", "Bayram")


@pytest.fixture
async def target(tmp_path_factory: pytest.TempPathFactory) -> str:
    return await server(tmp_path_factory).create(migrated=False)


async def _amount(url: str, table: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        found: int = await connection.fetchval(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - a name of ours
    finally:
        await connection.close()
    return found


def _heard(lines: list[tuple[str, int, int]], table: str, done: int, total: int) -> None:
    lines.append((table, done, total))


async def test_everything_arrives_as_it_was_and_ids_go_on_behind_the_old_ones(
    source: str, target: str, new_ticket: NewTicket
) -> None:
    told: list[tuple[str, int, int]] = []
    counts = await copy(source, target, lambda *words: _heard(told, *words))
    assert {table for table, count in counts.items() if count} >= {
        *("ticket", "conversation", "identity", "requester", "history", "message", "file", "post", "outbox", "inbox"),
        *("timer", "escalation", "topic", "agent", "membership", "audit", "condition", "gesture", "closed_day"),
        *("bookmark", "counter"),
    }
    assert {(table, done) for table, done, total in told if done == total} == set(counts.items())
    await db.open_database(target)
    ticket = await tickets.get(2)
    assert ticket is not None
    assert ticket.subject == "a\N{REPLACEMENT CHARACTER}b"
    conversation = await conversations.get(ticket.conversation_id)
    assert conversation is not None
    assert (conversation.ticket_id, conversation.keys) == (2, ("phone:900000000001",))
    assert await rows("SELECT early FROM gesture") == [{"early": True}]
    assert [bytes(row["raw"]) for row in await rows("SELECT raw FROM inbox ORDER BY id")] == [b"\x00\xff"] * 2
    await inbox.append([Item(channel="telegram", key="new", lane="1", raw=b"")], 1)
    assert await rows("SELECT max(id) AS newest FROM inbox") == [{"newest": 4}]
    assert (await new_ticket()).number == "2026-000003"


async def test_a_target_that_has_rows_is_left_alone(source: str, target: str) -> None:
    await db.open_database(target)
    await rows("INSERT INTO bookmark (name, value) VALUES (?, ?)", "theirs", 1)
    await db.close_database()
    with pytest.raises(NotCopied, match="rows in bookmark"):
        await copy(source, target, lambda *_: None)
    assert (await _amount(target, "bookmark"), await _amount(target, "ticket")) == (1, 0)


async def test_a_value_that_arrives_otherwise_is_found_and_nothing_is_kept(source: str, target: str) -> None:
    await db.open_database(target)
    await rows("""CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$""")
    await rows("CREATE TRIGGER meddle BEFORE INSERT ON agent FOR EACH ROW EXECUTE FUNCTION meddle()")
    await db.close_database()
    with pytest.raises(NotCopied, match="rows of agent are not the same"):
        await copy(source, target, lambda *_: None)
    assert (await _amount(target, "agent"), await _amount(target, "ticket")) == (0, 0)


async def test_a_copy_that_is_broken_off_leaves_nothing(source: str, target: str) -> None:
    def breaks_off(table: str, done: int, total: int) -> None:
        if table == "message":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await copy(source, target, breaks_off)
    assert await _amount(target, "requester") == 0
    assert (await copy(source, target, lambda *_: None))["message"] == 2


async def test_a_file_that_is_in_use_is_not_copied(source: str, target: str) -> None:
    await db.open_database(source)
    with pytest.raises(DatabaseInUse):
        await copy(source, target, lambda *_: None)


async def test_a_file_of_another_schema_is_not_copied(source: str, target: str) -> None:
    await db.open_database(source)
    await rows("DELETE FROM schema_version WHERE version > 1 RETURNING version")
    await db.close_database()
    with pytest.raises(NotCopied, match="gise db upgrade"):
        await copy(source, target, lambda *_: None)


@pytest.mark.parametrize(
    ("source_url", "target_url", "error", "words"),
    [
        ("postgres://u@h/a", "postgres://u@h/b", NotCopied, "in this direction only"),
        ("sqlite://a", "sqlite://b", NotCopied, "in this direction only"),
        ("sqlite:///nowhere/a", "postgres://u@h/b", NotCopied, "no data"),
        ("sqlite://a", "mysql://b", UnusableDatabase, "must look like"),
    ],
)
async def test_what_cannot_be_copied_is_explained(
    source_url: str, target_url: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        await copy(source_url, target_url, lambda *_: None)


async def test_a_target_that_cannot_be_reached_is_named(source: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableDatabase, match="cannot be reached"):
        await copy(source, f"postgres://gise:TEST@/gise?host={tmp_path}", lambda *_: None)
