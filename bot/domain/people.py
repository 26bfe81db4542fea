"""The people around a ticket, and who may do what."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """`OWNER` stands apart: numbers only, never a customer's words or identity."""

    AGENT = "agent"
    LEAD = "lead"
    ADMIN = "admin"
    OWNER = "owner"


_RANK = {Role.AGENT: 1, Role.LEAD: 2, Role.ADMIN: 3}


def may(role: Role | None, needed: Role) -> bool:
    """Deny by default; a lead may what an agent may, an admin what a lead may, an owner only what is the owner's."""
    if role is None or role is Role.OWNER or needed is Role.OWNER:
        return role is needed
    return _RANK[role] >= _RANK[needed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """A customer. `name` is display text, never an identity."""

    id: int
    name: str
    username: str = ""
    phone: str = ""
    locale: str
    vip: bool = False
    banned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One requester on one channel account.

    `keys` are all identities, best first; `last_inbound_at` opens WhatsApp's window; `awaiting` says which free text is
    expected next (`reason:<ticket id>` after a reject), `ticket_id` is the current ticket.
    """

    id: int
    channel: str
    requester: Requester
    keys: tuple[str, ...]
    ticket_id: int | None = None
    last_inbound_at: int | None = None
    awaiting: str = ""
    reachable: bool = True

    @property
    def locale(self) -> str:
        return self.requester.locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Somebody of the agents' group, by numeric Telegram user id. `role` is what our own table says, if anything.

    `present` is a member of the group; one who is away says until when (epoch milliseconds), `seen_at` is when they
    last wrote or pressed there.
    """

    id: int
    name: str
    username: str = ""
    role: Role | None = None
    present: bool = True
    away_until: int | None = None
    seen_at: int = 0
