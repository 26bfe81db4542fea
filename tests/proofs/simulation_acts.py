"""The acts of R16 with their weights: each picks by chance who does it, and to what."""

from collections.abc import Awaitable, Callable
from random import Random

from bot.domain.message import Person, ReceiptStatus
from bot.domain.press import Verb
from bot.domain.ticket import Ticket
from tests.proofs import simulation_agents as agents
from tests.proofs import simulation_customers as customers
from tests.proofs.simulation_stage import AGENTS, CUSTOMERS, Stage

_DECISIONS = {Verb.ACCEPT, Verb.ACCEPT_ANYWAY, Verb.REJECT}

Act = Callable[[Stage, Random], Awaitable[object]]

_MOVING = ("ask", "propose", "propose", "take", "assign", "postpone", "dev", "resume", "reopen", "close", "spam")
_REST = ("priority", "category", "set", "ban", "unban", "unban", "history", "tickets", "status", "help", "unknown")


async def _writes(stage: Stage, choose: Random) -> None:
    await customers.writes(stage, choose.choice(CUSTOMERS), choose.choice(("plain", "plain", *customers.WORDS)))


async def _quotes(stage: Stage, choose: Random) -> None:
    await customers.quotes(stage, choose.choice(CUSTOMERS), choose.randrange(8))


async def _names(stage: Stage, choose: Random) -> None:
    await customers.names_a_ticket(stage, choose.choice(CUSTOMERS), choose.randint(1, 9))


async def _service(stage: Stage, choose: Random) -> None:
    await customers.asks_service(stage, choose.choice(CUSTOMERS), choose.randrange(7))


async def _another(stage: Stage, choose: Random) -> None:
    await customers.opens_another(stage, choose.choice(CUSTOMERS))


async def _file(stage: Stage, choose: Random) -> None:
    await customers.sends_file(stage, choose.choice(CUSTOMERS), choose.choice((1_000, 1_000, 99_000_000)))


async def _album(stage: Stage, choose: Random) -> None:
    await customers.sends_album(stage, choose.choice(CUSTOMERS), choose.randint(2, 4))


async def _changes(stage: Stage, choose: Random) -> None:
    """An edit, a withdrawal, a reaction, or the edit of something never seen."""
    who, pick = choose.choice(CUSTOMERS), choose.randrange(5)
    match choose.randrange(5):
        case 0:
            await customers.revokes(stage, who, pick)
        case 1:
            await customers.reacts(stage, who, pick)
        case 2:
            await customers.edits_unseen(stage, who)
        case _:
            await customers.edits(stage, who, pick)


async def _blocks(stage: Stage, choose: Random) -> None:
    await customers.blocks(stage, choose.choice(CUSTOMERS), reachable=choose.random() < 0.5)


async def _presses(stage: Stage, choose: Random) -> None:
    who = choose.choice(CUSTOMERS)
    foreign = choose.random() < 0.15
    stage.platforms.hits["foreign button"] += foreign
    await customers.presses(stage, who, choose.randrange(9), of=customers.other_than(who) if foreign else who)


async def _decides(stage: Stage, choose: Random) -> None:
    """Somebody answers the latest proposal in their chat, or an older one."""
    who = choose.choice(CUSTOMERS)
    decisions = [found for found in customers.buttons(stage, who) if found[0].partition(":")[0] in _DECISIONS]
    if decisions:
        token, message_id = decisions[min(choose.randrange(5), len(decisions) - 1)]
        await customers.presses_token(stage, who, token, message_id)


async def _some(stage: Stage, choose: Random) -> tuple[Person, Ticket] | None:
    """An agent and one of the newer tickets."""
    ticket = await stage.ticket(choose.randrange(4))
    return None if ticket is None else (choose.choice(AGENTS), ticket)


async def _answers(stage: Stage, choose: Random) -> None:
    if some := await _some(stage, choose):
        await agents.answers(stage, *some)


async def _notes(stage: Stage, choose: Random) -> None:
    if some := await _some(stage, choose):
        await agents.notes(stage, *some)


async def _moves(stage: Stage, choose: Random) -> None:
    if some := await _some(stage, choose):
        who = AGENTS[-1] if choose.random() < 0.3 else some[0]
        await agents.commands(stage, who, some[1], choose.choice(_MOVING), days=choose.randint(1, 9))


async def _rest(stage: Stage, choose: Random) -> None:
    if some := await _some(stage, choose):
        await agents.commands(stage, *some, choose.choice(_REST))


async def _agents_file(stage: Stage, choose: Random) -> None:
    if some := await _some(stage, choose):
        await agents.sends_file(stage, *some)


async def _agents_changes(stage: Stage, choose: Random) -> None:
    who, pick = choose.choice(AGENTS), choose.randrange(5)
    if choose.random() < 0.3:
        await agents.reacts(stage, who, pick)
    else:
        await agents.edits(stage, who, pick)


async def _agents_press(stage: Stage, choose: Random) -> None:
    await agents.presses(stage, choose.choice(AGENTS), choose.randrange(8))


async def _leaves(stage: Stage, choose: Random) -> None:
    await agents.leaves(stage, choose.choice(AGENTS), present=choose.random() < 0.8)


async def _receipt(stage: Stage, choose: Random) -> None:
    """Some receipt of some message, in any order, or a late failure."""
    found = [taken for taken in stage.receiptable() if not taken.undone][-8:]
    failable = stage.failable()[-8:]
    if failable and choose.random() < 0.15:
        code = choose.choice(("131026", "131047"))
        stage.platforms.hits[f"late failure {code}"] += 1
        await stage.receipt(choose.choice(failable), ReceiptStatus.FAILED, code)
    elif found:
        news = choose.choice((ReceiptStatus.SENT, ReceiptStatus.DELIVERED, ReceiptStatus.READ))
        await stage.receipt(choose.choice(found), news)


async def _repeats(stage: Stage, choose: Random) -> None:
    if stage.items:
        await stage.repeats(choose.randrange(len(stage.items)), anew=choose.random() < 0.5)


ACTS: tuple[tuple[Act, int], ...] = (
    (_writes, 20),
    (_quotes, 4),
    (_names, 2),
    (_service, 3),
    (_another, 2),
    (_file, 3),
    (_album, 2),
    (_changes, 6),
    (_blocks, 1),
    (_presses, 7),
    (_decides, 5),
    (_answers, 10),
    (_notes, 3),
    (_moves, 13),
    (_rest, 4),
    (_agents_file, 2),
    (_agents_changes, 4),
    (_agents_press, 3),
    (_leaves, 1),
    (_receipt, 10),
    (_repeats, 5),
)
