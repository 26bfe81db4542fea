"""Two platforms with moods: they take calls, refuse them, lose the answers, and remember what they took."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random

from adapters.telegram.capabilities import CAPABILITIES as TELEGRAM
from adapters.whatsapp.limits import CAPABILITIES as WHATSAPP
from bot.domain.errors import Missing, Reach, SendError
from bot.domain.message import Attachment
from bot.domain.outgoing import FetchedFile
from tests.builders import GROUP
from tests.fakes import Call, FakeChannel, FakeDesk, HandClock
from tests.proofs.invariants_seen import marks

DESK = "desk"
DAY_MS = 86_400_000


class Fault(StrEnum):
    """What may become of a call. After the two losses nobody here knows whether it was taken."""

    REFUSED = "refused"
    BLOCKED = "blocked"
    RATE = "rate limit"
    UNREACHABLE = "unreachable"
    LOST_BEFORE = "lost before"
    LOST_AFTER = "lost after"
    REVOKED = "token revoked"
    SHUT = "window shut"
    THREAD_GONE = "topic gone"
    MESSAGE_GONE = "message gone"
    UNCHANGED = "not modified"


_ERRORS: dict[Fault, Callable[[], SendError]] = {
    Fault.REFUSED: lambda: SendError(key="send-error-bad-request", certain=True, retryable=False),
    Fault.BLOCKED: lambda: SendError(key="send-error-blocked", certain=True, retryable=False, reach=Reach.RECIPIENT),
    Fault.RATE: lambda: SendError(key="send-error-rate", certain=True, retryable=True, retry_after=7.0),
    Fault.UNREACHABLE: lambda: SendError(key="send-error-network", certain=True, retryable=True),
    Fault.LOST_BEFORE: lambda: SendError(key="send-error-unknown-outcome", certain=False, retryable=True),
    Fault.LOST_AFTER: lambda: SendError(key="send-error-unknown-outcome", certain=False, retryable=True),
    Fault.REVOKED: lambda: SendError(key="send-error-auth", certain=True, retryable=False, reach=Reach.CHANNEL),
    Fault.SHUT: lambda: SendError(key="send-error-window", certain=True, retryable=False, window_closed=True),
    Fault.THREAD_GONE: lambda: SendError(
        key="send-error-chat-gone", certain=True, retryable=False, missing=Missing.THREAD
    ),
    Fault.MESSAGE_GONE: lambda: SendError(
        key="send-error-bad-request", certain=True, retryable=False, missing=Missing.MESSAGE
    ),
    Fault.UNCHANGED: lambda: SendError(
        key="send-error-bad-request", certain=True, retryable=False, missing=Missing.CHANGE
    ),
}


def error_of(fault: Fault) -> SendError:
    """A fault as an adapter would raise it."""
    return _ERRORS[fault]()


_SLOWEST_NEWS_MS = 20_000
"""A platform tells within seconds what became of a call; the product waits 45 for it."""
_ANYWHERE = frozenset(
    (Fault.REFUSED, Fault.RATE, Fault.UNREACHABLE, Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.REVOKED)
)
_WORST = (Fault.LOST_AFTER,) * 4
"""What tells a careful sender from a careless one comes more often than the rest."""
_OUTAGES = (Fault.UNREACHABLE, Fault.LOST_BEFORE, Fault.RATE, Fault.REVOKED)
"""How a whole platform can be away."""


def possible(side: str, call: Call) -> frozenset[Fault]:
    """The faults that make sense for a call."""
    found = set(_ANYWHERE)
    if side != DESK and call.chat:
        found.add(Fault.BLOCKED)
    if side == "whatsapp" and call.verb == "send" and call.part.template is None:
        found.add(Fault.SHUT)
    if side == DESK and call.verb == "send" and call.thread:
        found.add(Fault.THREAD_GONE)
    if side == DESK and call.verb == "edit":
        found |= {Fault.MESSAGE_GONE, Fault.UNCHANGED}
    return frozenset(found)


@dataclass(slots=True, kw_only=True)
class Taken:
    """A call a platform took, and the id it gave. `undone`: it said later that it failed all the same.

    `told` holds the receipts that were offered, the first of them at `news_at` if it is needed; `ids` counts the ids
    the caller was given.
    """

    side: str
    channel: str
    call: Call
    external_id: str
    at: int
    news_at: int
    ids: int = 0
    undone: bool = False
    told: list[str] = field(default_factory=list)


class Platforms:
    """The truth outside. Faults come in order from `forecast`, by chance, or for all while a side is `away`.

    `wrongly_shut` are marks of words that met a shut window which was open for the words behind them.
    """

    def __init__(self, clock: HandClock, random: Random | None = None, chance: float = 0.0) -> None:
        self.taken: list[Taken] = []
        self.hits: Counter[str] = Counter()
        self.forecast: dict[str, deque[Fault]] = {side: deque() for side in ("whatsapp", "telegram", DESK)}
        self.away: dict[str, Fault] = {}
        self.spoken: dict[str, int] = {}
        self.files_fail = 0
        self.wrongly_shut: set[str] = set()
        self.chance = chance
        self._clock = clock
        self._random = random
        self._ids: dict[asyncio.Task[object] | None, Taken] = {}

    @property
    def groups(self) -> frozenset[str]:
        return frozenset({GROUP})

    def outage(self, side: str, kind: int) -> None:
        """From now on nothing works on that side."""
        self.away[side] = _OUTAGES[kind % len(_OUTAGES)]

    def heal(self) -> None:
        """Everything works from now on."""
        self.away.clear()
        self.chance = 0.0
        self.files_fail = 0
        for waiting in self.forecast.values():
            waiting.clear()

    async def take(self, channel: str, call: Call) -> None:
        """Take the call or not, then answer or not; others may go first before and after."""
        await self._others()
        side = DESK if channel == "telegram" and call.chat in self.groups else channel
        fault = self._fault(side, call)
        if fault is not None:
            self.hits[fault] += 1
        if fault is Fault.SHUT and not self._is_shut(call):
            self.wrongly_shut.update(marks(call.words))
        if fault in {None, Fault.LOST_AFTER}:
            self._accept(side, channel, call)
        await self._others()
        if fault is not None:
            raise error_of(fault)

    async def _others(self) -> None:
        for _ in range(self._random.randrange(3) if self._random else 0):
            await asyncio.sleep(0)

    def _fault(self, side: str, call: Call) -> Fault | None:
        can = possible(side, call)
        if side in self.away:
            return self.away[side]
        if Fault.SHUT in can and self._is_shut(call):
            return Fault.SHUT
        if self.forecast[side] and self.forecast[side][0] in can:
            return self.forecast[side].popleft()
        if self._random is not None and self._random.random() < self.chance:
            return self._random.choice((*sorted(can), *_WORST))
        return None

    def _is_shut(self, call: Call) -> bool:
        """Whether the customer has said nothing for a day."""
        return self._clock.now() - self.spoken.get(call.chat, 0) > DAY_MS

    def _accept(self, side: str, channel: str, call: Call) -> None:
        external_id = f"{call.chat}:{channel}-{len(self.taken) + 1}"
        now = self._clock.now()
        news_at = now + (self._random.randrange(_SLOWEST_NEWS_MS) if self._random else _SLOWEST_NEWS_MS)
        taken = Taken(side=side, channel=channel, call=call, external_id=external_id, at=now, news_at=news_at)
        self.taken.append(taken)
        self._ids[asyncio.current_task()] = taken

    def next_id(self) -> str:
        """The id of what the caller has just had taken; further ids for further items of an album."""
        taken = self._ids[asyncio.current_task()]
        taken.ids += 1
        return taken.external_id if taken.ids == 1 else f"{taken.external_id}.{taken.ids}"

    def seen_by(self, chat: str) -> list[Taken]:
        """The messages in a chat, in order."""
        return [taken for taken in self.taken if taken.call.chat == chat and taken.call.verb in {"send", "album"}]

    def file_fails(self) -> bool:
        """Whether the next download fails."""
        self.files_fail = max(0, self.files_fail - 1)
        by_chance = self._random is not None and self._random.random() < self.chance
        return self.files_fail > 0 or by_chance


class _Wild(FakeChannel):
    """A channel whose calls the platforms decide upon."""

    platforms: Platforms

    async def _make(self, call: Call) -> None:
        self.calls.append(call)
        await self.platforms.take(self.name, call)

    def _next_id(self, chat: str) -> str:
        del chat
        return self.platforms.next_id()

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> FetchedFile:
        if self.platforms.file_fails():
            self.platforms.hits["file failed"] += 1
            raise SendError(key="send-error-media-gone", certain=True, retryable=len(attachment.ref) % 2 == 0)
        return await super().fetch(attachment, folder, limit)


class WildWhatsApp(_Wild):
    """WhatsApp as the customers' channel."""

    def __init__(self, platforms: Platforms) -> None:
        super().__init__("whatsapp", WHATSAPP)
        self.platforms = platforms


class WildTelegram(_Wild, FakeDesk):
    """A bot with private chats and the agents' forum."""

    def __init__(self, platforms: Platforms) -> None:
        FakeDesk.__init__(self, "telegram", TELEGRAM, GROUP)
        self.platforms = platforms
