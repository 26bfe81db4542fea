"""A real database per test, SQLite's and PostgreSQL's in turn, and the few rows most tests need."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.domain.ledger import Delivery, Errand, LedgerMessage, Op, Urgency
from bot.domain.message import Content, Person
from bot.domain.people import Conversation
from bot.domain.ticket import SYSTEM, ActorKind, Ticket
from store import conversations, db, messages, tickets
from store.dialect import Dialect
from tests.postgres import server
from tests.sqlite import emptied

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


@pytest.fixture(params=list(Dialect))
def backend(request: pytest.FixtureRequest) -> Dialect:
    """The database of the test; modules about one of them override this fixture."""
    chosen: Dialect = request.param
    return chosen


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where SQLite's file is, or would be."""
    return tmp_path / "data" / "gise.sqlite3"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Where a copy of that file goes."""
    return tmp_path / "copy.sqlite3"


@pytest.fixture
async def address(backend: Dialect, file: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database without any row."""
    return f"sqlite://{file}" if backend is Dialect.SQLITE else await server(tmp_path_factory).emptied()


@pytest.fixture
async def beside(address: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody else's connection to a PostgreSQL."""
    connection = await asyncpg.connect(address)
    yield connection
    await connection.close()


@pytest.fixture
async def database(address: str, backend: Dialect, file: Path) -> str:
    """An open database; the value is its address."""
    await db.open_database(await emptied(file) if backend is Dialect.SQLITE else address)
    return address


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
