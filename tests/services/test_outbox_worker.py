"""The way out: order, urgency, rates, retries, unknown outcomes and what another process left behind."""

import asyncio
import itertools
from collections import Counter

import pytest

from bot.domain.errors import Missing, Reach, SendError
from bot.domain.ledger import Errand, ErrandState, Op, Urgency
from bot.domain.message import Person
from bot.domain.outgoing import Outgoing, Part
from bot.outbox.meters import Window
from bot.ports import Channel, Desk
from bot.services import errands
from bot.services.lanes import dump_part
from store import db, outbox, tickets
from store.dialect import Dialect
from tests.builders import AYSE, GROUP, MEHMET, ZEYNEP, House, outgoing
from tests.fakes import Call

pytestmark = pytest.mark.both_databases

RATE = SendError(key="send-error-rate", certain=True, retryable=True, retry_after=7.0)
NETWORK = SendError(key="send-error-network", certain=True, retryable=True)
REVOKED = SendError(key="send-error-auth", certain=True, retryable=True, reach=Reach.CHANNEL)
UNCHANGED = SendError(key="send-error-bad-request", certain=True, retryable=False, missing=Missing.CHANGE)


def person(number: int) -> Person:
    return Person(keys=(f"phone:90000001{number:04}",), name=f"Kişi {number}")


def group_calls(house: House) -> list[Call]:
    """What costs one of the group's twenty writes a minute."""
    return [call for call in house.telegram.calls if call.chat == GROUP and call.verb not in {"react", "answer"}]


async def state(errand_id: int) -> ErrandState:
    found = await outbox.by_id(errand_id)
    assert found is not None
    return found.state


def test_the_fakes_speak_as_the_ports_demand(desk_house: House) -> None:
    channel: Channel = desk_house.whatsapp
    account: Desk = desk_house.telegram
    assert (channel.name, account.name, account.group) == ("whatsapp", "telegram", GROUP)


async def test_a_lane_keeps_its_order_while_a_call_is_refused_for_a_while(desk_house: House) -> None:
    ticket = await desk_house.opened()
    for text in ("bir", "iki", "üç"):
        await desk_house.agent(text, ticket)
    desk_house.whatsapp.refusals.extend([NETWORK, NETWORK])  # the read mark has a lane of its own
    await desk_house.deliver()
    assert desk_house.whatsapp.said()[-1] == "bir", "tried, refused, and the others wait behind it"
    for _ in range(20):
        desk_house.clock.move(10)
        await desk_house.deliver()
    assert desk_house.whatsapp.said()[-4:] == ["bir", "bir", "iki", "üç"]


async def test_one_stuck_customer_delays_nobody_else(desk_house: House) -> None:
    stuck, free = await desk_house.opened(who=AYSE), await desk_house.opened(who=MEHMET)
    gate = desk_house.whatsapp.gates[AYSE.phone] = asyncio.Event()
    await desk_house.agent("Ayşe Hanım, bakıyoruz", stuck)
    await desk_house.agent("Mehmet Bey, bakıyoruz", free)
    delivering = asyncio.create_task(desk_house.deliver())
    await asyncio.wait_for(desk_house.whatsapp.hears("Mehmet Bey, bakıyoruz"), timeout=5)
    gate.set()
    await delivering
    assert desk_house.whatsapp.said(AYSE.phone)[-1] == "Ayşe Hanım, bakıyoruz"


async def test_the_group_is_never_written_to_more_than_twenty_times_a_minute(desk_house: House) -> None:
    for number in range(30):
        await desk_house.customer(f"Konu {number}", person(number))
    told = Counter[int]()
    for second in range(0, 600, 5):
        seen = len(group_calls(desk_house))
        await desk_house.deliver()
        told[second] = len(group_calls(desk_house)) - seen
        desk_house.clock.move(5)
    assert max(sum(told[at] for at in range(start, start + 60, 5)) for start in range(0, 600, 5)) <= 20
    assert len(desk_house.telegram.topics) == 30
    assert await outgoing(channel="desk", state="pending") == []


async def test_answers_to_customers_never_queue_behind_the_group(desk_house: House) -> None:
    for number in range(30):
        await desk_house.customer(f"Konu {number}", person(number))
    await desk_house.deliver()
    assert len(desk_house.whatsapp.said()) == 30
    assert len(group_calls(desk_house)) <= 20


