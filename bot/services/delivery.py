"""What became of our messages: results of errands and receipts of channels, told to the agents."""

from dataclasses import replace

from bot.domain.errors import SendError
from bot.domain.fit import window_open
from bot.domain.ledger import HELD, UNPROVED, WORDS, Delivery, Errand, ErrandState, Op, Urgency, advance
from bot.domain.message import Receipt, ReceiptStatus
from bot.domain.outgoing import Button, Outgoing
from bot.domain.people import Conversation
from bot.domain.press import Verb, encode, is_row_id
from bot.domain.ticket import WAITING, ActorKind, Ticket
from bot.helpdesk import HelpDesk
from bot.measures import MESSAGE_COST
from bot.services import (
    afterthoughts,
    clockwork,
    errands,
    fates,
    happenings,
    knocking,
    lanes,
    media,
    personal,
    strays,
    templates,
    windows,
)
from store import conversations, messages, outbox, parts, put_aside, tickets

_OF_RECEIPT = {
    ReceiptStatus.SENT: Delivery.SENT,
    ReceiptStatus.DELIVERED: Delivery.DELIVERED,
    ReceiptStatus.READ: Delivery.READ,
    ReceiptStatus.FAILED: Delivery.FAILED,
}
_TOLD = frozenset({Op.SEND, Op.ALBUM, Op.EDIT})
"""Errands whose failure a person must know of; a mark or a card that cannot be set harms nobody."""

Rows = tuple[tuple[Button, ...], ...]

_SECOND_MS = 1_000
_OPEN_STATES = (ErrandState.SENDING, ErrandState.UNCERTAIN, ErrandState.PENDING)


async def window_opened(helpdesk: HelpDesk, conversation: Conversation, at: int) -> Conversation:
    """Anything the customer does opens the window again and lets parked answers go.

    The conversation is written in any case: whoever closes its ticket meanwhile meets that, or is met.
    """
    now = helpdesk.now()
    spoken_at = min(at or now, now)
    moves = False
    if conversation.last_inbound_at is None or spoken_at > conversation.last_inbound_at:
        moves = windows.moves(helpdesk, conversation, spoken_at)
        conversation = replace(conversation, last_inbound_at=spoken_at, reachable=True)
    await conversations.save(conversation)
    await windows.redraw(helpdesk, [conversation.id] if moves else [])
    await outbox.release_parked(conversation.id, now)
    return conversation


async def sent(helpdesk: HelpDesk, errand: Errand, external_ids: list[str]) -> None:
    """An errand is surely out: the message map learns its ids, the ledger its state."""
    place = await _place(helpdesk, errand)
    if errand.message_id is None:
        await _line_posted(errand, place, external_ids)
        return
    ids = errand.payload.get("messages", [errand.message_id])
    for external_id, message_id in zip(external_ids, ids, strict=False):
        await messages.post(place, external_id, message_id, errand.ticket_id or 0)
    if errand.conversation_id is None:
        return
    for external_id in external_ids:
        await afterthoughts.arrived(helpdesk, errand.channel, place, external_id)
    await fates.follow(helpdesk, errand)
    if not _is_knock(errand):
        await _await_answer(helpdesk, ids[-1])
    await happenings.went(helpdesk, errand)


def _is_knock(errand: Errand) -> bool:
    """A knock tells that an answer waits; it is none, and no wait for the customer begins with it."""
    return "template" in errand.payload.get("part", {})


async def skipped(helpdesk: HelpDesk, errand: Errand) -> None:
    """There was nothing to do any more: the ledger says so too."""
    await fates.follow(helpdesk, errand)


async def sent_bundled(helpdesk: HelpDesk, errand: Errand, external_id: str) -> None:
    """Several messages share one post in the topic: a reply to it finds the ticket, but no single message."""
    await messages.post(await _place(helpdesk, errand), external_id, None, errand.ticket_id or 0)


async def _line_posted(errand: Errand, place: str, external_ids: list[str]) -> None:
    """A sentence of ours in the group: whoever replies to it means its ticket."""
    ticket_id = errand.ticket_id or errand.payload.get("about")
    if ticket_id is not None and errand.conversation_id is None and errand.op is Op.SEND:
        for external_id in external_ids:
            await messages.post(place, external_id, None, ticket_id)


async def _place(helpdesk: HelpDesk, errand: Errand) -> str:
    """Which side of the message map an errand's ids belong to."""
    if errand.conversation_id is not None:
        return f"{errand.channel}:{errand.conversation_id}"
    return errand.budget or lanes.desk_place(helpdesk.desk.group)


