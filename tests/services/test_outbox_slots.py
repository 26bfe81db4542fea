"""Many calls that hang, and much to say: no channel, no files and no rush of words take the places of all others."""

import asyncio
from dataclasses import replace

from bot.domain.ledger import Errand, ErrandState, Op, Urgency
from bot.domain.message import Person
from bot.domain.outgoing import Outgoing, Part
from bot.outbox.slots import OF_A_CHANNEL
from bot.services import errands
from bot.services.homes import home_of
from bot.services.lanes import dump_part
from store import conversations, outbox, outbox_claim
from tests.builders import MEHMET, ZEYNEP, House, outgoing

PATIENCE = 5.0
STUCK = [Person(keys=(f"phone:90000001{number:04}",), name=f"Kişi {number}") for number in range(OF_A_CHANNEL + 8)]


async def says(house: House, words: str, who: Person) -> None:
    """Words of ours for a customer."""
    known, _ = await conversations.resolve(house.home(who).name, who, house.clock.now(), "tr")
    await conversations.spoke({known.id: house.clock.now()})
    await errands.to_customer(house.helpdesk, known, Outgoing(text=words), ticket_id=None)


async def stuck(house: House) -> asyncio.Event:
    """Forty of WhatsApp's customers whose calls do not end until the gate is opened."""
    gate = asyncio.Event()
    for who in STUCK:
        house.whatsapp.gates[who.keys[0].partition(":")[2]] = gate
        await says(house, "Bakıyoruz", who)
    return gate


async def test_a_channel_that_hangs_holds_up_no_other(desk_house: House) -> None:
    gate = await stuck(desk_house)
    await asyncio.wait_for(desk_house.outbox.claim(), PATIENCE)
    await says(desk_house, "Merhaba", ZEYNEP)
    await asyncio.wait_for(desk_house.outbox.claim(), PATIENCE)
    await asyncio.wait_for(desk_house.telegram.hears("Merhaba"), PATIENCE)
    assert len(await outgoing(channel="whatsapp", state=ErrandState.SENDING)) == OF_A_CHANNEL
    gate.set()
    await desk_house.deliver()
    assert desk_house.whatsapp.said() == ["Bakıyoruz"] * len(STUCK)


async def test_slow_files_of_one_customer_hold_up_nobodys_words_and_nobodys_files(desk_house: House) -> None:
    ticket, other = await desk_house.opened(), await desk_house.opened(who=MEHMET)
    gate = desk_house.whatsapp.gates["900000000001"] = asyncio.Event()
    before = len(desk_house.whatsapp.said())
    await outbox.add([await late(desk_house, ticket.id, number) for number in range(40)])
    await asyncio.wait_for(desk_house.outbox.claim(), PATIENCE)
    await outbox.add([await late(desk_house, other.id, 99, MEHMET)])
    await says(desk_house, "Merhaba", MEHMET)
    await asyncio.wait_for(desk_house.outbox.claim(), PATIENCE)
    await asyncio.wait_for(desk_house.whatsapp.hears("Merhaba"), PATIENCE)
    await asyncio.wait_for(desk_house.whatsapp.hears("dosya 99"), PATIENCE)
    assert len(desk_house.whatsapp.said()) - before == outbox_claim.FILES_OF_ONE + 2
    gate.set()
    await desk_house.deliver()
    assert {f"dosya {number}" for number in range(40)} <= set(desk_house.whatsapp.said())


async def test_a_line_is_not_forgotten_while_others_words_never_end(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.settles()
    [words] = errands.topic_posts(
        desk_house.helpdesk, await home_of(desk_house.helpdesk, ticket.id), Outgoing(text="söz")
    )
    await errands.line(desk_house.helpdesk, ticket.id, "desk-blocked")
    line = (await outgoing())[-1]["id"]
    for second in range(90):
        await outbox.add([replace(words, lane=f"desk:{second}:{number}") for number in range(10 if not second else 1)])
        await desk_house.deliver()
        desk_house.clock.move(1)
    waiting = await outgoing(state=ErrandState.PENDING, urgency=Urgency.WORDS)
    assert len(waiting) > 20, "inconclusive: no rush"
    assert (await outgoing(id=line))[0]["state"] == ErrandState.SENT


async def late(house: House, ticket_id: int, number: int, who: Person | None = None) -> Errand:
    """What stands for a file that follows in a lane of its own."""
    known = await (house.conversation(who) if who else house.conversation())
    return Errand(
        channel="whatsapp",
        lane=f"whatsapp:{known.id}:file:{number}",
        op=Op.SEND,
        payload={"part": dump_part(Part(text=f"dosya {number}"))},
        urgency=Urgency.CUSTOMER,
        ticket_id=ticket_id,
        conversation_id=known.id,
        created_at=house.clock.now(),
        due_at=house.clock.now(),
    )
