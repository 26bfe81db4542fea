"""What the platform counts a message as: recorded and counted once, and shown where agents look."""

from bot.domain.ledger import Delivery
from bot.domain.message import Receipt, ReceiptStatus
from bot.measures import REGISTRY
from store import messages
from tests.builders import House, outgoing


def counted(name: str) -> float:
    return REGISTRY.get_sample_value("gise_message_cost_total", {"class": name}) or 0.0


async def test_what_a_message_costs_is_recorded_once(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("Yanıt", ticket)
    await desk_house.settles()
    errand = (await outgoing(channel="whatsapp", op="send"))[-1]
    before = counted("service"), counted("utility"), counted("marketing")
    costs = [("", "sent"), ("service", "sent"), ("utility", "delivered"), ("", "read"), ("marketing", "read")]
    for cost_class, status in costs:
        event = Receipt(
            external_id=f"wamid-{errand['id']}",
            status=ReceiptStatus(status),
            at=desk_house.clock.now(),
            tracker=str(errand["id"]),
            cost_class=cost_class,
        )
        await desk_house.takes_in(desk_house.whatsapp, event)
    message = await messages.get(errand["message_id"])
    assert message is not None
    assert (message.cost_class, message.delivery) == ("service", Delivery.READ)
    assert (counted("service"), counted("utility"), counted("marketing")) == (before[0] + 1, before[1], before[2])
    await desk_house.agent("/history", ticket)
    await desk_house.settles()
    assert any("«Yanıt» [okundu · hizmet]" in post for post in desk_house.telegram.said())
