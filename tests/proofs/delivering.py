"""What the proofs of delivery share: a help desk whose platforms keep a truth log and end calls as a judge decides."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from adapters.telegram.capabilities import CAPABILITIES as TELEGRAM
from adapters.whatsapp.errors import explain
from adapters.whatsapp.limits import CAPABILITIES as WHATSAPP
from bot.domain.channel import Capabilities
from bot.domain.errors import SendError
from bot.domain.message import Attachment, Inbound, Person
from bot.domain.outgoing import Address, FetchedFile, LocalFile, Part
from bot.domain.ticket import Ticket
from bot.outbox import Outbox
from store import db
from store.sql import rows
from tests.builders import GROUP, House, house
from tests.fakes import Call, FakeChannel, FakeDesk, HandClock
from tests.proofs.simulation_connection import opened

HOUR = 3_600.0
WRITES = frozenset({"send", "edit", "open_topic", "rename_topic", "reopen_topic", "album"})
"""Verbs that cost one of a group's writes."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ends: was it carried out, and what did the caller hear of it (`None`: that it was)?"""

    taken: bool
    error: SendError | None = None


OK = Ending(taken=True)
Judge = Callable[[Call, float], Ending]
"""Decides a call's ending; the number is the second at which the call was made."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A call and the second at which the platform saw it."""

    call: Call
    at: float
    ending: Ending = OK


class _Judged(FakeChannel):
    """Keeps what the platform knows and we may not: every try, and which of them were carried out."""

    clock: HandClock
    tries: list[Seen]
    judge: Judge
    fetching: Callable[[Attachment], SendError | None]

    async def _make(self, call: Call) -> None:
        at = self.clock.monotonic()
        ending = self.judge(call, at)
        self.tries.append(Seen(call, at, ending))
        await super()._make(call)
        if ending.error is not None:
            raise replace(ending.error)

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> FetchedFile:
        error = self.fetching(attachment)
        if error is not None:
            raise error
        return await super().fetch(attachment, folder, limit)

    @property
    def taken(self) -> list[Seen]:
        """The calls that were carried out, whatever we heard of them."""
        return [seen for seen in self.tries if seen.ending.taken]

    def arrived(self, chat: str) -> list[str]:
        """The words that reached this chat, in order."""
        return [seen.call.words for seen in self.taken if seen.call.chat == chat and seen.call.verb == "send"]


class Platform(_Judged):
    """A customers' channel with a truth log."""

    def __init__(self, name: str, capabilities: Capabilities) -> None:
        super().__init__(name, capabilities)
        self.tries = []
        self.judge = willing
        self.fetching = at_hand

    def explain(self, code: str, detail: str) -> SendError:
        """As WhatsApp's own table has it."""
        return explain(code, detail)

    def reads(self, read: Callable[[bytes], Inbound]) -> None:
        """Take raw items from now on."""
        self._read = read


class Desk(_Judged, FakeDesk):
    """Telegram, both sides, with a truth log. `board`: every post as it reads now, by its id, oldest first."""

    def __init__(self, capabilities: Capabilities) -> None:
        FakeDesk.__init__(self, "telegram", capabilities, GROUP)
        self.tries = []
        self.judge = willing
        self.fetching = at_hand
        self.board: dict[str, Call] = {}

    async def send(
        self, to: Address, part: Part, *, file: LocalFile | None = None, reply_to: str | None = None, tracker: str = ""
    ) -> str:
        name = await super().send(to, part, file=file, reply_to=reply_to, tracker=tracker)
        self.board[name] = Call(
            verb="send", chat=to.chat, thread=to.thread, part=part, external_id=name, reply_to=reply_to
        )
        return name

    async def edit(self, to: Address, external_id: str, part: Part) -> None:
        await super().edit(to, external_id, part)
        self.board[external_id] = replace(self.board[external_id], part=part)

    def feed(self) -> list[Seen]:
        """What was written into the agents' groups, oldest first."""
        return [seen for seen in self.taken if seen.call.chat.startswith("-") and seen.call.verb in WRITES]


def willing(call: Call, at: float) -> Ending:
    """Every call succeeds."""
    return OK


