"""What the tests of delivery share: an answer of an agent, its errand, and what became of both."""

from typing import Any

from bot.domain.errors import SendError
from bot.domain.ledger import ErrandState, LedgerMessage, Op
from bot.domain.message import Person, ReceiptStatus
from bot.domain.ticket import Ticket
from store import messages, outbox
from tests.builders import House, outgoing

DELIVERED, READ, FAILED = ReceiptStatus.DELIVERED, ReceiptStatus.READ, ReceiptStatus.FAILED
SHUT = SendError(key="send-error-window", certain=True, retryable=False, window_closed=True)
BLOCKED = SendError(key="send-error-blocked", certain=True, retryable=False)
DAY = 86_400.0


async def answered(
    desk_house: House, refusal: SendError | None = None, text: str = "Yanıt"
) -> tuple[Ticket, dict[str, Any]]:
    """A ticket with an answer that was taken to WhatsApp; the answer's errand."""
    ticket = await desk_house.opened()
    desk_house.clock.move(60)
    if refusal is not None:  # of the answer, whenever the read mark beside it goes
        desk_house.whatsapp.broken_verbs["send"] = refusal
    await desk_house.agent(text, ticket)
    await desk_house.deliver()
    desk_house.whatsapp.broken_verbs.clear()
    return ticket, (await outgoing(channel="whatsapp", op=Op.SEND))[-1]


async def ledger(errand: dict[str, Any]) -> LedgerMessage:
    message = await messages.get(errand["message_id"])
    assert message is not None
    return message


async def state(errand: dict[str, Any]) -> ErrandState:
    found = await outbox.by_id(errand["id"])
    assert found is not None
    return found.state


async def unknown_at(desk_house: House, who: Person) -> dict[str, Any]:
    """The errand of an answer whose outcome nobody knows."""
    ticket = await desk_house.opened(who=who)
    channel = desk_house.home(who)
    await desk_house.agent("Yanıt", ticket)
    channel.unknown.add(who.keys[0].partition(":")[2])
    await desk_house.deliver()
    channel.unknown.clear()
    return (await outgoing(channel=channel.name, op=Op.SEND))[-1]


async def looks(desk_house: House, seconds: float) -> None:
    """Time goes by, and the outbox looks after what nobody knows."""
    desk_house.clock.move(seconds)
    await desk_house.deliver()


def asked(desk_house: House, errand: dict[str, Any]) -> int:
    """How many lines in the topic offer to send it again."""
    tokens = [button.token for call in desk_house.telegram.calls for row in call.part.rows for button in row]
    return tokens.count(f"rs:{errand['id']}")
