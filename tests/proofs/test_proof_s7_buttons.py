"""S7: ten thousand tokens that nobody was given: mutated, replayed, of other tickets, of other people's chats."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import inbox
from bot.domain.ledger import Op
from bot.domain.message import DeskPlace, Person, Pressed
from bot.domain.people import Role
from bot.domain.press import Verb
from bot.domain.ticket import Action, Ticket
from store import audit, desk, messages, tickets
from store import inbox as inbox_store
from tests.builders import AYSE, DENIZ, ELIF, GROUP, MEHMET, ZEYNEP, House, new_id, outgoing
from tests.proofs.proof import Proof
from tests.senders import opened_house

ODD = ("²", "٣", "-1", "9" * 17, "9" * 30, "0x1", "1e3", " 1", "\u202e1", "", ":", "::", "-", "type", "\0")
WORDS = ("type", "source", "scope", "fault", "yes", "printer", "en", "tr", "status", "new", "0", "1", "2", "3")
COMMANDS = (
    "take",
    "close",
    "close:spam",
    "role:@elif admin",
    "reopen",
    "resume",
    "postpone:1d",
    "history",
    "assign:*",
    "nonsense",
)
TRUE = [
    "a:{}:1",
    "r:{}:1",
    "aa:{}:1",
    "o:{}:{}",
    "n:{}:{}",
    "i:{}:type:fault",
    "p:{}:source:1",
    "s:{}",
    "w:{}",
    "l:0:en",
]
TRUE += ["m:0:tickets", "rs:{}", "d:{}:take", "d:{}:close:spam", "d:{}:role:@elif admin"]
THEIR_RIGHTS = {Action.CREATE, Action.ACCEPT, Action.REJECT, Action.REOPEN, Action.SET, Action.ANSWER}
CANARY = "gizli-kanarya"

pytestmark = pytest.mark.proof("S7")


@pytest.fixture
async def desk_house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened_house(tmp_path) as made:
        yield made


def tokens(dice: random.Random, amount: int, rows: list[int], words: tuple[str, ...]) -> list[str]:
    """Tokens that look like ours, made of true and untrue parts; some are damaged, every tenth is a replay."""
    ids = [*map(str, rows), *map(str, rows), "0", "999999", *ODD]
    verbs = [*(verb.value for verb in Verb), "zz", "A", ""]
    found: list[str] = []
    while len(found) < amount:
        token = ":".join((dice.choice(verbs), dice.choice(ids), *dice.choices((*words, *ODD), k=dice.randint(0, 3))))
        if dice.random() < 0.5:
            token = dice.choice(TRUE).format(dice.choice(rows), dice.choice(rows))
        place = dice.randrange(len(token) + 1)
        if dice.random() < 0.2:
            token = token[:place] + dice.choice(ODD) + token[place + dice.randint(0, 2) :]
        found.append(dice.choice(found) if found and dice.random() < 0.1 else token or "?")
    return found


async def press_all(
    house: House, who: Person, pressed: list[str], place: DeskPlace | None = None
) -> Counter[inbox.Outcome]:
    """Every token pressed once, in lanes of their own; none may fail. Returns how many ended in what."""
    channel = house.home(who)
    now = house.clock.now()
    items = []
    for token in pressed:
        press_id = new_id("press") if channel is house.telegram else ""
        event = Pressed(author=who, at=now, desk=place, token=token, press_id=press_id)
        items.append(channel.stage(event, lane=new_id("lane"), key=new_id("key")))
    await inbox.accept(house.helpdesk, items)
    met: Counter[inbox.Outcome] = Counter()
    while rows := await inbox_store.claim(house.helpdesk.epoch, now, inbox.LEASE_MS, 64):
        met.update([await inbox.work(house.helpdesk, row) for row in rows])
    assert set(met) <= {inbox.Outcome.DONE, inbox.Outcome.REFUSED}
    assert met.total() == len(pressed)
    return met


async def proposed(house: House, who: Person) -> Ticket:
    """A ticket with a note in it and a solution that waits for the customer."""
    ticket = await house.opened("Yazıcı çalışmıyor", who)
    await house.agent(f"// {CANARY}", ticket)
    await house.agent("/propose Kabloyu takın", ticket)
    await house.deliver()
    return await house.again(ticket)


async def everything(of: list[Ticket]) -> list[object]:
    return [
        (await tickets.get(one.id), await tickets.history(one.id), await messages.of_ticket(one.id, limit=500))
        for one in of
    ]


@pytest.mark.parametrize(("who", "amount"), [(ZEYNEP, (200, 4_000)), (AYSE, (50, 1_000))], ids=["telegram", "whatsapp"])
async def test_a_customers_forged_buttons_touch_nothing_but_their_own(
    desk_house: House, proof: Proof, who: Person, amount: tuple[int, int]
) -> None:
    count = proof.size(*amount)
    others = [await proposed(desk_house, one) for one in (AYSE, MEHMET, ZEYNEP) if one is not who]
    own = await proposed(desk_house, who)
    before, answered = await everything(others), len(await outgoing(op=Op.ANSWER))
    steps = len(await tickets.history(own.id))
    rows = [ticket.id for ticket in (own, *others)] + [message.id for message in await messages.of_ticket(own.id)]

    met = await press_all(desk_house, who, tokens(proof.draw(), count, rows, WORDS))

    assert await everything(others) == before
    history = await tickets.history(own.id)
    assert {step.action for step in history[steps:]} <= THEIR_RIGHTS
    assert all(step.actor.id == own.requester_id for step in history[steps:])
    assert await audit.latest(5) == []
    told = await outgoing(channel=desk_house.home(who).name)
    assert not any(CANARY in row["payload"] for row in told)
    if who is ZEYNEP:
        assert len(await outgoing(op=Op.ANSWER)) - answered == count
    assert len(history) > steps, "some were truly theirs and did something"
    proof.tell(presses=count, outcomes={str(outcome): times for outcome, times in met.items()})


async def test_a_customers_own_buttons_pressed_again_and_again_do_no_harm(desk_house: House, proof: Proof) -> None:
    own = await proposed(desk_house, ZEYNEP)
    ours = [f"{verb}:{own.id}:1" for verb in ("a", "r", "aa")]
    ours += [f"o:{own.id}:0", f"s:{own.id}", f"i:{own.id}:type:fault", "l:0:en", "m:0:help"]
    for token in ours * proof.size(3, 50):
        assert await desk_house.presses(token, ZEYNEP) is inbox.Outcome.DONE
    actions = [step.action for step in await tickets.history(own.id)]
    assert [actions.count(one) for one in (Action.ACCEPT, Action.REJECT, Action.REOPEN)] == [1, 0, 1]


async def test_an_agents_forged_buttons_give_no_right_a_lead_has(desk_house: House, proof: Proof) -> None:
    count = proof.size(200, 4_000)
    all_tickets = [await proposed(desk_house, one) for one in (AYSE, MEHMET, ZEYNEP)]
    answered = len(await outgoing(op=Op.ANSWER))
    rows = [ticket.id for ticket in all_tickets]
    met = await press_all(desk_house, ELIF, tokens(proof.draw(), count, rows, COMMANDS), DeskPlace(chat=GROUP))
    for ticket in all_tickets:
        after = await desk_house.again(ticket)
        assert after.live
        assert {step.action for step in await tickets.history(ticket.id)}.isdisjoint({Action.CLOSE, Action.ACCEPT})
    assert [agent.role for agent in await desk.agents()] == [None]
    assert await audit.latest(5) == []
    assert len(await outgoing(op=Op.ANSWER)) - answered == count
    assert met[inbox.Outcome.DONE], "some were an agent's to press"
    proof.tell(presses=count, outcomes={str(outcome): times for outcome, times in met.items()})


async def test_an_agents_forged_buttons_in_private_do_what_those_of_a_warning_do(
    desk_house: House, proof: Proof
) -> None:
    count = proof.size(200, 2_000)
    all_tickets = [await proposed(desk_house, one) for one in (AYSE, MEHMET, ZEYNEP)]
    answered = len(await outgoing(op=Op.ANSWER))
    rows = [ticket.id for ticket in all_tickets]
    before = [len(await tickets.history(row)) for row in rows]
    genuine = [f"d:{rows[0]}:take:900001", f"d:{rows[1]}:assign:*900001", f"d:{rows[2]}:postpone:1d"]
    await desk.seen(900_002, DENIZ.name, DENIZ.username)
    met = await press_all(desk_house, DENIZ, genuine + tokens(proof.draw(), count - 3, rows, COMMANDS))
    done = [step for row, known in zip(rows, before, strict=True) for step in (await tickets.history(row))[known:]]
    assert {step.action for step in done} == {Action.TAKE, Action.ASSIGN, Action.POSTPONE}
    assert [agent.role for agent in await desk.agents()] == [None, None]
    assert await audit.latest(5) == []
    assert len(await outgoing(op=Op.ANSWER)) - answered == count
    proof.tell(presses=count, outcomes={str(outcome): times for outcome, times in met.items()})


@pytest.mark.parametrize("standing", ["owner", "left the group"])
async def test_in_private_somebody_without_rights_presses_in_vain(
    desk_house: House, proof: Proof, standing: str
) -> None:
    count = proof.size(40, 500)
    all_tickets = [await proposed(desk_house, one) for one in (AYSE, ZEYNEP)]
    await desk.seen(900_002, DENIZ.name, DENIZ.username)
    await (desk.set_role(900_002, Role.OWNER) if standing == "owner" else desk.set_present(900_002, False))
    before, answered = await everything(all_tickets), len(await outgoing(op=Op.ANSWER))
    rows = [ticket.id for ticket in all_tickets]
    met = await press_all(desk_house, DENIZ, tokens(proof.draw(), count, rows, COMMANDS))
    assert await everything(all_tickets) == before
    assert len(await outgoing(op=Op.ANSWER)) - answered == count
    proof.tell(presses=count, outcomes={str(outcome): times for outcome, times in met.items()})


@pytest.mark.parametrize("standing", ["owner", "left the group"])
async def test_somebody_without_rights_presses_in_vain(desk_house: House, proof: Proof, standing: str) -> None:
    count = proof.size(40, 500)
    all_tickets = [await proposed(desk_house, one) for one in (AYSE, ZEYNEP)]
    await desk.seen(900_002, DENIZ.name, DENIZ.username)
    await (desk.set_role(900_002, Role.OWNER) if standing == "owner" else desk.set_present(900_002, False))
    before, answered = await everything(all_tickets), len(await outgoing(op=Op.ANSWER))
    said = await outgoing(op=Op.SEND)
    rows = [ticket.id for ticket in all_tickets]
    met = await press_all(desk_house, DENIZ, tokens(proof.draw(), count, rows, COMMANDS), DeskPlace(chat=GROUP))
    assert await everything(all_tickets) == before
    assert await outgoing(op=Op.SEND) == said
    assert len(await outgoing(op=Op.ANSWER)) - answered == count
    assert set(met) == {inbox.Outcome.REFUSED}
    proof.tell(presses=count, outcomes={str(outcome): times for outcome, times in met.items()})
