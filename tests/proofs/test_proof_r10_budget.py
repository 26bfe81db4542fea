"""R10: twenty writes a minute: a busy group stays inside the budget, uses it, and hears everybody in time and order."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.domain.message import Person
from bot.domain.ticket import Ticket
from tests.proofs.delivering import Stage, busiest, chat_of, crowd, on_stage, p95
from tests.proofs.proof import Proof

CUSTOMERS = crowd("telegram", 6)
PER_SECOND = 2
LIMIT = 20
MINUTE = 60
ANSWER_EVERY = 4
"""Seconds between two answers of the agents."""


@dataclass
class Observer:
    """Notes at which second each word was written, and when those it was for saw it."""

    stage: Stage
    written: dict[str, float] = field(default_factory=dict)
    lags: dict[str, float] = field(default_factory=dict)
    looked_at: int = 0

    def wrote(self, words: str) -> None:
        self.written[words] = self.stage.clock.monotonic()

    def look(self) -> None:
        """Search what is new in the group, or at the customers, for words that were not seen yet."""
        waiting = [words for words in self.written if words not in self.lags]
        for seen in self.stage.telegram.tries[self.looked_at :]:
            for words in [words for words in waiting if words in seen.call.words]:
                self.lags.setdefault(words, seen.at - self.written[words])
        self.looked_at = len(self.stage.telegram.tries)


async def busy(stage: Stage, minutes: int, tickets: dict[Person, Ticket]) -> tuple[Observer, Observer]:
    """So many minutes of 120 words each, and an agent's answer now and then; customers' words, agents' words."""
    customers, agents = Observer(stage), Observer(stage)
    for second in range(minutes * MINUTE):
        stage.clock.move(1.0)
        for number in range(second * PER_SECOND, (second + 1) * PER_SECOND):
            customers.wrote(f"söz-{number:05}.")
            await stage.house.customer(f"söz-{number:05}.", CUSTOMERS[number % len(CUSTOMERS)])
        if second % ANSWER_EVERY == 0:
            who = CUSTOMERS[second // ANSWER_EVERY % len(CUSTOMERS)]
            agents.wrote(f"yanıt-{second:05}.")
            await stage.house.agent(f"yanıt-{second:05}.", tickets[who])
        await stage.house.deliver()
        customers.look()
        agents.look()
    return customers, agents


async def quiet_minute(stage: Stage) -> float:
    """Nothing was written into the group for a minute; returns the second at which the rush begins."""
    stage.clock.move(60.0)
    return stage.clock.monotonic()


@pytest.mark.proof("R10")
async def test_a_busy_group_keeps_and_uses_its_budget_and_hears_everybody_in_order_and_time(
    tmp_path: Path, proof: Proof
) -> None:
    # Ten writes at once and an even pace use up the first minute by half; ten minutes include that, three do not.
    minutes, rush = proof.size(3, 10), proof.size(60, 0)
    async with on_stage(tmp_path) as stage:
        tickets = await stage.opened(CUSTOMERS)
        start = await quiet_minute(stage)
        customers, agents = await busy(stage, minutes, tickets)
        writes = [seen.at for seen in stage.telegram.feed() if seen.at > start]
        assert busiest(writes, 60.0) <= LIMIT
        assert len(writes) >= 0.95 * LIMIT * minutes
        lags = [lag for words, lag in customers.lags.items() if customers.written[words] > start + rush]
        assert p95(lags) <= 30.0
        due = [words for words, at in customers.written.items() if at < start + (minutes - 1) * MINUTE]
        assert set(due) <= set(customers.lags)
        assert len(agents.lags) == len(agents.written)
        assert p95(agents.lags.values()) <= 2.0
        for index, who in enumerate(CUSTOMERS):
            theirs = [words for words in customers.lags if int(words[4:9]) % len(CUSTOMERS) == index]
            assert theirs == sorted(theirs)
            answers = [words for words in stage.telegram.arrived(chat_of(who)) if words.startswith("yanıt")]
            assert answers == sorted(set(answers))
    proof.tell(minutes=minutes, writes=len(writes), feed_p95=p95(lags))
    proof.tell(answers=len(agents.written), answers_p95=p95(agents.lags.values()))
