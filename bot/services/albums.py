"""Albums: the items come one by one and go on as one post."""

from bot.domain.ledger import Errand, LedgerMessage, Op, Urgency
from bot.domain.people import Conversation
from bot.helpdesk import HelpDesk
from bot.services.homes import home_of
from bot.services.lanes import DESK, customer_lane, desk_place, topic_lane
from store import outbox

ALBUM_PAUSE_MS = 1_200
"""Telegram sends the items of an album one by one without an end mark; we wait this long for the next."""


async def to_topic(helpdesk: HelpDesk, ticket_id: int, message: LedgerMessage) -> None:
    await _gather(helpdesk, message, channel=DESK, lane=topic_lane(ticket_id), conversation=None)


async def to_customer(helpdesk: HelpDesk, conversation: Conversation, message: LedgerMessage) -> None:
    lane = customer_lane(conversation)
    await _gather(helpdesk, message, channel=conversation.channel, lane=lane, conversation=conversation)


async def _gather(
    helpdesk: HelpDesk, message: LedgerMessage, *, channel: str, lane: str, conversation: Conversation | None
) -> None:
    """Add one item to the album that is still being gathered, or start gathering."""
    now = helpdesk.now()
    coalesce = f"album:{lane}:{message.album}"
    gathering = await outbox.find_pending(coalesce)
    if gathering is not None:
        payload = {"messages": [*gathering.payload["messages"], message.id]}
        await outbox.set_payload(gathering.id, payload, now + ALBUM_PAUSE_MS)
        return
    await outbox.add(
        [
            Errand(
                channel=channel,
                lane=lane,
                op=Op.ALBUM,
                payload={"messages": [message.id]},
                urgency=Urgency.CUSTOMER if conversation else Urgency.WORDS,
                budget="" if conversation else desk_place((await home_of(helpdesk, message.ticket_id)).chat),
                coalesce=coalesce,
                ticket_id=message.ticket_id,
                conversation_id=conversation.id if conversation else None,
                message_id=message.id,
                created_at=now,
                due_at=now + ALBUM_PAUSE_MS,
            )
        ]
    )