@pytest.mark.parametrize("backend", [Dialect.SQLITE])  # with one connection calls are made in the order of the claims
async def test_the_urgent_goes_first_when_writes_are_scarce(desk_house: House) -> None:
    ticket = await desk_house.opened()
    now = desk_house.clock.now()
    part = dump_part(Part(text="x"))
    for urgency in (Urgency.COSMETIC, Urgency.STATUS, Urgency.FAILURE, Urgency.WORDS):
        errand = Errand(
            channel="desk",
            lane=f"desk:{urgency.name}",
            op=Op.SEND,
            payload={"part": {**part, "text": urgency.name}},
            urgency=urgency,
            budget=f"desk:{GROUP}",
            ticket_id=ticket.id,
            created_at=now,
            due_at=now,
        )
        await outbox.add([errand])
    await desk_house.settles()
    assert desk_house.telegram.said()[-4:] == ["WORDS", "FAILURE", "STATUS", "COSMETIC"]


async def test_a_pause_the_platform_asks_for_is_kept_by_the_whole_group(desk_house: House) -> None:
    ticket = await desk_house.opened()
    other = await desk_house.opened(who=MEHMET)
    await desk_house.settles()
    desk_house.clock.move(60)
    desk_house.telegram.refusals.append(RATE)
    await desk_house.customer("bir")
    await desk_house.deliver()
    tried = len(group_calls(desk_house))
    await desk_house.customer("iki", MEHMET)
    desk_house.clock.move(6.5)
    await desk_house.deliver()
    assert len(group_calls(desk_house)) == tried
    desk_house.clock.move(0.6)
    await desk_house.deliver()
    posts = desk_house.telegram.in_topics()
    place, others = (await desk_house.place(ticket)).thread, (await desk_house.place(other)).thread
    assert posts[str(place)][-1] == "👤 Ayşe\nbir"
    assert posts[str(others)][-1] == "👤 Mehmet\niki"


