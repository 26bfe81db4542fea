"""What became of a message of ours: nothing but what became of the calls it took."""

from bot.domain.ledger import HELD, UNPROVED, Delivery, Errand, fate, together
from bot.domain.ticket import ActorKind
from bot.helpdesk import HelpDesk
from bot.services import errands
from store import messages, parts

_UNKNOWN = "send-error-unknown-outcome"
_REASONED = frozenset({Delivery.FAILED, Delivery.PARKED, Delivery.UNCERTAIN, Delivery.EXPIRED})


async def follow(helpdesk: HelpDesk, errand: Errand) -> None:
    """Something became of this call to a customer: its message, or its album's messages, follow, and agents see it."""
    if errand.message_id is None or errand.conversation_id is None:
        return
    calls = await parts.of(errand.id)
    if not calls:
        return
    delivery = together(map(fate, calls))
    failure = next((_reason(call) for call in calls if fate(call) is delivery), "") if delivery in _REASONED else ""
    for message_id in errand.message_ids:
        await _becomes(helpdesk, message_id, delivery, failure)


async def _becomes(helpdesk: HelpDesk, message_id: int, delivery: Delivery, failure: str) -> None:
    message = await messages.get(message_id)
    if message is None or message.delivery is Delivery.RECEIVED:
        return
    if (message.delivery, message.failure) == (delivery, failure):
        return
    await messages.set_delivery(message_id, delivery, failure)
    if message.author is ActorKind.AGENT and message.delivery is not delivery:
        await errands.mark(helpdesk, message)


def _reason(errand: Errand) -> str:
    """Its text's key; what is skipped has a word for the log instead."""
    if fate(errand) is Delivery.UNCERTAIN and errand.error not in {HELD, UNPROVED}:
        return _UNKNOWN
    return errand.error if errand.error.startswith("send-error-") else ""


async def replaced(old: Errand, new_id: int) -> None:
    """Another errand does what this one was to do; its message looks to that one from now on."""
    if "parts" in old.payload:
        await parts.join([new_id if one == old.id else one for one in old.payload["parts"]])
