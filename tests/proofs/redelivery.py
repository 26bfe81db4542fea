"""What the platforms deliver in R5: every update once to five times, some copies at once, some much later."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

MOST = 5
MEAN = 4
T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Told:
    """One message of somebody. `first` is the phase (1 before the restart, 2 after it) in which it comes first,
    `at_once` how many copies come together then, `later` in which phases the others follow."""

    channel: str
    chat: int
    turn: int
    first: int
    at_once: int = 1
    later: list[int] = field(default_factory=list)

    @property
    def copies(self) -> int:
        return self.at_once + len(self.later)

    @property
    def words(self) -> str:
        return f"Mesaj {self.turn} / {self.chat}"


def planned(updates: int, turns: int, draw: random.Random) -> list[Told]:
    """`updates` messages on both channels, `turns` in each chat; `MEAN` copies of each on average, exactly."""
    told = [
        Told(channel=channel, chat=chat, turn=turn, first=1 if turn < turns // 2 else 2)
        for chat in range(updates // turns // 2)
        for channel in ("telegram", "whatsapp")
        for turn in range(turns)
    ]
    for one, copies in zip(told, _copies(len(told), draw), strict=True):
        for _ in range(copies - 1):
            _spread(one, draw)
    return told


def _copies(count: int, draw: random.Random) -> list[int]:
    """How often each comes: from 1 to `MOST`, `MEAN` times on average."""
    copies = [draw.randint(1, MOST) for _ in range(count)]
    while (missing := MEAN * count - sum(copies)) != 0:
        step = 1 if missing > 0 else -1
        nth = draw.randrange(count)
        if 1 <= copies[nth] + step <= MOST:
            copies[nth] += step
    return copies


def _spread(one: Told, draw: random.Random) -> None:
    """One more copy: together with the first, or later. What is polled has no copy but after the restart."""
    polled = one.channel == "telegram" and one.first == 1
    if draw.random() < 0.5 and not polled:
        one.at_once += 1
    else:
        one.later.append(2 if polled else draw.randint(one.first, 2))


def by_chat(told: Iterable[Told]) -> dict[tuple[str, int], list[Told]]:
    """Each chat's messages in their order."""
    chats: dict[tuple[str, int], list[Told]] = {}
    for one in told:
        chats.setdefault((one.channel, one.chat), []).append(one)
    return chats


def interleaved(streams: Iterable[Sequence[T]], draw: random.Random) -> Iterator[T]:
    """All streams in one, shuffled, but each in its own order."""
    waiting = [list(reversed(stream)) for stream in streams if stream]
    while waiting:
        stream = draw.choice(waiting)
        yield stream.pop()
        if not stream:
            waiting.remove(stream)
