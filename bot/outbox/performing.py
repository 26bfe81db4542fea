"""One errand, one call: from a row to the channel and back with the ids the platform gave."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.domain.errors import SendError
from bot.domain.fit import window_open
from bot.domain.ledger import WORDS, Delivery, Errand, Op, Topic
from bot.domain.outgoing import Address, Part
from bot.domain.people import Conversation
from bot.domain.ticket import Ticket
from bot.helpdesk import HelpDesk
from bot.outbox import cards, topics
from bot.outbox.accounts import MAIN
from bot.outbox.media import local_file
from bot.outbox.pacing import Pacer
from bot.outbox.wording import BEFORE, posts_of, wording
from bot.ports import Channel
from bot.services import templates
from bot.services.homes import home_of
from bot.services.lanes import DESK, customer_place, desk_place, load_part
from store import conversations, db, messages, outbox, outbox_steps, tickets
from store.patience import until_taken

DELIVERY_MARK = {
    Delivery.STORED: "✍",
    Delivery.SENDING: "✍",
    Delivery.SENT: "🕊",
    Delivery.DELIVERED: "👍",
    Delivery.READ: "👀",
    Delivery.PARKED: "😴",
    Delivery.UNCERTAIN: "🤔",
    Delivery.FAILED: "💔",
    Delivery.EXPIRED: "💔",
}
"""Reactions on the agent's own message; all of Telegram's fixed list (Bot API, ReactionTypeEmoji)."""


class Skipped(Exception):
    """There is nothing to do any more; `why` is for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotNow(Exception):
    """The customer's window is shut."""


class OutOfTurn(Exception):
    """Since it was claimed the ticket went to another group, what was parked before it may go again, or sending is
    another worker's by now."""


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a call goes: the channel, the address there, that side's name in the message map, and by which account."""

    helpdesk: HelpDesk
    channel: Channel
    to: Address
    place: str
    account: int = MAIN


async def perform(helpdesk: HelpDesk, pacer: Pacer, errand: Errand) -> list[str]:
    """Make the call; returns the ids of new messages.

    Raises `SendError`, `Skipped`, `NotNow`, `FileLate` or `OutOfTurn`. An error of the database (`is_away`) comes from
    before the call: what a call brought is written down however long that takes.
    """
    ids = await (_desk_side(helpdesk, pacer, errand) if errand.channel == DESK else _customer_side(helpdesk, errand))
    pacer.works(errand)
    return ids


async def _customer_side(helpdesk: HelpDesk, errand: Errand) -> list[str]:
    channel = helpdesk.channels.get(errand.channel)
    if channel is None:
        raise Skipped(f"channel {errand.channel} is not configured")
    if errand.op is Op.ANSWER:
        await channel.answer_press(errand.payload["press_id"], errand.payload["text"])
        return []
    conversation = await conversations.get(errand.conversation_id or 0)
    if conversation is None:
        raise Skipped("the conversation is gone")
    if not window_open(channel.capabilities, conversation.last_inbound_at, helpdesk.now()):
        errand = _for_a_shut_window(errand)
    elif channel.capabilities.window_ms and await outbox.overtakes(errand):
        raise OutOfTurn
    if "template" in errand.payload.get("part", {}):
        await _check_template(helpdesk, conversation, errand)
    to = Address(chat=conversation.keys[0].partition(":")[2], keys=conversation.keys)
    return await _OPS[errand.op](_Target(helpdesk, channel, to, customer_place(conversation)), errand)


def _for_a_shut_window(errand: Errand) -> Errand:
    """The template that stands in for the message, or one that is a template itself. Raises `NotNow`."""
    if "stand_in" in errand.payload:
        return replace(errand, payload={**errand.payload, "part": errand.payload["stand_in"], "reply_to": None})
    if "template" in errand.payload.get("part", {}):
        return errand
    if errand.op is Op.READ:
        return errand  # a read mark is no message: the window does not concern it
    if errand.op not in WORDS:
        raise Skipped("the window is shut, and a reaction or a correction by itself cannot wait for it")
    raise NotNow


