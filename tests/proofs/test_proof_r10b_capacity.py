"""R10b: two groups and two bot accounts carry four times what one of each does, without a breach and in order."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.telegram.capabilities import CAPABILITIES
from bot.domain.groups import Group
from bot.domain.message import Person
from store import db, desk
from tests.builders import GROUP, House, house
from tests.fakes import Call, FakeDesk
from tests.proofs.proof import Proof

SECOND_GROUP = "-1009000000002"
HELPER = 43
LIMIT = 20
SHARE = 0.95
CUSTOMERS = [Person(keys=(f"tg:81{number:04d}",), name=f"Müşteri {number}") for number in range(24)]
WRITES = frozenset({"send", "edit", "open_topic", "rename_topic", "reopen_topic", "album"})
Writer = tuple[int, str]


@pytest.fixture
async def wide_house(tmp_path: Path) -> AsyncIterator[House]:
    """Two forums, and a second bot account in both."""
    await db.open_database(f"sqlite://{tmp_path}/gise.sqlite3")
    account = FakeDesk("telegram", CAPABILITIES, GROUP, more=[Group(chat=SECOND_GROUP)], helpers=[HELPER])
    yield house(tmp_path, telegram=account)
    await db.close_database()


class Observer:
    """Notes when each account wrote into each group, in which order words appeared, and how late they were."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.written: dict[str, float] = {}
        self.lags: dict[str, float] = {}
        self.order: list[str] = []
        self.writes: defaultdict[Writer, list[float]] = defaultdict(list)
        self.buttons_of_helpers = 0
        self.deadline = 0.0
        self._looked_at = len(house.telegram.calls)

    def look(self) -> None:
        now = self.house.clock.monotonic()
        for call in self.house.telegram.calls[self._looked_at :]:
            if call.chat in {GROUP, SECOND_GROUP} and call.verb in WRITES:
                self.writes[call.account, call.chat].append(now)
                self.buttons_of_helpers += bool(call.account and (call.part.rows or call.verb != "send"))
                self._hear(call, now)
        self._looked_at = len(self.house.telegram.calls)

    def _hear(self, call: Call, now: float) -> None:
        for words in call.words.split():
            if words in self.written and words not in self.lags:
                self.lags[words] = now - self.written[words]
                self.order.append(words)

    def busiest_minutes(self) -> dict[Writer, int]:
        return {
            writer: max(bisect_right(times, at) - bisect_right(times, at - 60.0) for at in times)
            for writer, times in self.writes.items()
        }


async def _opened(house: House) -> None:
    """Everybody has a ticket and a topic, and the groups have been quiet for a minute."""
    for who in CUSTOMERS:
        await house.customer("Merhaba", who)
    for _ in range(2 * len(CUSTOMERS)):
        await house.deliver()
        house.clock.move(3)
    house.clock.move(60)


async def _busy(house: House, seconds: int, per_second: int) -> Observer:
    await _opened(house)
    observer = Observer(house)
    began = house.clock.monotonic()
    for second in range(seconds):
        house.clock.move(1.0)
        for number in range(second * per_second, (second + 1) * per_second):
            words = f"söz-{number:05d}."
            observer.written[words] = house.clock.monotonic()
            await house.customer(words, CUSTOMERS[number % len(CUSTOMERS)])
        await house.deliver()
        observer.look()
    observer.deadline = began + seconds - 30
    return observer


def _in_order(observer: Observer) -> bool:
    """Each customer's words appeared as they were said: the numbers of one customer differ by that of customers."""
    numbers = [int(words[4:9]) for words in observer.order]
    lanes = [[number for number in numbers if number % len(CUSTOMERS) == one] for one in range(len(CUSTOMERS))]
    return all(lane == sorted(lane) for lane in lanes)


@pytest.mark.proof("R10b")
async def test_two_groups_and_two_accounts_carry_four_times_as_much(wide_house: House, proof: Proof) -> None:
    seconds, per_second = proof.size(90, 600), proof.size(2, 8)
    observer = await _busy(wide_house, seconds, per_second)
    busiest = observer.busiest_minutes()
    total = sum(map(len, observer.writes.values()))
    lags = sorted(observer.lags.values())
    p95 = lags[int(0.95 * len(lags))]
    proof.tell(
        messages=seconds * per_second,
        writes=total,
        of_possible=round(total / (4 * LIMIT * seconds / 60), 3),
        busiest={f"{account}@{chat}": most for (account, chat), most in busiest.items()},
        lag_p95=p95,
    )
    assert set(busiest) == {(account, chat) for account in (0, HELPER) for chat in (GROUP, SECOND_GROUP)}
    assert max(busiest.values()) <= LIMIT
    assert all(len(times) >= SHARE * LIMIT * seconds / 60 for times in observer.writes.values())
    assert p95 <= 30.0
    assert all(words in observer.lags for words, at in observer.written.items() if at < observer.deadline)
    assert _in_order(observer)
    assert observer.buttons_of_helpers == 0
    homes = [topic.chat for ticket_id in range(1, len(CUSTOMERS) + 1) if (topic := await desk.topic(ticket_id))]
    assert homes == [GROUP, SECOND_GROUP] * (len(CUSTOMERS) // 2), "tickets go to the groups in turn"
