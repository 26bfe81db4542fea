"""Writing errands: every way in which a use case asks for something to leave the house."""

from collections.abc import Mapping
from typing import Any

from bot.domain.fit import fit
from bot.domain.ledger import Errand, LedgerMessage, Op, Topic, Urgency
from bot.domain.outgoing import Outgoing, Part, Template
from bot.domain.people import Conversation
from bot.helpdesk import HelpDesk
from bot.services.homes import home_of
from bot.services.lanes import DESK, customer_lane, desk_place, dump_part, one_part, topic_lane
from store import outbox, parts

CARD_PAUSE_MS = 1_000
"""A card waits this long for further changes: each edit costs one of the group's few writes."""

PRESS_LIFE_MS = 60_000
"""A button press is answered soon or not at all (Bot API, answerCallbackQuery)."""

_BESIDE_WORDS = frozenset({Op.REACT, Op.READ})


async def to_customer(
    helpdesk: HelpDesk,
    conversation: Conversation,
    message: Outgoing,
    *,
    ticket_id: int | None,
    message_id: int | None = None,
    reply_to: int | None = None,
    notice: bool | Mapping[str, str | bool] = False,
    stand_in: Template | None = None,
) -> None:
    """Enqueue a message for the customer. A `notice` is dropped, visibly, rather than parked when it cannot go now.

    What a notice brings along is for whoever learns its fate (`happenings.outcome`). `stand_in` goes out in its place
    where the customer's window is shut.
    """
    channel = helpdesk.channels[conversation.channel]
    skip_hint = helpdesk.text(conversation.locale, "skip-hint")
    fitted = fit(message, channel.capabilities, skip_hint=skip_hint, choose=message.list_title)
    common = {"reply_to": reply_to, **_of_notice(notice), **_standing_in(stand_in)}
    payloads = [{"part": dump_part(part), **common, **_own_words(part, message.own)} for part in fitted.parts]
    about = {"ticket_id": ticket_id, "message_id": message_id}
    calls = [_at_customer(helpdesk, conversation, Op.SEND, payload, **about) for payload in payloads]
    await parts.join(await outbox.add(calls))


def _at_customer(
    helpdesk: HelpDesk,
    conversation: Conversation,
    op: Op,
    payload: Mapping[str, Any],
    *,
    ticket_id: int | None,
    message_id: int | None,
) -> Errand:
    """Reactions and read marks have lanes of their own: trouble with them must not hold up words."""
    now, lane = helpdesk.now(), customer_lane(conversation)
    return Errand(
        channel=conversation.channel,
        lane=f"{lane}:{op}" if op in _BESIDE_WORDS else lane,
        op=op,
        payload=payload,
        urgency=Urgency.CUSTOMER,
        ticket_id=ticket_id,
        conversation_id=conversation.id,
        message_id=message_id,
        created_at=now,
        due_at=now,
    )


def _own_words(part: Part, words: str) -> dict[str, Any]:
    """Where in a part the words stand that belong to an agent."""
    return {"words": [part.text.index(words), len(words)]} if words and words in part.text else {}


def _of_notice(notice: bool | Mapping[str, str | bool]) -> dict[str, Any]:
    return {"notice": bool(notice), **({"outcome": notice} if isinstance(notice, Mapping) else {})}


def _standing_in(template: Template | None) -> dict[str, Any]:
    return {} if template is None else {"stand_in": dump_part(Part(template=template))}


async def template_to_customer(
    helpdesk: HelpDesk, conversation: Conversation, template: Template, *, ticket_id: int, message_id: int
) -> int:
    """Enqueue a template, which may go out while the customer's window is shut; returns the errand's id."""
    payload = {"part": dump_part(Part(template=template))}
    return await change_at_customer(
        helpdesk, conversation, Op.SEND, payload, ticket_id=ticket_id, message_id=message_id
    )


async def change_at_customer(
    helpdesk: HelpDesk,
    conversation: Conversation,
    op: Op,
    payload: Mapping[str, Any],
    *,
    ticket_id: int | None,
    message_id: int | None = None,
) -> int:
    """Enqueue something else than words on the customer's side: an edit, a reaction, a read mark, a template."""
    call = _at_customer(helpdesk, conversation, op, payload, ticket_id=ticket_id, message_id=message_id)
    [errand_id] = await outbox.add([call])
    return errand_id


async def to_topic(
    helpdesk: HelpDesk,
    ticket_id: int,
    message: Outgoing,
    *,
    urgency: Urgency = Urgency.WORDS,
    message_id: int | None = None,
    reply_to: int | None = None,
) -> None:
    """Enqueue a post in the ticket's topic; `message_id` is the ledger row it shows, `reply_to` one it answers."""
    home = await home_of(helpdesk, ticket_id)
    posts = topic_posts(helpdesk, home, message, urgency=urgency, message_id=message_id, reply_to=reply_to)
    await outbox.add(posts)


def topic_posts(
    helpdesk: HelpDesk,
    home: Topic,
    message: Outgoing,
    *,
    urgency: Urgency = Urgency.WORDS,
    message_id: int | None = None,
    reply_to: int | None = None,
) -> list[Errand]:
    """A post in a ticket's topic as errands, one for each call it takes. Raises `TooLarge`."""
    now = helpdesk.now()
    return [
        Errand(
            channel=DESK,
            lane=topic_lane(home.ticket_id),
            op=Op.SEND,
            payload={"part": dump_part(part), "reply_to": reply_to},
            urgency=urgency,
            budget=desk_place(home.chat),
            ticket_id=home.ticket_id,
            message_id=message_id,
            created_at=now,
            due_at=now,
        )
        for part in fit(message, helpdesk.desk.capabilities).parts
    ]


