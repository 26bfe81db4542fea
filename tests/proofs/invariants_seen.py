"""What a checker looks at: all rows of the database, and what the world outside knows to be true."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bot.domain.sla.policy import NO_PROMISES, Sla
from store.sql import rows
from tests.fakes import Call

Row = dict[str, Any]

_MARK = re.compile(r"\b[kan]\d+z\b")
_EVERYTHING = {
    "conversation": "SELECT * FROM conversation ORDER BY id",
    "requester": "SELECT * FROM requester ORDER BY id",
    "identity": "SELECT * FROM identity ORDER BY rank, id",
    "ticket": "SELECT * FROM ticket ORDER BY id",
    "history": "SELECT * FROM history ORDER BY id",
    "timer": "SELECT * FROM timer ORDER BY id",
    "message": "SELECT * FROM message ORDER BY id",
    "post": "SELECT * FROM post ORDER BY id",
    "outbox": "SELECT * FROM outbox ORDER BY id",
    "inbox": "SELECT id, channel, lane, key, state, done_at, attempts FROM inbox ORDER BY id",
    "audit": "SELECT * FROM audit ORDER BY id",
    "agent": "SELECT * FROM agent ORDER BY id",
    "counter": "SELECT * FROM counter ORDER BY year",
    "topic": "SELECT * FROM topic ORDER BY ticket_id",
    "escalation": "SELECT * FROM escalation ORDER BY id",
}


def new_mark(kind: str, number: int) -> str:
    """A word that is found again wherever it goes: `k` for customers, `a` for agents' answers, `n` for notes."""
    return f"{kind}{number}z"


def marks(text: str) -> list[str]:
    """The marks in a text, in order."""
    return _MARK.findall(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A customer's message that a platform was told is accepted. `kept`: it surely belongs into a ticket's ledger.

    `order` is its place among the messages of its writer, as the platform counts; `external_id` is also the key under
    which it stood at the door.
    """

    external_id: str
    channel: str
    chat: str
    order: int
    kept: bool = True


@dataclass(slots=True, kw_only=True)
class Witness:
    """The truth outside. `calls` are those that platforms really took, in order, without those they gave up later.

    `owners` tells for each mark whose chat it may appear in (a note's is empty). `repeats` counts, for marks of
    answers, how often somebody asked for it to be sent again; `unordered` are marks whose order means nothing any more.
    `auto_close_days` is the policy, `sla` the levels in force; `admins` may do everything, `leads` are agents who may
    close.
    """

    groups: frozenset[str]
    heard: dict[str, Heard] = field(default_factory=dict)
    calls: Sequence[tuple[str, Call]] = ()
    owners: dict[str, str] = field(default_factory=dict)
    repeats: dict[str, int] = field(default_factory=dict)
    unordered: set[str] = field(default_factory=set)
    leads: frozenset[int] = frozenset()
    auto_close_days: int = 4
    sla: Sla = NO_PROMISES
    now: int = 0


@dataclass(frozen=True, kw_only=True)
class Seen:
    """All rows, by table, in the order of their ids."""

    tables: Mapping[str, list[Row]]

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables[table]

    @cached_property
    def tickets(self) -> dict[int, Row]:
        return {row["id"]: row for row in self["ticket"]}

    @cached_property
    def conversations(self) -> dict[int, Row]:
        return {row["id"]: row for row in self["conversation"]}

    @cached_property
    def chats(self) -> dict[int, str]:
        """By which id each conversation goes at its channel; the best key's."""
        found: dict[int, str] = {}
        for row in self["identity"]:
            found.setdefault(row["conversation_id"], row["key"].partition(":")[2])
        return found

    @cached_property
    def steps(self) -> dict[int, list[Row]]:
        """The history of each ticket."""
        return _by(self["history"], "ticket_id")

    @cached_property
    def messages(self) -> dict[int, list[Row]]:
        """The ledger of each ticket."""
        return _by(self["message"], "ticket_id")

    def chat_of(self, ticket_id: int) -> str:
        return self.chats[self.tickets[ticket_id]["conversation_id"]]


def _by(found: Sequence[Row], column: str) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in found:
        grouped[row[column]].append(row)
    return grouped


def payload(row: Row) -> Row:
    """What an errand carries."""
    loaded: Row = json.loads(row["payload"])
    return loaded


async def look() -> Seen:
    """Read everything."""
    return Seen(tables={name: await rows(statement) for name, statement in _EVERYTHING.items()})