async def test_tries_come_ever_more_slowly(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("Merhaba", ticket)
    desk_house.whatsapp.refusals.extend([NETWORK] * 100)
    tries = []
    for second in range(300):
        seen = len(desk_house.whatsapp.sent)
        await desk_house.deliver()
        if len(desk_house.whatsapp.sent) > seen:
            tries.append(second)
        desk_house.clock.move(1)
    pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert pauses == sorted(pauses)
    assert pauses[0] <= 2
    assert 30 <= pauses[-1] <= 60


async def test_words_that_were_refused_for_a_day_are_given_up_and_told(desk_house: House) -> None:
    ticket = await desk_house.opened(who=ZEYNEP)
    await desk_house.agent("Merhaba", ticket)
    errand = (await outgoing(channel="telegram", op=Op.SEND))[-1]
    desk_house.telegram.refusals.append(NETWORK)
    await desk_house.deliver()
    desk_house.clock.move(25 * 3600)
    desk_house.telegram.refusals.append(NETWORK)
    await desk_house.deliver()
    assert await state(errand["id"]) is ErrandState.FAILED
    assert any("Müşteriye ulaşmadı" in post for post in desk_house.telegram.said())


async def test_a_refused_channel_keeps_its_queue_and_tells_health(desk_house: House) -> None:
    ticket = await desk_house.opened()
    desk_house.whatsapp.refusals.extend([REVOKED, REVOKED])  # whichever call comes first, the read mark or the answer
    await desk_house.agent("bir", ticket)
    await desk_house.deliver()
    assert desk_house.outbox.stopped_channels == {"whatsapp": "send-error-auth"}
    tried = len(desk_house.whatsapp.sent)
    await desk_house.deliver()
    assert len(desk_house.whatsapp.sent) == tried
    for _ in range(10):
        desk_house.clock.move(30)
        await desk_house.deliver()
    assert desk_house.whatsapp.said()[-1] == "bir"
    assert desk_house.outbox.stopped_channels == {}


async def test_an_edit_that_changes_nothing_is_done(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("/category Fatura", ticket)
    desk_house.clock.move(3)
    desk_house.telegram.refusals.append(UNCHANGED)
    await desk_house.deliver()
    assert [row["state"] for row in await outgoing(op=Op.CARD)][-1] == ErrandState.SENT


async def test_many_changes_are_one_edit_of_the_card(desk_house: House) -> None:
    ticket = await desk_house.opened()
    desk_house.clock.move(60)
    await desk_house.deliver()
    edits = len([call for call in desk_house.telegram.calls if call.verb == "edit"])
    for category in "abcdef":
        await desk_house.agent(f"/category {category}", ticket)
    desk_house.clock.move(3)
    await desk_house.deliver()
    edited = [call for call in desk_house.telegram.calls if call.verb == "edit"][edits:]
    assert len(edited) == 1
    assert "Kategori: f" in edited[0].words


async def test_a_press_is_answered_soon_or_not_at_all(desk_house: House) -> None:
    await desk_house.presses("zz:1", ZEYNEP)
    desk_house.clock.move(61)
    await desk_house.deliver()
    assert [call for call in desk_house.telegram.calls if call.verb == "answer"] == []
    assert [row["state"] for row in await outgoing(op=Op.ANSWER)] == [ErrandState.EXPIRED]


async def test_a_group_without_topics_works_too(desk_house: House) -> None:
    desk_house.telegram.has_topics = False
    ticket = await desk_house.opened()
    assert desk_house.telegram.topics == {}
    card, words = desk_house.telegram.said(GROUP)[:2]
    assert ticket.label in card
    assert "Yazıcı çalışmıyor" in words


async def test_what_was_enqueued_in_a_transaction_that_failed_never_leaves(desk_house: House) -> None:
    ticket = await desk_house.opened()

    async def fail() -> None:
        async with db.transaction():
            await errands.to_topic(desk_house.helpdesk, ticket.id, Outgoing(text="asla"))
            raise RuntimeError("too late")

    with pytest.raises(RuntimeError):
        await fail()
    await desk_house.deliver()
    assert "asla" not in desk_house.telegram.said()


async def test_a_server_without_reactions_does_not_stop_the_words(desk_house: House) -> None:
    desk_house.telegram.refusals.append(REVOKED)
    await errands.react_in_group(desk_house.helpdesk, GROUP, f"{GROUP}:1", "👌")
    await desk_house.deliver()
    assert desk_house.outbox.stopped_channels == {}
    await errands.to_group(desk_house.helpdesk, Outgoing(text="Merhaba"), chat=GROUP)
    await desk_house.deliver()
    assert desk_house.telegram.said(GROUP) == ["Merhaba"]


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
def test_no_second_holds_more_than_the_channel_allows(channel: str, desk_house: House) -> None:
    rate = desk_house.helpdesk.channels[channel].capabilities.rate
    assert rate is not None
    window, now = Window(rate), 0.0
    went: list[float] = []
    while len(went) < 5 * rate.burst:
        pause = window.pause(now)
        if not pause:
            window.took(now)
            went.append(now)
        now += pause or 0.001
    seconds = [sum(at <= other < at + 1.0 for other in went) for at in went]
    assert max(seconds) == rate.burst
    assert went[-1] < 5.0, "and what is allowed is used"


async def test_when_connections_come_about_again_nobody_waits_for_the_end_of_a_long_pause(desk_house: House) -> None:
    people = [Person(keys=(f"phone:90000001{number}",), name=f"Kişi {number}") for number in range(4)]
    for who in people:
        await desk_house.opened(who=who)
    await desk_house.settles()
    newest = await tickets.listing(limit=4)
    desk_house.whatsapp.refusals.extend([NETWORK] * 30)
    for ticket in newest:
        await desk_house.agent("Bakıyoruz", ticket)
    while desk_house.whatsapp.refusals:
        await desk_house.deliver()
        desk_house.clock.move(1)
    before = desk_house.clock.now()
    while len([words for words in desk_house.whatsapp.said() if words == "Bakıyoruz"]) < len(people):
        await desk_house.deliver()
        desk_house.clock.move(0.5)
        due = [row["due_at"] for row in await outgoing(channel="whatsapp", state="pending")]
        assert all(at <= desk_house.clock.now() for at in due) or "Bakıyoruz" not in desk_house.whatsapp.said()
    assert desk_house.clock.now() - before < 60_000
