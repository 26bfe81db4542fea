"""Answers that cross the auto-close: written before it and brought to us after it, or not read when it is due."""

import pytest

from adapters.telegram.lanes import lane as lane_of
from bot import inbox
from bot.domain.message import Person, Said
from bot.domain.ticket import Action, ActorKind, CloseReason, Status, Ticket
from bot.domain.timers import DAY_MS
from bot.ports import Item
from bot.services import upkeep
from store import tickets
from tests.builders import AYSE, BOSS, GROUP, MEHMET, ZEYNEP, House, content, new_id

pytestmark = pytest.mark.both_databases

DAY, HOUR = 86_400.0, 3_600.0
HOUR_MS = 3_600_000


async def asked(house: House, command: str = "/ask Hangi model?", who: Person = AYSE) -> Ticket:
    ticket = await house.opened(who=who)
    await house.agent(command, ticket)
    await house.deliver()
    return await house.again(ticket)


async def closed_by_silence(house: House, command: str = "/ask Hangi model?", who: Person = AYSE) -> Ticket:
    """Down on the fourth day: closed by the first sweep after it, an hour late."""
    ticket = await asked(house, command, who)
    house.clock.move(4 * DAY + HOUR)
    await upkeep.sweep(house.helpdesk)
    closed = await house.again(ticket)
    assert closed.close_reason is CloseReason.NO_ANSWER
    house.clock.move(HOUR)
    return closed


def before(ticket: Ticket, ms: int = 15 * HOUR_MS) -> int:
    return (ticket.closed_at or 0) - ms


@pytest.mark.parametrize("who", [AYSE, ZEYNEP], ids=["whatsapp", "telegram"])
@pytest.mark.parametrize("words", ["Model 5", "Teşekkürler"])
async def test_an_answer_from_before_the_closing_takes_it_back(desk_house: House, who: Person, words: str) -> None:
    ticket = await closed_by_silence(desk_house, who=who)
    await desk_house.customer(words, who, at=before(ticket))
    open_again = await desk_house.again(ticket)
    assert (open_again.status, open_again.close_reason, open_again.reopened) == (Status.OPEN, None, 1)
    step = (await tickets.history(ticket.id))[-1]
    assert (step.action, step.actor.kind) == (Action.REOPEN, ActorKind.REQUESTER)
    assert step.reason.startswith("kapanmadan önce yanıt vermişti: ")
    assert (await desk_house.conversation(who)).ticket_id == ticket.id
    await desk_house.settles()
    said = desk_house.telegram.said(GROUP)
    assert any("otomatik kapanmadan önce yanıt vermişti" in post for post in said)
    assert any(words in post for post in said)
    told = desk_house.home(who).said(who.keys[0].partition(":")[2])[-1]
    assert told.startswith(f"{ticket.label}: Yanıtınızı talep kapanmadan önce yazmıştınız")


async def test_what_was_written_after_the_closing_is_still_asked_about(desk_house: House) -> None:
    ticket = await closed_by_silence(desk_house)
    await desk_house.customer("Model 5", at=(ticket.closed_at or 0))
    assert (await desk_house.again(ticket)).status is Status.CLOSED
    assert (await desk_house.conversation()).awaiting.startswith("choice:")


async def test_no_platform_repeats_itself_after_a_week(desk_house: House) -> None:
    ticket = await closed_by_silence(desk_house)
    written = before(ticket, HOUR_MS)
    desk_house.clock.move((written + 7 * DAY_MS + 1 - desk_house.clock.now()) / 1000)
    await desk_house.customer("Model 5", at=written)
    assert (await desk_house.again(ticket)).status is Status.CLOSED


async def test_what_a_lead_closed_stays_closed(desk_house: House) -> None:
    ticket = await asked(desk_house)
    desk_house.clock.move(DAY)
    await desk_house.agent("/close bitti", ticket, who=BOSS)
    closed = await desk_house.again(ticket)
    desk_house.clock.move(HOUR)
    await desk_house.customer("Model 5", at=before(closed, HOUR_MS))
    assert (await desk_house.again(ticket)).status is Status.CLOSED


@pytest.mark.parametrize("pressed", [False, True])
async def test_an_accept_from_before_the_closing_counts_as_one(desk_house: House, pressed: bool) -> None:
    ticket = await closed_by_silence(desk_house, "/propose Kabloyu takın")
    if pressed:
        await desk_house.presses(f"a:{ticket.id}:{ticket.proposal}", at=before(ticket))
    else:
        await desk_house.customer("Kabul ediyorum", at=before(ticket))
    after = await desk_house.again(ticket)
    assert (after.status, after.close_reason, after.reopened) == (Status.CLOSED, CloseReason.ACCEPTED, 0)
    await desk_house.settles()
    assert "Onayınız için teşekkürler" in desk_house.whatsapp.said()[-1]
    assert any("çözümü kabul etti" in post for post in desk_house.telegram.said(GROUP))


