"""Which tickets' cards show the window of a conversation."""

from collections.abc import Collection
from typing import Final

from bot.domain.ticket import Status
from store.codec import to_json
from store.sql import look, rows

_LIVE: Final = to_json([status.value for status in Status if status is not Status.CLOSED])
_OF_CONVERSATIONS: Final = """
SELECT ticket.id FROM ticket JOIN topic ON topic.ticket_id = ticket.id
WHERE ticket.conversation_id IN numbers(?) AND ticket.status <> 'closed' ORDER BY ticket.id"""
_LAST_HEARD: Final = """
SELECT ticket.id FROM ticket
JOIN conversation ON conversation.id = ticket.conversation_id
JOIN topic ON topic.ticket_id = ticket.id
WHERE ticket.status IN texts(?) AND conversation.channel = ?
    AND conversation.last_inbound_at > ? AND conversation.last_inbound_at <= ?
ORDER BY conversation.last_inbound_at DESC, ticket.id LIMIT ?"""


async def of_conversations(conversation_ids: Collection[int]) -> list[int]:
    """Live tickets of these conversations that have a place in a group."""
    return [row["id"] for row in await rows(_OF_CONVERSATIONS, to_json(sorted(conversation_ids)))]


async def last_heard(channel: str, after: int, until: int, limit: int) -> list[int]:
    """Live tickets with a place in a group whose conversation was last heard of then, the latest first."""
    return [row["id"] for row in await look(_LAST_HEARD, _LIVE, channel, after, until, limit)]
