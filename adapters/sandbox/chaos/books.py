"""The program's database, read as a stranger reads it: the file alone, and never a write."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.sandbox.chaos.watch import MARK


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left to do: rows of both doors, WhatsApp sends without a receipt, timers that are due or claimed."""

    inbox: int
    outbox: int
    unreceipted: int
    timers: int

    @property
    def left(self) -> int:
        return self.inbox + self.outbox + self.unreceipted + self.timers


@dataclass(frozen=True, slots=True)
class Kept:
    """A message of the ledger that carries a mark."""

    mark: str
    ticket: int
    conversation: int
    author: str
    delivery: str


@dataclass(frozen=True, slots=True)
class Books:
    """Everything the checks want to know of the database, after the last process has ended."""

    messages: tuple[Kept, ...]
    open_tickets: dict[int, int]
    empty_tickets: int
    parked: int
    claimed: int
    unfired: int
    ended_intakes: int
    damage: tuple[str, ...]


_STANDING = """
SELECT (SELECT count(*) FROM inbox WHERE state IN ('waiting', 'claimed')),
    (SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')),
    (SELECT count(*) FROM outbox WHERE state = 'uncertain' AND channel = 'whatsapp'),
    (SELECT count(*) FROM timer WHERE state = 'claimed' OR state = 'armed' AND due_at <= ?)"""
_MESSAGES = """
SELECT message.content, message.ticket_id, ticket.conversation_id, message.author, message.delivery
FROM message JOIN ticket ON ticket.id = message.ticket_id WHERE message.author <> 'system' ORDER BY message.id"""
_OPEN = "SELECT conversation_id, count(*) FROM ticket WHERE status <> 'closed' GROUP BY conversation_id"
_EMPTY = "SELECT count(*) FROM ticket WHERE id NOT IN (SELECT ticket_id FROM message)"
_PARKED = "SELECT count(*) FROM inbox WHERE state = 'parked'"
_CLAIMED = """
SELECT (SELECT count(*) FROM inbox WHERE state = 'claimed') + (SELECT count(*) FROM outbox WHERE state = 'sending')
    + (SELECT count(*) FROM timer WHERE state = 'claimed')"""
_UNFIRED = "SELECT count(*) FROM timer WHERE state = 'armed' AND due_at <= ?"
_NEXT_TIMER = "SELECT min(due_at) FROM timer WHERE state = 'armed'"
_TWICE_ENDED = """
SELECT count(*) FROM (
    SELECT ticket_id FROM history WHERE actor_kind = 'system' AND action = 'set' GROUP BY ticket_id HAVING count(*) > 1
)"""


def standing(database: Path, now_ms: int) -> Standing | None:
    """The queues as they are; None while the file cannot be read."""
    try:
        with _opened(database) as connection:
            return Standing(*connection.execute(_STANDING, (now_ms,)).fetchone())
    except sqlite3.Error:
        return None


def next_timer(database: Path) -> int:
    """When the next armed timer is due (epoch ms), 0 where none is armed. Raises `sqlite3.Error`."""
    with _opened(database) as connection:
        return int(connection.execute(_NEXT_TIMER).fetchone()[0] or 0)


def read(database: Path, now_ms: int) -> Books:
    """Read everything. Raises `sqlite3.Error` for a file that is none."""
    with _opened(database) as connection:

        def count(statement: str, *values: int) -> int:
            return int(connection.execute(statement, values).fetchone()[0])

        damage = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        damage += [f"{row[0]} {row[1]} has no {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")]
        return Books(
            messages=tuple(_kept(connection)),
            open_tickets=dict(connection.execute(_OPEN).fetchall()),
            empty_tickets=count(_EMPTY),
            parked=count(_PARKED),
            claimed=count(_CLAIMED),
            unfired=count(_UNFIRED, now_ms),
            ended_intakes=count(_TWICE_ENDED),
            damage=tuple(damage),
        )


def _kept(connection: sqlite3.Connection) -> Iterator[Kept]:
    for content, ticket, conversation, author, delivery in connection.execute(_MESSAGES):
        for found in MARK.finditer(content):
            yield Kept(found[0], ticket, conversation, author, delivery)


@contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=1.0)) as connection:
        yield connection
