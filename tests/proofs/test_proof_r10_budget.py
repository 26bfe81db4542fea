"""R10: twenty writes a minute: a busy group stays inside the budget, uses it, and hears everybody in time and order."""

from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import pytest

from bot.domain.errors import Reach, SendError
from bot.domain.message import Person, Reacted
from bot.domain.ticket import Ticket
from tests.fakes import Call
from tests.proofs.delivering import OK, Ending, Stage, busiest, chat_of, crowd, on_stage, p95
from tests.proofs.proof import Proof

CUSTOMERS = crowd("telegram", 6)
PER_SECOND = 2
LIMIT = 20
MINUTE = 60
ANSWER_EVERY = 4
"""Seconds between two answers of the agents."""
REACTING, GONE = CUSTOMERS[0], CUSTOMERS[1]
REACTS_EVERY = 45
"""Seconds between two reactions of a customer; each is a line of little weight ahead of the words that follow it."""
LONGEST_LAG, LONGEST_UNTOLD = 60.0, 60.0
"""Seconds: no single topic may starve, and an answer that did not arrive is told of however much is said meanwhile."""
BLOCKED = SendError(key="send-error-blocked", certain=True, retryable=False, reach=Reach.RECIPIENT)
UNDELIVERED = "Müşteriye ulaşmadı"


def blocked(call: Call, at: float) -> Ending:
    """One customer blocked the bot."""
    return Ending(taken=False, error=BLOCKED) if call.chat == chat_of(GONE) else OK


@dataclass
class Observer:
    """Notes at which second each word was written, and when those it was for saw it."""

    stage: Stage
    written: dict[str, float] = field(default_factory=dict)
    lags: dict[str, float] = field(default_factory=dict)
    looked_at: int = 0

    def wrote(self, words: str) -> None:
        self.written[words] = self.stage.clock.monotonic()

    def lag(self, words: str) -> float:
        """After how many seconds these words were seen; until now, if they were not yet."""
        return self.lags.get(words, self.stage.clock.monotonic() - self.written[words])

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
        if second % REACTS_EVERY == 0:
            await reacts(stage)
        if second % ANSWER_EVERY == 0:
            who = CUSTOMERS[second // ANSWER_EVERY % len(CUSTOMERS)]
            agents.wrote(f"yanıt-{second:05}.")
            await stage.house.agent(f"yanıt-{second:05}.", tickets[who])
        await stage.house.deliver()
        customers.look()
        agents.look()
    return customers, agents


async def reacts(stage: Stage) -> None:
    """A thumb for whatever was last said to them."""
    said = [post for post in stage.telegram.board.values() if post.chat == chat_of(REACTING)]
    thumb = Reacted(author=REACTING, at=stage.clock.now(), external_id=said[-1].external_id, emoji="👍")
    await stage.house.takes_in(stage.telegram, thumb)


def told_after(stage: Stage) -> list[float]:
    """After how many seconds each answer that was refused was told of in the group; for ever, if it was not yet."""
    refused = [seen.at for seen in stage.telegram.tries if seen.ending.error]
    told = [seen.at for seen in stage.telegram.feed() if UNDELIVERED in seen.call.words]
    return [later - at for at, later in zip_longest(refused, told, fillvalue=stage.clock.monotonic())]


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
        stage.telegram.judge = blocked
        start = await quiet_minute(stage)
        customers, agents = await busy(stage, minutes, tickets)
        writes = [seen.at for seen in stage.telegram.feed() if seen.at > start]
        assert busiest(writes, 60.0) <= LIMIT
        assert len(writes) >= 0.95 * LIMIT * minutes
        lags = [customers.lag(words) for words, at in customers.written.items() if at > start + rush]
        assert p95(lags) <= 30.0
        assert max(lags) <= LONGEST_LAG
        told = told_after(stage)
        assert max(told) <= LONGEST_UNTOLD
        due = [words for words, at in customers.written.items() if at < start + (minutes - 1) * MINUTE]
        assert set(due) <= set(customers.lags)
        assert len(agents.lags) == len(agents.written)
        assert p95(agents.lags.values()) <= 2.0
        for index, who in enumerate(CUSTOMERS):
            theirs = [words for words in customers.lags if int(words[4:9]) % len(CUSTOMERS) == index]
            assert theirs == sorted(theirs)
            answers = [words for words in stage.telegram.arrived(chat_of(who)) if words.startswith("yanıt")]
            assert answers == sorted(set(answers))
    proof.tell(minutes=minutes, writes=len(writes), feed_p95=p95(lags), feed_longest=max(lags))
    proof.tell(undelivered=len(told), told_after=max(told))
    proof.tell(answers=len(agents.written), answers_p95=p95(agents.lags.values()))
