"""How platforms bring updates: each chat in order, again until accepted, sometimes several at once or several times."""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable
from random import Random

from tortoise.exceptions import OperationalError

from bot.ports import Item

_LARGEST_BATCH = 5
_AGAIN = " again"


def is_said_again(key: str) -> bool:
    """Whether this is the key of a repetition whose platform forgot that it is one."""
    return key.endswith(_AGAIN)


class Door:
    """The way in. `copies` is how likely a batch is brought twice at the same time."""

    def __init__(
        self, accept: Callable[[list[Item]], Awaitable[None]], random: Random | None, hits: Counter[str], copies: float
    ) -> None:
        self._accept = accept
        self._random = random
        self._hits = hits
        self._copies = copies
        self._waiting: dict[str, deque[Item]] = defaultdict(deque)
        self._busy: set[str] = set()

    async def brings(self, item: Item) -> None:
        """Bring an update; behind others of the same stream that were not accepted yet it waits for them."""
        stream = f"{item.channel}:{item.lane}"
        self._waiting[stream].append(item)
        await self._deliver(stream)

    async def repeats(self, item: Item, *, under_another_key: bool = False) -> None:
        """Bring again what was accepted long ago."""
        if item not in self._waiting[f"{item.channel}:{item.lane}"]:
            self._hits["repeated under another key" if under_another_key else "repeated"] += 1
            await self._knock([item._replace(key=f"{item.key}{_AGAIN}") if under_another_key else item])

    def forget_who_knocks(self) -> None:
        """The house went down: whatever was under way was not accepted as far as the platform knows."""
        self._busy.clear()

    async def brings_the_rest(self) -> bool:
        """Try again with all that was refused; false when there is nothing."""
        refused = [name for name, waiting in self._waiting.items() if waiting]
        for stream in refused:
            await self._deliver(stream)
        return bool(refused)

    async def _deliver(self, stream: str) -> None:
        waiting = self._waiting[stream]
        if stream in self._busy:
            return
        self._busy.add(stream)
        while waiting:
            size = self._random.randint(1, _LARGEST_BATCH) if self._random else 1
            batch = list(waiting)[:size]
            if not await self._knock(batch):
                self._hits["not accepted"] += 1
                break
            for _ in batch:
                waiting.popleft()
        self._busy.discard(stream)

    async def _knock(self, batch: list[Item]) -> bool:
        """Whether the batch was accepted; a house without its database says no."""
        copies = 1
        if self._random and self._random.random() < self._copies:
            copies = 2
            self._hits["brought twice at once"] += 1
        if len(batch) > 1:
            self._hits["brought as a batch"] += 1
        answers = await asyncio.gather(*(self._accept(batch) for _ in range(copies)), return_exceptions=True)
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, OperationalError):
                raise answer
        return None in answers
