"""What became of a message that takes several calls, or of one call on which there is contradicting news."""

from typing import Any

import pytest

from bot.domain.errors import SendError
from bot.domain.ledger import Delivery, ErrandState, Op
from bot.domain.message import Attachment, Content, Kind, Person, ReceiptStatus
from tests.builders import AYSE, ZEYNEP, House, outgoing
from tests.services.deliveries import BLOCKED, DELIVERED, FAILED, READ, answered, ledger, state


async def in_parts(desk_house: House, who: Person = AYSE) -> list[dict[str, Any]]:
    """The errands of an answer that takes two calls."""
    ticket = await desk_house.opened(who=who)
    await desk_house.agent("Uzun bir cümle. " * 400, ticket)
    return (await outgoing(channel=desk_house.home(who).name, op=Op.SEND, ticket_id=ticket.id))[-2:]


async def test_a_message_is_no_better_off_than_the_worst_of_its_calls(desk_house: House) -> None:
    first, last = await in_parts(desk_house)
    await desk_house.deliver()
    desk_house.clock.move(10)
    await desk_house.deliver()
    await desk_house.receipts(FAILED, errand=first["id"], code="131026")
    await desk_house.receipts(DELIVERED, READ, errand=last["id"])
    message = await ledger(first)
    assert (message.delivery, message.failure) == (Delivery.FAILED, "send-error-bad-request")
    await desk_house.desk_press(f"rs:{first['id']}")
    assert (await ledger(first)).delivery is Delivery.SENDING
    desk_house.clock.move(10)
    await desk_house.deliver()
    assert ((await ledger(first)).delivery, (await ledger(first)).failure) == (Delivery.SENT, "")
    await desk_house.receipts(DELIVERED, errand=first["id"])
    assert (await ledger(first)).delivery is Delivery.DELIVERED
    await desk_house.receipts(READ, errand=first["id"])
    assert (await ledger(first)).delivery is Delivery.READ


async def test_on_telegram_a_part_that_is_sent_again_makes_the_message_whole(desk_house: House) -> None:
    first, last = await in_parts(desk_house, ZEYNEP)
    desk_house.telegram.refusals.append(BLOCKED)
    await desk_house.deliver()
    desk_house.clock.move(10)
    await desk_house.deliver()
    assert (await state(first), await state(last)) == (ErrandState.FAILED, ErrandState.SENT)
    assert (await ledger(first)).delivery is Delivery.FAILED
    await desk_house.desk_press(f"rs:{first['id']}")
    await desk_house.settles()
    assert (await ledger(first)).delivery is Delivery.SENT


@pytest.mark.parametrize("order", [(DELIVERED, FAILED), (FAILED, DELIVERED)], ids=["arrived first", "refused first"])
async def test_what_arrived_is_not_put_aside_whatever_is_said_of_the_window(
    desk_house: House, order: tuple[ReceiptStatus, ...]
) -> None:
    _, errand = await answered(desk_house)
    for status in order:
        await desk_house.receipts(status, errand=errand["id"], code="131047" if status is FAILED else "")
    assert (await state(errand), (await ledger(errand)).delivery) == (ErrandState.SENT, Delivery.DELIVERED)
    await desk_house.customer("Buradayım")
    await desk_house.deliver()
    assert desk_house.whatsapp.said().count("Yanıt") == 1


async def test_a_late_file_of_a_customers_answer_counts_among_its_calls(desk_house: House) -> None:
    """Words and file are two calls; the file is late, goes by an errand of its own, and is refused in the end."""
    ticket = await desk_house.opened()
    voice = Attachment(kind=Kind.VOICE, ref="slow", mime="audio/ogg", size=5)
    await desk_house.agent(Content(text="Şuna bakın", attachment=voice), ticket)
    words = (await outgoing(channel="whatsapp", op=Op.SEND))[-1]
    slow = SendError(key="send-error-media-gone", certain=True, retryable=True)
    desk_house.telegram.lost_files.extend([slow, slow])
    await desk_house.deliver()
    desk_house.whatsapp.refusals.append(BLOCKED)
    desk_house.clock.move(10)
    await desk_house.deliver()
    calls = [row for row in await outgoing(channel="whatsapp", op=Op.SEND) if row["message_id"] == words["message_id"]]
    assert [row["state"] for row in calls] == ["expired", "sent", "failed"]
    await desk_house.receipts(READ, errand=calls[1]["id"])
    assert (await ledger(words)).delivery is Delivery.FAILED