async def _check_template(helpdesk: HelpDesk, conversation: Conversation, errand: Errand) -> None:
    """A template that cannot be sent costs no call: a notice is skipped then, a knock has failed."""
    notice = errand.payload.get("notice")
    if not notice and (conversation.last_inbound_at or 0) > errand.created_at:
        raise Skipped("the customer has written since, and nobody needs to knock")
    template = load_part(errand.payload["part"]).template
    fault = await templates.fault_of(helpdesk, template) if template else None
    if fault is not None and notice:
        raise NotNow
    if fault is not None:
        raise templates.refusal(fault)


async def _desk_side(helpdesk: HelpDesk, pacer: Pacer, errand: Errand) -> list[str]:
    if errand.op is Op.ANSWER:
        await helpdesk.desk.answer_press(errand.payload["press_id"], errand.payload["text"])
        return []
    if errand.op is Op.REACT:
        await helpdesk.desk.react(
            Address(chat=errand.payload["chat"]), errand.payload["external_id"], errand.payload["emoji"]
        )
        return []
    if errand.ticket_id is None:
        return await _written(helpdesk, pacer, errand, errand.payload["chat"], errand.payload.get("thread"))
    ticket = await tickets.get(errand.ticket_id)
    if ticket is None:
        raise Skipped("the ticket is gone")
    if errand.op is Op.MARK:
        return await _mark(helpdesk, errand)
    topic = await home_of(helpdesk, ticket.id)
    if desk_place(topic.chat) != errand.budget:
        raise OutOfTurn
    return await _in_topic(helpdesk, pacer, errand, ticket, topic)


async def _written(helpdesk: HelpDesk, pacer: Pacer, errand: Errand, chat: str, thread: str | None) -> list[str]:
    """A post or an edit in a group, by the account that was chosen for it."""
    account = pacer.account_of(errand)
    pacer.wrote(errand, chat, account=account, cost=await posts_of(helpdesk, errand))
    to = Address(chat=chat, thread=thread or None)
    at = _Target(helpdesk, helpdesk.desk.voice(account), to, desk_place(chat), account)
    return await _OPS[errand.op](at, errand)


async def _in_topic(helpdesk: HelpDesk, pacer: Pacer, errand: Errand, ticket: Ticket, topic: Topic) -> list[str]:
    """A write in the ticket's topic; where that is not as it was it is seen to, and the errand comes again."""
    if errand.op is not Op.CARD or errand.payload.get("first"):
        found = await topics.opened(helpdesk, pacer, errand, ticket, topic)
        if found is None:
            raise OutOfTurn
        topic = found
    try:
        if errand.op is Op.CARD:
            if not (topic.card_id or errand.payload.get("first")):
                raise Skipped("the first card is still to come and will show the same")
            return await cards.shown(helpdesk, pacer, errand, ticket, topic)
        return await _written(helpdesk, pacer, errand, topic.chat, topic.thread)
    except SendError as error:
        await topics.see_to(helpdesk, pacer, errand, ticket, topic, error)
        raise


async def _mark(helpdesk: HelpDesk, errand: Errand) -> list[str]:
    """The delivery state of an agent's message, as a reaction on it."""
    message = await messages.get(errand.message_id or 0)
    if message is None:
        raise Skipped("the message is gone")
    posts = await messages.posts_of(message.id, f"{DESK}:")
    if not posts or message.delivery not in DELIVERY_MARK:
        raise Skipped("nothing to mark")
    to = Address(chat=posts[0].place.partition(":")[2])
    await helpdesk.desk.react(to, posts[0].external_id, DELIVERY_MARK[message.delivery])
    return []