async def _await_answer(helpdesk: HelpDesk, message_id: int) -> None:
    """A parked or failed answer stopped the wait for the customer; once it is out, the wait begins anew."""
    message = await messages.get(message_id)
    ticket = await tickets.get(message.ticket_id) if message else None
    if ticket is None or message is None or ticket.status not in WAITING or ticket.waiting_since is not None:
        return
    last = await messages.last_public(ticket.id)
    if last is not None and last.author is not ActorKind.REQUESTER:
        waiting = replace(ticket, waiting_since=helpdesk.now())
        await tickets.save(waiting, None, await clockwork.deadlines(helpdesk, waiting))


async def stop_waiting(helpdesk: HelpDesk, ticket_id: int) -> None:
    """Our last word is not out, so silence says nothing about the customer; the wait begins anew once it is."""
    ticket = await tickets.get(ticket_id)
    if ticket is not None and ticket.waiting_since is not None:
        stopped = replace(ticket, waiting_since=None)
        await tickets.save(stopped, None, await clockwork.deadlines(helpdesk, stopped))


async def parked(helpdesk: HelpDesk, errand: Errand, *, unasked: bool = False) -> None:
    """The window is shut (`unasked`: by our reckoning): an answer waits for the customer, a notice goes, visibly."""
    if errand.ticket_id is None:
        return
    if errand.payload.get("notice"):
        await _dropped_notice(helpdesk, errand)
        return
    await fates.follow(helpdesk, errand)
    await stop_waiting(helpdesk, errand.ticket_id)
    conversation = await conversations.get(errand.conversation_id or 0)
    ticket = await tickets.get(errand.ticket_id)
    if conversation is None or ticket is None:
        return
    await conversations.save(conversation)  # whoever opens the window at this moment meets that, or is met
    if _spoken_since(helpdesk, errand, conversation.last_inbound_at, unasked=unasked):
        # A second later than now: a platform that refuses again must not be asked without end.
        await outbox.release_parked(conversation.id, helpdesk.now() + _SECOND_MS)
        return
    knock = await knocking.knock(helpdesk, conversation, ticket)
    rows = again_button(helpdesk, "button-knock", knock.failed_id) if knock.failed_id else ()
    await below(helpdesk, errand, helpdesk.desk_text(knock.key, reason=knock.reason), rows)


def _spoken_since(helpdesk: HelpDesk, errand: Errand, spoken_at: int | None, *, unasked: bool) -> bool:
    """Was the window opened meanwhile? A platform that refused knew what was said before, by whole seconds."""
    if unasked:
        return window_open(helpdesk.channels[errand.channel].capabilities, spoken_at, helpdesk.now())
    return spoken_at is not None and spoken_at + _SECOND_MS > errand.due_at


async def _dropped_notice(helpdesk: HelpDesk, errand: Errand) -> None:
    await fates.follow(helpdesk, errand)
    template = templates.carried(errand.payload)
    fault = await templates.fault_of(helpdesk, template) if template else None
    reason = helpdesk.desk_text(fault.key if fault else "send-error-window")
    if not await happenings.did_not(helpdesk, errand, reason):
        await errands.line(
            helpdesk, errand.ticket_id or 0, "delivery-notice-skipped", urgency=Urgency.FAILURE, reason=reason
        )


async def withdrawn(helpdesk: HelpDesk, ticket: Ticket) -> None:
    """The desk closed the ticket: what waits there for the window would come long after its time."""
    for errand in await put_aside.take_back(ticket.conversation_id, ticket.id, helpdesk.now(), "send-error-closed"):
        await fates.follow(helpdesk, errand)
        rows = again_button(helpdesk, "button-resend", errand.id)
        await below(helpdesk, errand, helpdesk.desk_text("delivery-withdrawn"), rows)


async def failed(helpdesk: HelpDesk, errand: Errand, error: SendError) -> None:
    """Surely not delivered, and trying again is no use: the agents learn why and what they can do."""
    await templates.refused(helpdesk, errand, error)
    if errand.message_id is not None and errand.conversation_id is not None:
        await fates.follow(helpdesk, errand)
        await stop_waiting(helpdesk, errand.ticket_id or 0)
    if errand.ticket_id is None:
        await personal.lost(helpdesk, errand, error.key)
    if errand.ticket_id is None or errand.op not in _TOLD:
        return
    if errand.conversation_id is None and await media.not_shown(helpdesk, errand, error):
        return
    if strays.is_stray(errand, error):
        await strays.say_outside(helpdesk, errand, error)
        return
    key = "delivery-failed" if errand.conversation_id is not None else "delivery-desk-failed"
    await _tell(helpdesk, errand, "delivery-knock-failed" if _is_knock(errand) else key, helpdesk.desk_text(error.key))