@pytest.mark.parametrize("pressed", [False, True])
async def test_a_reject_from_before_the_closing_reopens_and_asks_why(desk_house: House, pressed: bool) -> None:
    ticket = await closed_by_silence(desk_house, "/propose Kabloyu takın")
    if pressed:
        await desk_house.presses(f"r:{ticket.id}:{ticket.proposal}", at=before(ticket))
    else:
        await desk_house.customer("Hayır", at=before(ticket))
    assert (await desk_house.again(ticket)).status is Status.OPEN
    await desk_house.settles()
    assert "Neyin olmadığını kısaca yazar mısınız?" in desk_house.whatsapp.said()[-1]
    assert (await desk_house.conversation()).awaiting == f"reason:{ticket.id}"


async def test_a_press_on_an_older_proposal_takes_nothing_back(desk_house: House) -> None:
    ticket = await closed_by_silence(desk_house, "/propose Kabloyu takın")
    await desk_house.presses(f"r:{ticket.id}:{ticket.proposal - 1}", at=before(ticket))
    assert (await desk_house.again(ticket)).close_reason is CloseReason.NO_ANSWER


async def arrives(house: House, who: Person, item: Item | None = None) -> None:
    """Something from them is stored, and nobody has looked at it yet."""
    said = Said(author=who, at=house.clock.now(), content=content("Model 5"), external_id=new_id("c"))
    channel = house.home(who)
    await inbox.accept(house.helpdesk, [item or channel.stage(said, lane=next(iter(channel.lanes(who.keys))))])


@pytest.mark.parametrize("who", [AYSE, ZEYNEP], ids=["whatsapp", "telegram"])
async def test_silence_with_an_unread_word_closes_nothing(desk_house: House, who: Person) -> None:
    ticket = await asked(desk_house, who=who)
    desk_house.clock.move(4 * DAY)
    await arrives(desk_house, who)
    await upkeep.sweep(desk_house.helpdesk)
    assert (await desk_house.again(ticket)).status is Status.PENDING
    await desk_house.works()
    assert (await desk_house.again(ticket)).status is Status.OPEN
    desk_house.clock.move(10 * DAY)
    await upkeep.sweep(desk_house.helpdesk)
    assert (await desk_house.again(ticket)).status is Status.OPEN


async def test_silence_with_a_word_that_could_not_be_read_closes_nothing(desk_house: House) -> None:
    ticket = await asked(desk_house)
    desk_house.clock.move(2 * DAY)
    await unreadable(desk_house, AYSE)
    for _ in range(3):
        desk_house.clock.move(2 * DAY)
        await upkeep.sweep(desk_house.helpdesk)
        assert (await desk_house.again(ticket)).status is Status.PENDING


async def unreadable(house: House, who: Person) -> None:
    lane = next(iter(house.whatsapp.lanes(who.keys)))
    await arrives(house, who, Item(channel="whatsapp", key=new_id("odd"), lane=lane, raw=b"?"))
    await house.works()


async def test_only_what_came_from_them_since_we_asked_keeps_a_ticket_open(desk_house: House) -> None:
    await unreadable(desk_house, AYSE)
    desk_house.clock.move(HOUR)
    ticket = await asked(desk_house)
    desk_house.clock.move(4 * DAY)
    await unreadable(desk_house, MEHMET)
    await arrives(desk_house, MEHMET)
    await upkeep.sweep(desk_house.helpdesk)
    assert (await desk_house.again(ticket)).close_reason is CloseReason.NO_ANSWER


async def test_the_end_comes_when_what_waited_was_no_answer(desk_house: House) -> None:
    ticket = await asked(desk_house)
    desk_house.clock.move(4 * DAY)
    lane = next(iter(desk_house.whatsapp.lanes(AYSE.keys)))
    before_it = Said(author=MEHMET, at=desk_house.clock.now(), content=content("Merhaba"), external_id=new_id("c"))
    await inbox.accept(desk_house.helpdesk, [desk_house.whatsapp.stage(before_it, lane=lane)])
    await upkeep.sweep(desk_house.helpdesk)
    await desk_house.works()
    assert (await desk_house.again(ticket)).status is Status.PENDING
    desk_house.clock.move(upkeep.LEASE_MS / 1000 + 1)
    await upkeep.sweep(desk_house.helpdesk)
    assert (await desk_house.again(ticket)).close_reason is CloseReason.NO_ANSWER


def test_a_private_chat_is_heard_by_the_lane_that_bears_its_key() -> None:
    assert lane_of({"message": {"chat": {"id": 800_001, "type": "private"}}}) == ZEYNEP.keys[0]