async def _send(at: _Target, errand: Errand) -> list[str]:
    part = load_part(errand.payload["part"])
    file = None
    if part.attachment:
        late = bool(errand.payload.get("late"))
        file = await local_file(at.helpdesk, at.channel, errand.message_id, patient=late, since=errand.ready_at)
    reply_to = errand.payload.get("external_reply_to") or await _external(errand.payload.get("reply_to"), at.place)
    said = await wording(at.helpdesk, errand, at.channel.capabilities)
    await _say_before(at, errand, said.before)
    part = replace(part, text=said.text)
    return [await at.channel.send(at.to, part, file=file, reply_to=reply_to, tracker=str(errand.id))]


async def _say_before(at: _Target, errand: Errand, pieces: Sequence[str]) -> None:
    """Words that find no room in the post itself; each is said once, however often the post is tried."""
    out: int = errand.payload.get(BEFORE, 0)
    for number, words in enumerate(pieces[out:], start=out + 1):
        external_id = await at.channel.send(at.to, Part(text=words))
        await until_taken(partial(_note_said, at, errand, number, external_id))


async def _note_said(at: _Target, errand: Errand, number: int, external_id: str) -> None:
    async with db.transaction():
        await outbox_steps.note(errand.id, at.helpdesk.epoch, BEFORE, number)
        if errand.ticket_id is not None:
            await messages.post(at.place, external_id, None, errand.ticket_id)


async def _album(at: _Target, errand: Errand) -> list[str]:
    """The gathered items as one post; a single straggler goes as an ordinary message."""
    found = []
    for message_id in errand.payload["messages"]:
        message = await messages.get(message_id)
        file = await local_file(at.helpdesk, at.channel, message_id, patient=True, since=errand.ready_at)
        if message is not None and file is not None:
            found.append((message, file))
    if not found:
        raise Skipped("the album is empty")
    said = await wording(at.helpdesk, errand, at.channel.capabilities)
    await _say_before(at, errand, said.before)
    if len(found) == 1:
        message, file = found[0]
        part = Part(text=said.text, attachment=message.content.attachment)
        return [await at.channel.send(at.to, part, file=file, tracker=str(errand.id))]
    return await at.channel.send_album(at.to, said.text, [file for _, file in found])


async def _edit(at: _Target, errand: Errand) -> list[str]:
    target = errand.payload.get("external_id") or await _editable(at, errand.payload.get("of"))
    part = load_part(errand.payload["part"])
    if target is not None:
        await at.channel.edit(at.to, target, part)
    elif errand.channel == DESK and part.attachment is None:
        # A typed answer stands on the card alone; once the customer changes it, agents see the words.
        await at.channel.send(at.to, part)
    else:
        raise Skipped("the message never arrived there")
    return []


async def _editable(at: _Target, message_id: int | None) -> str | None:
    """The post of a message that this account wrote; no bot may change what another one wrote."""
    post = await messages.post_at(at.place, message_id) if message_id is not None else None
    return post.external_id if post is not None and post.account == at.account else None


async def _react(at: _Target, errand: Errand) -> list[str]:
    target = await _external(errand.payload.get("of"), at.place)
    if target is None:
        raise Skipped("the message never arrived there")
    await at.channel.react(at.to, target, errand.payload["emoji"])
    return []


async def _read(at: _Target, errand: Errand) -> list[str]:
    target = await _external(errand.payload.get("of"), at.place)
    if target is not None:
        await at.channel.mark_read(at.to, target)
    return []


async def _external(message_id: int | None, place: str) -> str | None:
    """The id a ledger message has on that side, if it is there."""
    post = await messages.post_at(place, message_id) if message_id is not None else None
    return post.external_id if post else None


_OPS: Mapping[Op, Callable[[_Target, Errand], Awaitable[list[str]]]] = {
    Op.SEND: _send,
    Op.ALBUM: _album,
    Op.EDIT: _edit,
    Op.REACT: _react,
    Op.READ: _read,
}
