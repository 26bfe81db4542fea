"""R6: words that arrive while their ticket is being closed are never left behind on it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ledger import LedgerMessage
from bot.domain.message import Inbound
from bot.domain.ticket import Action, ActorKind, Status, Ticket
from bot.domain.timers import DAY_MS
from bot.services import upkeep
from store import conversations, inbox, messages, tickets
from tests.builders import BOSS, House, outgoing
from tests.proofs.proof import Proof
from tests.proofs.racing import at_once, busy_house, customer, desk_presses, presses, says

pytestmark = [pytest.mark.proof("R6"), pytest.mark.both_databases]

BEFORE, AFTER, STOPPED = "before", "after", "stopped"
CLOSINGS = {Action.ACCEPT: "closed-accepted", Action.CLOSE: "closed-by-lead", Action.EXPIRE: "closed-no-answer"}
WORDS = "Bir de şunu ekleyeyim"


async def waiting(house: House, count: int) -> list[Ticket]:
    """So many tickets, each with a proposal that reached its customer and is not answered."""
    await at_once(house, [says(house, customer(nth), f"Yazıcı çalışmıyor {nth}") for nth in range(count)])
    await house.deliver()
    made = await tickets.listing(live_only=True, limit=count)
    await at_once(house, [await house.agents_words("/propose Kabloyu takın", ticket) for ticket in made])
    await house.deliver()
    house.clock.move(3_600)
    return [await house.again(ticket) for ticket in made]


def one_of(ticket: Ticket) -> int:
    """Which customer's it is; `waiting` wrote the number into the first words."""
    return int(ticket.subject.split()[-1])


def words(house: House, made: Sequence[Ticket]) -> list[Inbound]:
    return [says(house, customer(one_of(ticket)), f"{WORDS} {ticket.number}") for ticket in made]


async def outcome(house: House, ticket: Ticket) -> str:
    """Where the words landed: before the closing, after it (and then an offer followed), or they stopped it.

    Where they were written before the end of patience and come after it, they stop it by taking it back.
    """
    ledger = await messages.of_ticket(ticket.id)
    mine = [nth for nth, one in enumerate(ledger) if one.content.text == f"{WORDS} {ticket.number}"]
    assert len(mine) == 1, "kept once, and where they belong"
    after, steps = await house.again(ticket), await tickets.history(ticket.id)
    closings = tuple(step.action for step in steps if step.after is Status.CLOSED and step.before is not Status.CLOSED)
    if after.live:
        taken_back = [step.action for step in steps].count(Action.REOPEN)
        assert (closings, taken_back) in {((), 0), ((Action.EXPIRE,), 1)}, "only silence was a mistake"
        return STOPPED
    assert len(closings) == 1
    closed = place(house, ledger, CLOSINGS[closings[0]], ticket)
    offered = place(house, ledger, "offer-reopen", ticket)
    if mine[0] < closed:
        assert offered == -1
        assert closings[0] is not Action.EXPIRE, "silence closed a ticket that was not silent"
        return BEFORE
    assert offered > mine[0]
    conversation = await conversations.get(ticket.conversation_id)
    assert conversation is not None
    assert (conversation.ticket_id, conversation.awaiting) == (None, f"choice:{ledger[mine[0]].id}")
    return AFTER


def place(house: House, ledger: Sequence[LedgerMessage], key: str, ticket: Ticket) -> int:
    """Where in the ledger we said this to the customer; -1 when never."""
    days = house.helpdesk.policies.auto_close_days
    told = house.helpdesk.text("tr", key, number=ticket.label, days=days)
    found = [nth for nth, one in enumerate(ledger) if one.author is ActorKind.SYSTEM and one.content.text == told]
    assert len(found) <= 1
    return found[0] if found else -1


async def trickle(house: House, events: Sequence[Inbound]) -> None:
    """A few at a time, so that those who work elsewhere come in between."""
    for start in range(0, len(events), 2):
        await at_once(house, events[start : start + 2])


async def shown(made: Sequence[Ticket]) -> set[str]:
    """The tickets whose late words are on their way to the agents."""
    payloads = [row["payload"] for row in await outgoing(channel="desk", op="send")]
    return {ticket.number for ticket in made if any(f"{WORDS} {ticket.number}" in payload for payload in payloads)}


async def raced(house: House, made: Sequence[Ticket]) -> Counter[str]:
    """Everybody's outcome. Nothing was tried twice or put aside, and the agents are shown all of it."""
    assert await shown(made) == {ticket.number for ticket in made}
    assert (await inbox.state(house.clock.now())).parked == 0
    return Counter([await outcome(house, ticket) for ticket in made])


async def test_words_beside_an_accept_or_a_close_are_kept_before_it_or_answered_after_it(
    tmp_path: Path, address: str, proof: Proof
) -> None:
    count, draw = proof.size(30, 700), proof.draw()
    async with busy_house(tmp_path, address) as house:
        made = await waiting(house, count)
        closings: list[Any] = [
            presses(house, customer(one_of(ticket)), f"a:{ticket.id}:{ticket.proposal}")
            if nth % 2
            else desk_presses(house, BOSS, f"d:{ticket.id}:close:bitti")
            for nth, ticket in enumerate(made)
        ]
        events = [*closings, *words(house, made)]
        draw.shuffle(events)
        await at_once(house, events)
        found = await raced(house, made)
    assert found[BEFORE] >= count // 5, "words were first at times"
    assert found[AFTER] >= count // 5, "the closing was first at times"
    assert found[STOPPED] == 0
    proof.tell(closings_by_people=count, words_before=found[BEFORE], words_after=found[AFTER])


async def test_words_beside_the_end_of_patience_stop_it_or_are_answered_after_it(
    tmp_path: Path, address: str, proof: Proof
) -> None:
    count, draw = proof.size(15, 300), proof.draw()
    async with busy_house(tmp_path, address) as house:
        made = await waiting(house, count)
        house.clock.move(house.helpdesk.policies.auto_close_days * DAY_MS / 1000)
        draw.shuffle(made)
        third = count // 3
        await at_once(house, words(house, made[:third]))
        async with asyncio.TaskGroup() as race:
            race.create_task(upkeep.sweep(house.helpdesk))
            race.create_task(trickle(house, words(house, made[third:-third])))
        await at_once(house, words(house, made[-third:]))
        found = await raced(house, made)
    assert found[STOPPED] >= count // 3, "words were first at times"
    assert found[AFTER] >= count // 3, "the end of patience was first at times"
    assert found[BEFORE] == 0
    proof.tell(closings_by_time=count, words_stopped=found[STOPPED], words_too_late=found[AFTER])
