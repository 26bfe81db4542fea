"""R6: fifty presses at once have one winner; whoever loses is told so and changes nothing."""

from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from bot.domain.message import Person
from bot.domain.ticket import Action, ActorKind, Status, Ticket
from store import messages, tickets
from tests.builders import House, outgoing
from tests.proofs.proof import Proof
from tests.proofs.racing import agent, at_once, busy_house, customer, desk_presses, presses, says

pytestmark = [pytest.mark.proof("R6"), pytest.mark.both_databases]

TOGETHER = 50
LONGEST = 30
LOST = ("button-already-closed", "button-old-proposal", "button-proposal-over")


async def proposed(house: House, who: Person) -> Ticket:
    """A fresh ticket with a second proposal, so that the buttons of the first are stale."""
    await at_once(house, [says(house, who, "Yazıcı çalışmıyor")])
    ticket = await house.ticket()
    await house.deliver()
    for words in ("/propose Kabloyu takın", "/propose Yeniden başlatın"):
        await at_once(house, [await house.agents_words(words, ticket)])
    house.clock.move(120)
    return await house.again(ticket)


async def test_fifty_presses_on_a_proposal_decide_it_once(tmp_path: Path, address: str, proof: Proof) -> None:
    rounds, draw = proof.size(3, 100), proof.draw()
    won: Counter[str] = Counter()
    async with busy_house(tmp_path, address) as house:
        for nth in count():
            if nth >= rounds and (len(won) > 1 or nth >= LONGEST):
                break
            who = customer(nth)
            ticket = await proposed(house, who)
            fresh = [f"{verb}:{ticket.id}:{ticket.proposal}" for verb in ("a", "r")]
            stale = [f"{verb}:{ticket.id}:{ticket.proposal - 1}" for verb in ("a", "r")]
            await at_once(house, [presses(house, who, token) for token in stale * 2])
            assert await decisions(ticket) == [], "the buttons of an older proposal decide nothing"
            tokens = [draw.choice([*fresh, *stale]) for _ in range(TOGETHER - 7)] + fresh
            draw.shuffle(tokens)
            # Either is pressed first once; where workers race, chance decides, and the rounds go on until both won.
            tokens.insert(0, fresh[nth] if nth < len(fresh) else stale[0])
            await at_once(house, [presses(house, who, token) for token in tokens])
            won[await decided_once(house, ticket)] += 1
    assert set(won) == {"accept", "reject"}, "both buttons won at times"
    proof.tell(proposals=won.total(), presses=won.total() * TOGETHER, won=dict(won))


async def decisions(ticket: Ticket) -> list[Action]:
    steps = await tickets.history(ticket.id)
    return [step.action for step in steps if step.action in {Action.ACCEPT, Action.REJECT}]


async def decided_once(house: House, before: Ticket) -> str:
    """The one decision in the ticket's history; every press was answered, and the customer told once."""
    taken, after = await decisions(before), await house.again(before)
    assert len(taken) == 1
    won = taken[0]
    assert after.status is (Status.CLOSED if won is Action.ACCEPT else Status.OPEN)
    answers = [row["payload"] for row in await outgoing(op="answer", state="pending")]
    lost = [any(house.helpdesk.text("tr", key) in answer for key in LOST) for answer in answers]
    assert (len(answers), lost.count(False)) == (TOGETHER, 1)
    told = house.helpdesk.text(
        "tr", "closed-accepted" if won is Action.ACCEPT else "rejected-ask-reason", number=after.label
    )
    said = [one.content.text for one in await messages.of_ticket(after.id) if one.author is ActorKind.SYSTEM]
    assert said.count(told) == 1
    await house.deliver()
    return won.value


async def test_fifty_agents_who_type_take_at_once_end_with_one_responsible(
    tmp_path: Path, address: str, proof: Proof
) -> None:
    rounds = proof.size(1, 100)
    async with busy_house(tmp_path, address) as house:
        for nth in range(rounds):
            ticket = await fresh(house, nth)
            await at_once(house, [await house.agents_words("/take", ticket, agent(one)) for one in range(TOGETHER)])
            taken = await takes(ticket)
            after = await house.again(ticket)
            # Typed, the command also takes over from a colleague: all of them did, one after the other.
            assert sorted(taken) == sorted(f"Temsilci {one}" for one in range(TOGETHER))
            assert (after.assignee_name, after.status) == (taken[-1], Status.OPEN)
            assert await told_of_the_taking(house, after) == 1
    proof.tell(tickets_taken=rounds, takes=rounds * TOGETHER)


async def test_fifty_agents_who_press_take_at_once_have_one_winner(tmp_path: Path, address: str, proof: Proof) -> None:
    async with busy_house(tmp_path, address) as house:
        for nth in range(proof.size(1, 100)):
            ticket = await fresh(house, nth)
            token = f"d:{ticket.id}:take"
            await at_once(house, [desk_presses(house, agent(one), token) for one in range(TOGETHER)])
            assert [*await takes(ticket)] == [(await house.again(ticket)).assignee_name]


async def fresh(house: House, nth: int) -> Ticket:
    """A ticket nobody has taken, with its topic."""
    await at_once(house, [says(house, customer(nth), "Yazıcı çalışmıyor")])
    await house.deliver()
    return await house.ticket()


async def takes(ticket: Ticket) -> list[str]:
    """Who became responsible, in order."""
    return [step.actor.name for step in await tickets.history(ticket.id) if step.action is Action.TAKE]


async def told_of_the_taking(house: House, ticket: Ticket) -> int:
    told = house.helpdesk.text("tr", "notice-taken", number=ticket.label)
    return [one.content.text for one in await messages.of_ticket(ticket.id)].count(told)