def at_hand(attachment: Attachment) -> SendError | None:
    """Every file can be had at once."""
    return None


@dataclass(kw_only=True)
class Stage:
    """A help desk between two platforms; time passes by `passes`, nothing waits for real time."""

    house: House
    telegram: Desk
    whatsapp: Platform

    @property
    def clock(self) -> HandClock:
        return self.house.clock

    def home(self, who: Person) -> Platform | Desk:
        return self.telegram if who.keys[0].startswith("tg:") else self.whatsapp

    async def passes(self, seconds: float, step: float = 1.0) -> None:
        """Let virtual time go by; whatever may leave leaves meanwhile."""
        for _ in range(max(1, round(seconds / step))):
            self.clock.move(step)
            await self.house.deliver()

    async def opened(self, people: Iterable[Person]) -> dict[Person, Ticket]:
        """A ticket each, with everything about it said and shown."""
        tickets = {who: await self.house.opened(who=who) for who in people}
        await self.settles()
        return tickets

    async def settles(self, within: float = HOUR) -> None:
        """Everything goes out, however long the group's pace takes."""
        until = self.clock.monotonic() + within
        while self.clock.monotonic() < until:
            await self.passes(3.0, step=3.0)
            if not await waiting():
                return
        raise AssertionError(f"the outbox does not become empty within {within} s")


@asynccontextmanager
async def on_stage(
    folder: Path,
    *,
    telegram: Capabilities = TELEGRAM,
    whatsapp: Capabilities = WHATSAPP,
    at_once: bool = False,
    **policies: Any,
) -> AsyncIterator[Stage]:
    """A fresh database and a help desk on it. Logs are swallowed: thousands of refusals are part of the story.

    `at_once`: the database answers without a thread of its own, for stories of one event after the other.
    """
    desk, customers = Desk(telegram), Platform("whatsapp", whatsapp)
    async with opened(folder) if at_once else _usual():
        with capture_logs():
            built = house(folder, telegram=desk, **policies)
            desk.clock = customers.clock = built.clock
            helpdesk = replace(built.helpdesk, channels={"telegram": desk, "whatsapp": customers})
            outbox = Outbox(helpdesk)
            whole = House(helpdesk=helpdesk, clock=built.clock, telegram=desk, whatsapp=customers, outbox=outbox)
            yield Stage(house=whole, telegram=desk, whatsapp=customers)


@asynccontextmanager
async def _usual() -> AsyncIterator[None]:
    await db.open_database("sqlite://:memory:")
    try:
        yield
    finally:
        await db.close_database()


async def waiting(*, beside: str = "") -> int:
    """How many errands are still to go, those of one channel left out."""
    found = await rows("SELECT count(*) AS n FROM outbox WHERE state = 'pending' AND channel <> ?", beside)
    return int(found[0]["n"])


UNPACED = replace(WHATSAPP, rate=None, rate_per_person=None)
"""WhatsApp without its rates, for stories about something else."""
UNPACED_GROUP = replace(TELEGRAM, group_writes_per_minute=0)
"""Telegram without the group's limit, for stories about something else."""


def crowd(channel: str, count: int, first: int = 0) -> list[Person]:
    """Invented customers of one channel."""
    if channel == "telegram":
        return [Person(keys=(f"tg:{820_000 + number}",), name=f"Tg {number}") for number in range(first, first + count)]
    return [
        Person(keys=(f"phone:90000003{number:04}",), name=f"Wa {number}", phone=f"90000003{number:04}")
        for number in range(first, first + count)
    ]


def chat_of(who: Person) -> str:
    """The id by which a channel sends to a customer."""
    return who.keys[0].partition(":")[2]


def p95(lags: Iterable[float]) -> float:
    """The 95th percentile of some seconds."""
    ordered = sorted(lags)
    return ordered[int(0.95 * (len(ordered) - 1))]


def busiest(times: list[float], seconds: float) -> int:
    """The most of these instants within any window of so many seconds."""
    most, start = 0, 0
    for end, at in enumerate(times):
        while times[start] <= at - seconds:
            start += 1
        most = max(most, end - start + 1)
    return most
