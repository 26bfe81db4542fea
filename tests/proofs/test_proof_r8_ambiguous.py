"""R8: calls that may or may not have gone out: nothing lost, nothing doubled, and no doubt kept from the agents."""

import heapq
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.domain.ledger import Delivery, ErrandState, Op, Urgency
from bot.domain.message import Person, Receipt, ReceiptStatus
from bot.domain.outgoing import Button
from bot.domain.press import Verb, encode
from bot.domain.ticket import Ticket
from bot.outbox.performing import DELIVERY_MARK
from store import outbox
from store.sql import rows
from tests.builders import outgoing
from tests.fakes import Call
from tests.proofs import troubles
from tests.proofs.delivering import OK, Ending, Seen, Stage, chat_of, crowd, on_stage, willing
from tests.proofs.proof import Proof

LATEST_RECEIPT = 30.0
CUSTOMERS = 50
SETTLED_BY, SHOWN_BY = 300.0, 10.0


def is_answer(call: Call) -> bool:
    """An agent's words to a customer."""
    return call.verb == "send" and call.words.startswith("yanıt ")


@dataclass
class Trouble:
    """This share of the calls each way: accepted, then reset or timed out; refused; fewer are lost on their way."""

    channel: str
    draw: random.Random
    share: float
    met: Counter[str] = field(default_factory=Counter)

    def __call__(self, call: Call, _at: float) -> Ending:
        if not is_answer(call):
            return OK
        kinds = {
            "reset": Ending(taken=True, error=troubles.reset(self.channel)),
            "timeout": Ending(taken=True, error=troubles.timeout(self.channel)),
            "refused": Ending(taken=False, error=troubles.refused(self.channel)),
            "lost": Ending(taken=False, error=troubles.reset(self.channel)),
        }
        weights = [1.0 - 3.4 * self.share, self.share, self.share, self.share, 0.4 * self.share]
        kind = self.draw.choices(["ok", *kinds], weights=weights)[0]
        self.met[kind] += 1
        return kinds.get(kind, OK)


@dataclass
class Network:
    """Tells the fate of what was taken, late and in any order."""

    stage: Stage
    draw: random.Random
    due: list[tuple[float, int, Receipt]] = field(default_factory=list)
    looked_at: int = 0

    async def tells(self) -> None:
        """Queue the receipts of new messages, and deliver those whose time has come."""
        for number, seen in enumerate(self.stage.whatsapp.tries[self.looked_at :], start=self.looked_at):
            if seen.ending.taken and seen.call.verb == "send":
                self._queue(seen, number)
        self.looked_at = len(self.stage.whatsapp.tries)
        while self.due and self.due[0][0] <= self.stage.clock.monotonic():
            await self.stage.house.takes_in(self.stage.whatsapp, heapq.heappop(self.due)[2])

    def _queue(self, seen: Seen, number: int) -> None:
        for status in (ReceiptStatus.SENT, ReceiptStatus.DELIVERED, ReceiptStatus.READ):
            receipt = Receipt(
                external_id=f"wamid.{number}", status=status, at=self.stage.clock.now(), tracker=seen.call.tracker
            )
            heapq.heappush(self.due, (seen.at + self.draw.uniform(0, LATEST_RECEIPT), id(receipt), receipt))


async def answers_flow(
    stage: Stage, people: list[Person], count: int, network: Network, pause: float
) -> dict[Person, list[str]]:
    """An agent's answer after every pause, each to anybody, and five minutes for everything to settle."""
    tickets = await talks(stage, people)
    written: dict[Person, list[str]] = {who: [] for who in people}
    for number in range(count):
        who = network.draw.choice(people)
        written[who].append(f"yanıt {number:05}")
        await stage.house.agent(written[who][-1], tickets[who])
        await stage.passes(pause, step=pause)
        await network.tells()
    for _ in range(round(SETTLED_BY / 3)):
        await stage.passes(3.0, step=3.0)
        await network.tells()
    return written


async def talks(stage: Stage, people: list[Person]) -> dict[Person, Ticket]:
    """A ticket each that was answered once, and a minute of quiet."""
    tickets = await stage.opened(people)
    for who in people:
        await stage.house.agent("Bakıyoruz", tickets[who])
    await stage.settles()
    stage.clock.move(60)
    return tickets


def shown_within(stage: Stage, seen: Seen) -> float:
    """How long after a call of unknown outcome the agents could press "send again"."""
    token = encode(Verb.RESEND, int(seen.call.tracker))
    lines = (one for one in stage.telegram.feed() if any(button.token == token for button in buttons(one.call)))
    return next((one.at - seen.at for one in lines), float("inf"))


def buttons(call: Call) -> list[Button]:
    return [button for row in call.part.rows for button in row]


def answers_at(stage: Stage, who: Person) -> list[str]:
    return [words for words in stage.home(who).arrived(chat_of(who)) if words.startswith("yanıt ")]


