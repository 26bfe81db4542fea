"""A real SQLite file per test, and the few rows most tests need."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ledger import Delivery, Errand, LedgerMessage, Op, Urgency
from bot.domain.message import Content, Person
from bot.domain.people import Conversation
from bot.domain.ticket import SYSTEM, ActorKind, Ticket
from store import conversations, db, messages, tickets

NOW = 1_780_000_000_000
YEAR = 2026


@pytest.fixture(autouse=True)
async def closed_afterwards() -> AsyncIterator[None]:
    """A connection that a failing test left open would keep the process from ending."""
    yield
    await db.close_database()


@pytest.fixture
def now() -> int:
    return NOW


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "gise.sqlite3"


@pytest.fixture
async def database(file: Path) -> str:
    """An open database; the value is its address."""
    url = f"sqlite://{file}"
    await db.open_database(url)
    return url


@pytest.fixture
async def conversation(database: str) -> Conversation:
    assert database
    met, _ = await conversations.resolve("whatsapp", Person(keys=("phone:900000000001",), name="Ayşe"), NOW, "tr")
    return met


NewTicket = Callable[[], Awaitable[Ticket]]


@pytest.fixture
def new_ticket(conversation: Conversation) -> NewTicket:
    async def create() -> Ticket:
        draft = Ticket(
            conversation_id=conversation.id,
            requester_id=conversation.requester.id,
            created_at=NOW,
            status_since=NOW,
        )
        return await tickets.create(draft, YEAR, SYSTEM)

    return create


@pytest.fixture
async def ticket(new_ticket: NewTicket) -> Ticket:
    return await new_ticket()


@pytest.fixture
async def message(ticket: Ticket) -> LedgerMessage:
    said = LedgerMessage(
        ticket_id=ticket.id,
        author=ActorKind.REQUESTER,
        content=Content(text="Yazıcı çalışmıyor"),
        at=NOW,
        delivery=Delivery.RECEIVED,
    )
    return await messages.add(said)


@pytest.fixture
def errand() -> Callable[..., Errand]:
    def build(**changes: Any) -> Errand:
        values: dict[str, Any] = {
            "channel": "telegram",
            "lane": "telegram:1",
            "op": Op.SEND,
            "payload": {"text": "Merhaba"},
            "urgency": Urgency.WORDS,
            "created_at": NOW,
            "due_at": NOW,
        }
        return Errand(**values | changes)

    return build
