"""Answers that wait for a customer to open the window."""

from typing import Final

from bot.domain.ledger import Errand
from store.outbox_rows import to_errand
from store.sql import rows

_TAKE_BACK: Final = """
UPDATE outbox SET state = 'expired', settled_at = ?, error = ?
WHERE conversation_id = ? AND state = 'parked' AND ticket_id = ? RETURNING *"""


async def take_back(conversation_id: int, ticket_id: int, now: int, error: str) -> list[Errand]:
    """What waits on this ticket will not go out; returns what that was, in order."""
    found = await rows(_TAKE_BACK, now, error, conversation_id, ticket_id)
    return sorted(map(to_errand, found), key=lambda errand: errand.id)