@pytest.mark.proof("R8")
async def test_on_whatsapp_receipts_settle_every_doubt_and_nothing_is_lost_doubled_or_overtaken(
    tmp_path: Path, proof: Proof
) -> None:
    count, draw = proof.size(60, 2_000), proof.draw()
    people = crowd("whatsapp", min(CUSTOMERS, count // 8))
    async with on_stage(tmp_path) as stage:
        trouble = stage.whatsapp.judge = Trouble("whatsapp", draw, share(proof))
        written = await answers_flow(stage, people, count, Network(stage, draw), proof.size(3, 1))
        assert {who: answers_at(stage, who) for who in people} == written
        states = Counter(row["state"] for row in await outgoing(channel="whatsapp"))
        assert set(states) == {ErrandState.SENT}
        told = await rows("SELECT count(*) AS n FROM message WHERE author = 'agent' AND delivery <> 'read'")
        assert told[0]["n"] == 0, "every receipt found its message"
    enough(trouble, count)
    proof.tell(whatsapp=count, met=dict(trouble.met))


@pytest.mark.proof("R8")
async def test_on_telegram_nothing_is_doubled_and_every_doubt_is_shown_within_ten_seconds(
    tmp_path: Path, proof: Proof
) -> None:
    count, draw = proof.size(60, 2_000), proof.draw()
    people = crowd("telegram", min(CUSTOMERS, count // 8))
    async with on_stage(tmp_path) as stage:
        trouble = stage.telegram.judge = Trouble("telegram", draw, share(proof))
        written = await answers_flow(stage, people, count, Network(stage, draw), proof.size(3, 1))
        tries = [seen for seen in stage.telegram.tries if is_answer(seen.call)]
        doubtful = [seen for seen in tries if seen.ending.error and not seen.ending.error.certain]
        waits = [shown_within(stage, seen) for seen in doubtful]
        assert max(waits) <= SHOWN_BY
        lost = {seen.call.words for seen in doubtful if not seen.ending.taken}
        for who in people:
            assert answers_at(stage, who) == [words for words in written[who] if words not in lost]
        assert len({seen.call.words for seen in doubtful}) == len(doubtful), "no doubt is tried again by itself"
        uncertain = await outgoing(channel="telegram", state=ErrandState.UNCERTAIN)
        assert {row["id"] for row in uncertain} == {int(seen.call.tracker) for seen in doubtful}
    enough(trouble, count)
    proof.tell(telegram=count, met=dict(trouble.met), shown_by=max(waits))


def share(proof: Proof) -> float:
    """One call in twenty; more of them where there are few."""
    return proof.size(15, 5) / 100


def enough(trouble: Trouble, count: int) -> None:
    """Each kind of trouble was met in about its share, or the run proves nothing."""
    for kind in ("reset", "timeout", "refused", "lost"):
        share = trouble.share if kind != "lost" else 0.4 * trouble.share
        assert trouble.met[kind] >= 0.4 * share * count, f"inconclusive: {trouble.met}"


@pytest.mark.proof("R8")
async def test_a_receipt_that_never_comes_is_shown_within_five_minutes_and_left_to_the_agents(
    tmp_path: Path, proof: Proof
) -> None:
    """Nothing is heard of the platform, so nobody can know: agents see the doubt at once, and then a way to decide.

    What stands behind it goes on, and whatever is pressed for arrives once.
    """
    people = crowd("whatsapp", proof.size(8, 200))
    async with on_stage(tmp_path) as stage:
        tickets = await talks(stage, people)

        def first_unanswered(call: Call, at: float) -> Ending:
            lost = is_answer(call) and not call.words.endswith(" b")
            return Ending(taken=False, error=troubles.timeout("whatsapp")) if lost else OK

        stage.whatsapp.judge = first_unanswered
        for number, who in enumerate(people):
            await stage.house.agent(f"yanıt {number}", tickets[who])
        await stage.passes(SHOWN_BY)
        marks = [call for call in stage.telegram.calls if call.text == DELIVERY_MARK[Delivery.UNCERTAIN]]
        assert len({mark.external_id for mark in marks}) == len(people), "shown on the agent's own message"
        for number, who in enumerate(people):
            await stage.house.agent(f"yanıt {number} b", tickets[who])
        await stage.passes(SETTLED_BY - SHOWN_BY, step=5.0)
        assert all(answers_at(stage, who) == [f"yanıt {n} b"] for n, who in enumerate(people)), "silence proves nothing"
        doubts = [row for row in await outgoing(channel="whatsapp", op=Op.SEND) if row["state"] != ErrandState.SENT]
        assert Counter(row["ticket_id"] for row in await outgoing(channel="desk", urgency=Urgency.FAILURE)) == Counter(
            row["ticket_id"] for row in doubts
        ), "a way to decide for each"
        stage.whatsapp.judge = willing
        for row in doubts:
            await stage.house.desk_press(encode(Verb.RESEND, row["id"]))
        await stage.settles()
        assert all(answers_at(stage, who) == [f"yanıt {n} b", f"yanıt {n}"] for n, who in enumerate(people))
        assert {row["state"] for row in await outgoing(channel="whatsapp")} == {ErrandState.SENT}
        assert await outbox.overdue(["whatsapp"], stage.clock.now() + 86_400_000) == []
    proof.tell(silent=len(people))
