"""Twenty writes a minute: a busy group stays inside the budget, uses it, and hears everything in time."""

from bisect import bisect_right

from bot.domain.message import Person
from tests.builders import GROUP, House

CUSTOMERS = [Person(keys=(f"tg:81000{number}",), name=f"Müşteri {number}") for number in range(6)]
MINUTES = 6
PER_SECOND = 2
LIMIT = 20
WRITES = frozenset({"send", "edit", "open_topic", "rename_topic", "album"})


class Observer:
    """Notes at which second each word was written, when the group saw it, and when each write happened."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.written: dict[str, float] = {}
        self.lags: dict[str, float] = {}
        self.order: list[str] = []
        self.writes: list[float] = []
        self._looked_at = 0

    def look(self) -> None:
        now = self.house.clock.monotonic()
        for call in self.house.telegram.calls[self._looked_at :]:
            if call.chat != GROUP:
                continue
            if call.verb in WRITES:
                self.writes.append(now)
            for words in [words for words in self.written if words not in self.lags and words in call.words]:
                self.lags[words] = now - self.written[words]
                self.order.append(words)
        self._looked_at = len(self.house.telegram.calls)

    def busiest_minute(self) -> int:
        return max(bisect_right(self.writes, at) - bisect_right(self.writes, at - 60.0) for at in self.writes)


async def _busy(house: House) -> Observer:
    observer = Observer(house)
    for second in range(MINUTES * 60):
        house.clock.move(1.0)
        for number in range(second * PER_SECOND, (second + 1) * PER_SECOND):
            words = f"söz-{number:04d}."
            observer.written[words] = house.clock.monotonic()
            await house.customer(words, CUSTOMERS[number % len(CUSTOMERS)])
        await house.deliver()
        observer.look()
    return observer


async def test_a_busy_group_keeps_and_uses_its_budget_and_hears_everybody_in_order_and_time(desk_house: House) -> None:
    observer = await _busy(desk_house)
    assert observer.busiest_minute() <= LIMIT
    assert len(observer.writes) >= 0.95 * LIMIT * (MINUTES - 1)
    lags = sorted(observer.lags.values())
    assert lags[int(0.95 * len(lags))] <= 30.0
    heard_by = MINUTES * 60 - 30
    assert all(words in observer.lags for words, at in observer.written.items() if at < heard_by)
    for index in range(len(CUSTOMERS)):
        theirs = [words for words in observer.order if int(words[4:8]) % len(CUSTOMERS) == index]
        assert theirs == sorted(theirs)
