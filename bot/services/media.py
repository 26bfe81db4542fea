"""Customers' files that could not be brought into the agents' group: said there, with a way to try again."""

from bot.domain.errors import SendError
from bot.domain.fit import TooLarge
from bot.domain.ledger import Errand, LedgerMessage
from bot.domain.message import Attachment
from bot.domain.outgoing import Button, Outgoing
from bot.domain.press import Verb, encode
from bot.domain.ticket import ActorKind
from bot.helpdesk import HelpDesk
from bot.services import errands, relay
from store import messages

_TOO_LARGE = "send-error-too-large"


async def not_shown(helpdesk: HelpDesk, errand: Errand, error: SendError) -> bool:
    """Say of each file of this errand why it is not there; false when the errand carried none."""
    alone = [errand.message_id] if errand.payload.get("part", {}).get("attachment") else []
    found = [await messages.get(message_id or 0) for message_id in errand.payload.get("messages", alone)]
    lost = [(message, message.content.attachment) for message in found if message and message.content.attachment]
    for message, attachment in lost:
        await _give_up(helpdesk, message, attachment, error, late=bool(errand.payload.get("late")))
    return bool(lost)


async def _give_up(
    helpdesk: HelpDesk, message: LedgerMessage, attachment: Attachment, error: SendError, *, late: bool
) -> None:
    """A file that is too large stays so: there the customer is asked for another one instead."""
    file = await messages.file_of(message.id)
    if file is not None:
        await messages.file_failed(file.id, error.key)
    too_large = error.key == _TOO_LARGE
    again = Button(title=helpdesk.desk_text("button-fetch"), token=encode(Verb.FETCH, message.id))
    reason = helpdesk.desk_text(error.key)
    await relay.without_file(helpdesk, message, reason=reason, rows=() if too_large else ((again,),), late=late)
    if too_large and file is not None and file.size:
        limit = helpdesk.desk.capabilities.media.get(attachment.kind, 0)
        await relay.tell_too_large(helpdesk, message, TooLarge(attachment, file.size, limit))


async def retry(helpdesk: HelpDesk, message_id: int) -> str:
    """An agent presses "try again"; returns the toast's key. Raises `TooLarge`."""
    message = await messages.get(message_id)
    if message is None or message.author is not ActorKind.REQUESTER or message.content.attachment is None:
        return "button-old"
    if not await messages.retry_file(message.id):
        return "file-not-needed"
    name = helpdesk.desk_text("desk-from", name=message.author_name or helpdesk.desk_text("somebody"))
    await errands.file_to_topic(helpdesk, message, Outgoing(text=name, attachment=message.content.attachment))
    return "file-again"