async def uncertain(helpdesk: HelpDesk, errand: Errand, *, told: bool) -> None:
    """Nobody knows whether it arrived. `told`: no receipt will ever tell, so the agent gets a one-press resend."""
    await fates.follow(helpdesk, errand)
    if errand.ticket_id is not None:
        await stop_waiting(helpdesk, errand.ticket_id)
    if told and errand.ticket_id is not None:
        await _tell(helpdesk, errand, "delivery-uncertain")
    elif told:
        await personal.lost(helpdesk, errand, "send-error-unknown-outcome")


async def _tell(helpdesk: HelpDesk, errand: Errand, key: str, reason: str = "") -> None:
    """A line under the message, with a button to send it again where that makes sense."""
    words = errand.conversation_id is not None and errand.op in WORDS
    rows = again_button(helpdesk, "button-resend", errand.id) if words else ()
    await below(helpdesk, errand, helpdesk.desk_text(key, reason=reason), rows)


def again_button(helpdesk: HelpDesk, title: str, errand_id: int) -> Rows:
    return ((Button(title=helpdesk.desk_text(title), token=encode(Verb.RESEND, errand_id)),),)


async def below(helpdesk: HelpDesk, errand: Errand, text: str, rows: Rows) -> None:
    """A line in the topic, as a reply to the message it is about."""
    await errands.to_topic(
        helpdesk,
        errand.ticket_id or 0,
        Outgoing(text=text, rows=rows),
        urgency=Urgency.FAILURE,
        reply_to=errand.message_id,
    )


async def record(helpdesk: HelpDesk, channel: str, receipt: Receipt) -> None:
    """A receipt, in any order, once or often."""
    errand = await outbox.by_id(int(receipt.tracker)) if is_row_id(receipt.tracker) else None
    errand = errand or await outbox.by_external(channel, receipt.external_id)
    if errand is None or errand.channel != channel:
        return
    if errand.message_id is not None and receipt.cost_class:
        await _costs(errand.message_id, receipt.cost_class)
    if receipt.status is ReceiptStatus.FAILED:
        if not _of_an_earlier_try(errand, receipt):
            failure = helpdesk.channels[channel].explain(receipt.error_code, receipt.error_detail)
            await _failed_late(helpdesk, errand, receipt, failure)
        return
    await _confirmed(helpdesk, errand, receipt)


async def _confirmed(helpdesk: HelpDesk, errand: Errand, receipt: Receipt) -> None:
    """It was `sent` to Meta also where it was refused later; that it arrived is proof against every refusal."""
    arrived = receipt.status is not ReceiptStatus.SENT
    before = Delivery(errand.payload.get("receipt", Delivery.STORED))
    if arrived and advance(before, _OF_RECEIPT[receipt.status]) is not before:
        await parts.note(errand.id, {"receipt": _OF_RECEIPT[receipt.status]})
    doubts = (*_OPEN_STATES, ErrandState.PARKED) if arrived else _OPEN_STATES
    if arrived or errand.error in {HELD, UNPROVED}:
        doubts = (*doubts, ErrandState.FAILED)
    proof = await outbox.resolve(
        errand.id, ErrandState.SENT, helpdesk.now(), external_id=receipt.external_id, from_states=doubts
    )
    if proof:
        await sent(helpdesk, errand, [receipt.external_id])
    else:
        await fates.follow(helpdesk, errand)


async def _costs(message_id: int, cost_class: str) -> None:
    """What the platform counts the message as. Each of its receipts says so; the first one is recorded and counted."""
    if await messages.set_cost_class(message_id, cost_class):
        MESSAGE_COST.labels(cost_class).inc()


def _of_an_earlier_try(errand: Errand, receipt: Receipt) -> bool:
    """The errand was sent once more since, and that call went well."""
    return errand.state is ErrandState.SENT and receipt.external_id not in {"", errand.external_id}


async def _failed_late(helpdesk: HelpDesk, errand: Errand, receipt: Receipt, failure: SendError) -> None:
    """Accepted first, refused later. A shut window parks the answer as if it had been refused at once."""
    if "receipt" in errand.payload:
        return  # it has arrived
    shut = failure.window_closed and errand.op in WORDS
    put_aside = ErrandState.EXPIRED if errand.payload.get("notice") else ErrandState.PARKED
    state = put_aside if shut else ErrandState.FAILED
    changed = await outbox.resolve(
        errand.id,
        state,
        helpdesk.now(),
        external_id=receipt.external_id,
        error=failure.key,
        from_states=(*_OPEN_STATES, ErrandState.SENT),
    )
    if not changed:
        return
    if shut:
        await parked(helpdesk, errand)
    else:
        await failed(helpdesk, errand, failure)