async def file_to_topic(helpdesk: HelpDesk, message: LedgerMessage, file: Outgoing) -> None:
    """Enqueue a file that follows its words, in a lane of its own that holds up nobody, as a reply to them."""
    for part in fit(file, helpdesk.desk.capabilities).parts:
        payload = {"part": dump_part(part), "reply_to": message.id, "late": True}
        lane = f"{topic_lane(message.ticket_id)}:file:{message.id}"
        about = {"ticket_id": message.ticket_id, "message_id": message.id}
        await _to_desk(helpdesk, Op.SEND, payload, Urgency.STATUS, lane=lane, **about)


async def line(
    helpdesk: HelpDesk,
    ticket_id: int,
    key: str,
    *,
    urgency: Urgency = Urgency.STATUS,
    reply_to: int | None = None,
    **values: str | int,
) -> None:
    """A sentence of ours in the ticket's topic."""
    text = helpdesk.desk_text(key, **values)
    await to_topic(helpdesk, ticket_id, Outgoing(text=text), urgency=urgency, reply_to=reply_to)


async def to_group(
    helpdesk: HelpDesk,
    message: Outgoing,
    *,
    chat: str,
    thread: str | None = None,
    external_reply_to: str | None = None,
    about: int | None = None,
) -> None:
    """Enqueue a post outside the tickets' lanes: an alarm, or the answer to a command, perhaps `about` a ticket."""
    where = {"chat": chat, "thread": thread, "external_reply_to": external_reply_to, "about": about}
    for part in fit(message, helpdesk.desk.capabilities).parts:
        payload = {"part": dump_part(part), **where}
        lane = f"{DESK}:chat:{chat}:{thread or ''}"
        await _to_desk(helpdesk, Op.SEND, payload, Urgency.STATUS, lane=lane, budget=desk_place(chat))


async def first_card(helpdesk: HelpDesk, ticket_id: int) -> None:
    """The card that opens a topic: ahead of everything else in the topic's lane."""
    await _to_desk(helpdesk, Op.CARD, {"first": True}, Urgency.WORDS, ticket_id=ticket_id)


async def card(helpdesk: HelpDesk, ticket_id: int) -> None:
    """Bring card and topic name up to date, once for any number of changes."""
    await _to_desk(
        helpdesk,
        Op.CARD,
        {},
        Urgency.COSMETIC,
        ticket_id=ticket_id,
        lane=f"{DESK}:card:{ticket_id}",
        coalesce=f"card:{ticket_id}",
        due_at=helpdesk.now() + CARD_PAUSE_MS,
    )


async def mark(helpdesk: HelpDesk, message: LedgerMessage) -> None:
    """Show the delivery state on the agent's own message, as a reaction."""
    await _to_desk(
        helpdesk,
        Op.MARK,
        {},
        Urgency.COSMETIC,
        ticket_id=message.ticket_id,
        message_id=message.id,
        lane=f"{DESK}:mark:{message.id}",
        coalesce=f"mark:{message.id}",
        budget="",
    )


async def react_in_group(helpdesk: HelpDesk, chat: str, external_id: str, emoji: str) -> None:
    """A reaction of ours as the cheapest "done": it costs nothing of the group's budget."""
    payload = {"chat": chat, "external_id": external_id, "emoji": emoji}
    lane = f"{DESK}:react:{chat}:{external_id}"
    await _to_desk(helpdesk, Op.REACT, payload, Urgency.STATUS, lane=lane, budget="")


async def edit_in_topic(helpdesk: HelpDesk, message: LedgerMessage, part: Outgoing) -> None:
    """Rewrite the post that shows a ledger message."""
    shown = one_part(part, helpdesk.desk.capabilities)
    payload = {"part": dump_part(shown), "of": message.id}
    await _to_desk(helpdesk, Op.EDIT, payload, Urgency.WORDS, ticket_id=message.ticket_id)


async def answer_press(helpdesk: HelpDesk, channel: str, press_id: str, text: str = "") -> None:
    """Stop the spinner of a pressed button, with a toast if there is something to say."""
    now = helpdesk.now()
    await outbox.add(
        [
            Errand(
                channel=channel,
                lane=f"{channel}:press:{press_id}",
                op=Op.ANSWER,
                payload={"press_id": press_id, "text": text},
                urgency=Urgency.CUSTOMER,
                created_at=now,
                due_at=now,
                expires_at=now + PRESS_LIFE_MS,
            )
        ]
    )


async def _to_desk(helpdesk: HelpDesk, op: Op, payload: Mapping[str, Any], urgency: Urgency, **columns: Any) -> None:
    """Enqueue an errand to a group; `columns` say what differs from a plain write into a ticket's topic."""
    now = helpdesk.now()
    ticket_id = columns.get("ticket_id") or 0
    usual = {"lane": topic_lane(ticket_id), "due_at": now}
    if "budget" not in columns:
        usual["budget"] = await _budget(helpdesk, ticket_id)
    errand = Errand(channel=DESK, op=op, payload=payload, urgency=urgency, created_at=now, **{**usual, **columns})
    await outbox.add([errand])


async def _budget(helpdesk: HelpDesk, ticket_id: int) -> str:
    """Each group has writes of its own to spend."""
    return desk_place((await home_of(helpdesk, ticket_id)).chat)
