"""The ledger: every message with its delivery state, and the errands that carry messages out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from bot.domain.message import Content
from bot.domain.ticket import ActorKind


class Visibility(StrEnum):
    PUBLIC = "public"
    NOTE = "note"


class Delivery(StrEnum):
    """What became of a message. `RECEIVED` is an inbound one; the others are ours."""

    RECEIVED = "received"
    STORED = "stored"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PARKED = "parked"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    EXPIRED = "expired"


_ADVANCE = {
    Delivery.STORED: 0,
    Delivery.SENDING: 1,
    Delivery.PARKED: 1,
    Delivery.UNCERTAIN: 2,
    Delivery.SENT: 3,
    Delivery.FAILED: 4,
    Delivery.EXPIRED: 4,
    Delivery.DELIVERED: 5,
    Delivery.READ: 6,
}


def advance(current: Delivery, news: Delivery) -> Delivery:
    """Receipts apply in any order: a late `sent` never undoes `read`, proof of delivery beats a failure."""
    if current is Delivery.RECEIVED:
        return current
    return news if _ADVANCE[news] > _ADVANCE[current] else current


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerMessage:
    """One message of a ticket. `at` is the provider's time for inbound ones, the commit's for ours.

    `source_chat` and `external_id` name it where it was written; `reply_to` is the ledger id of the quoted message.
    `cost_class` is what the platform counts it as (WhatsApp: `service`, `utility` …), empty until it says so.
    """

    id: int = 0
    ticket_id: int
    author: ActorKind
    author_id: int = 0
    author_name: str = ""
    visibility: Visibility = Visibility.PUBLIC
    content: Content
    at: int
    delivery: Delivery
    failure: str = ""
    reply_to: int | None = None
    edited_at: int | None = None
    revoked: bool = False
    album: str = ""
    cost_class: str = ""


class Op(StrEnum):
    """What an errand does at the channel."""

    SEND = "send"
    ALBUM = "album"
    EDIT = "edit"
    REACT = "react"
    READ = "read"
    ANSWER = "answer"
    CARD = "card"
    MARK = "mark"


WORDS = frozenset({Op.SEND, Op.ALBUM})
"""What carries somebody's words: done twice, it is seen by people."""


HELD = "send-error-restored"
"""The error, and the text that explains it, of what waited in a copy that was restored: it may be out already."""

UNPROVED = "send-error-no-receipt"
"""The error, and the text that explains it, of what got no answer while no receipts came: it may be out already."""


class Urgency(IntEnum):
    """Lower goes first (PRODUCT.md, the agents' desk)."""

    CUSTOMER = 0
    WORDS = 1
    FAILURE = 2
    STATUS = 3
    COSMETIC = 4


class ErrandState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    PARKED = "parked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One row of the outbox: one call to one channel.

    `lane` is the ordered stream (one destination); `budget` names the rate it counts against; a pending errand with the
    same non-empty `coalesce` makes a second one needless. `payload` is JSON-ready and read by the outbox alone.
    `message_id` is the ledger row whose fate this errand decides. `ready_at`, kept by the store: since when it has been
    free to go, which a release after a long park begins anew.
    """

    id: int = 0
    channel: str
    lane: str
    op: Op
    payload: Mapping[str, Any] = field(default_factory=dict)
    urgency: Urgency
    budget: str = ""
    coalesce: str = ""
    state: ErrandState = ErrandState.PENDING
    ticket_id: int | None = None
    conversation_id: int | None = None
    message_id: int | None = None
    created_at: int
    due_at: int
    ready_at: int = field(default=0, compare=False)
    expires_at: int | None = None
    attempts: int = 0
    external_id: str = ""
    error: str = ""

    @property
    def message_ids(self) -> Sequence[int]:
        """The ledger rows whose fate it decides: an album's are several."""
        alone = () if self.message_id is None else (self.message_id,)
        several: Sequence[int] = self.payload.get("messages", alone)
        return several


_FATES = {
    ErrandState.PENDING: Delivery.STORED,
    ErrandState.SENDING: Delivery.STORED,
    ErrandState.SENT: Delivery.SENT,
    ErrandState.UNCERTAIN: Delivery.UNCERTAIN,
    ErrandState.FAILED: Delivery.FAILED,
    ErrandState.PARKED: Delivery.PARKED,
    ErrandState.EXPIRED: Delivery.EXPIRED,
}
_WORST_FIRST = (
    Delivery.FAILED,
    Delivery.UNCERTAIN,
    Delivery.PARKED,
    Delivery.EXPIRED,
    Delivery.STORED,
    Delivery.SENT,
    Delivery.DELIVERED,
    Delivery.READ,
)


def fate(errand: Errand) -> Delivery:
    """What became of one call to a customer. Its highest receipt, kept in the payload, is proof against all else."""
    if "receipt" in errand.payload:
        return Delivery(errand.payload["receipt"])
    if errand.state is ErrandState.FAILED and errand.error in {HELD, UNPROVED}:
        return Delivery.UNCERTAIN
    return _FATES[errand.state]


def together(fates: Iterable[Delivery]) -> Delivery:
    """What became of a message that took these calls, one at least: no better than the worst of them."""
    found = set(fates)
    worst = next(state for state in _WORST_FIRST if state in found)
    return Delivery.SENDING if worst is Delivery.STORED and len(found) > 1 else worst


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Where a ticket lives in an agents' group. `thread` is empty in a group without topics."""

    ticket_id: int
    chat: str
    thread: str = ""
    card_id: str = ""
    name: str = ""
