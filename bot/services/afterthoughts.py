"""What customers do to a message later: withdraw it, or react to it. We may hear of that before the message itself."""

from bot.domain.message import Reacted, Revoked
from bot.domain.people import Conversation
from bot.helpdesk import HelpDesk
from bot.services import errands, lanes, relay
from bot.services.casework import conversation_of
from store import gestures, messages, tickets
from store.gestures import Gesture, GestureKind
from store.messages import Post


async def revoked(helpdesk: HelpDesk, channel: str, conversation: Conversation | None, event: Revoked) -> None:
    """The customer deleted a message for everyone: it stays on record, marked as withdrawn."""
    gesture = Gesture(kind=GestureKind.REVOKED, at=event.at or helpdesk.now())
    await _gestured(helpdesk, channel, conversation, event.external_id, gesture)


async def reacted(helpdesk: HelpDesk, channel: str, conversation: Conversation | None, event: Reacted) -> None:
    """The customer reacted to a message; agents see it as a line under the message."""
    gesture = Gesture(kind=GestureKind.REACTED, emoji=event.emoji, at=event.at or helpdesk.now())
    await _gestured(helpdesk, channel, conversation, event.external_id, gesture)


async def _gestured(
    helpdesk: HelpDesk, channel: str, conversation: Conversation | None, external_id: str, gesture: Gesture
) -> None:
    """Show it now, or, when it overtook its message, once that is here."""
    post = await messages.find_post(lanes.customer_place(conversation), external_id) if conversation else None
    if await gestures.note(channel, external_id, gesture, early=post is None) and post is not None:
        await _show(helpdesk, post, gesture)


async def arrived(helpdesk: HelpDesk, channel: str, place: str, external_id: str) -> None:
    """A message found its place in the map: show what the customer did to it before."""
    early = await gestures.take_early(channel, external_id)
    post = await messages.find_post(place, external_id) if early else None
    if post is not None:
        for gesture in early:
            await _show(helpdesk, post, gesture)


async def _show(helpdesk: HelpDesk, post: Post, gesture: Gesture) -> None:
    message = await messages.get(post.message_id) if post.message_id else None
    if gesture.kind is GestureKind.REACTED:
        await _show_reaction(helpdesk, post, gesture.emoji)
    elif message is not None:
        await messages.set_revoked(message.id)
        heading = helpdesk.desk_text("desk-revoked")
        await errands.edit_in_topic(helpdesk, message, relay.shown(helpdesk, message, heading=heading))


async def _show_reaction(helpdesk: HelpDesk, post: Post, emoji: str) -> None:
    ticket = await tickets.get(post.ticket_id)
    if ticket is None or not emoji:
        return
    conversation = await conversation_of(ticket)
    name = conversation.requester.name or helpdesk.desk_text("somebody")
    await errands.line(helpdesk, post.ticket_id, "desk-reacted", reply_to=post.message_id, name=name, emoji=emoji)
