"""A database that cannot be used for a while, under load from both platforms: what people were told meanwhile."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from structlog.testing import capture_logs

from adapters.sandbox.bench.posts import Mail
from adapters.sandbox.page.cast import ZEYNEP
from adapters.sandbox.players import comes_true
from adapters.sandbox.world import World
from tests.proofs.answers import Answers
from tests.proofs.letters import TAKEN, Letters
from tests.proofs.processes import Vitals

RATE = 50
NORMAL_WITHIN = 10.0
_SPEECH_PAUSE = 0.25
_BEFORE_AND_AFTER = 1.0

_ANSWERS = 3
"""To each customer right before the trouble, and as many while it lasts: no more than may go out at once."""
_ANSWER_PAUSE = 0.2
_GRACE = 0.15
"""What was committed before the trouble may be answered so much later."""

_PATIENCE = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """`breaks` brings the trouble about and `mends` ends it; both return when that is so. `keys` tells which keys are
    in the inbox, and is asked only while the database is well; `stored` asks for one of them at any time, or is `None`
    where nobody can be asked meanwhile. `holds_all`: not a single commit is possible meanwhile; else some may be.
    `pid` is the process whose memory counts, 0 for our own.
    """

    breaks: Callable[[], Awaitable[object]]
    mends: Callable[[], Awaitable[object]]
    keys: Callable[[], Awaitable[list[str]]]
    stored: Callable[[str], bool] | None = None
    holds_all: bool = True
    pid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What happened: answers while it lasted, seconds until the first 200, until all was as before and until every
    answer an agent gave before or meanwhile was heard.
    """

    during: Mapping[int, int]
    refused: int
    first_taken: float
    normal_after: float
    answered_after: float
    held_back: int
    written: int
    growth: int
    logged: list[str] = field(default_factory=list)


def mail_of(environment: Mapping[str, str]) -> Mail:
    return Mail(
        secret=environment["GISE_WHATSAPP__APP_SECRET"],
        number_id=environment["GISE_WHATSAPP__PHONE_NUMBER_ID"],
        account_id=environment["GISE_WHATSAPP__BUSINESS_ACCOUNT_ID"],
    )


def keys_in(file: Path) -> list[str]:
    """What stands in an SQLite inbox, read beside the running program."""
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=10.0)) as connection:
        return [key for (key,) in connection.execute("SELECT key FROM inbox")]


class Reader:
    """Whether a key stands in an SQLite inbox; one connection, because it is asked at every answer."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=10.0)

    def __call__(self, key: str) -> bool:
        return self._connection.execute("SELECT 1 FROM inbox WHERE key = ?", (key,)).fetchone() is not None

    def close(self) -> None:
        self._connection.close()


async def lived_through(outage: Outage, world: World, letters: Letters, seconds: float, rate: float) -> Found:
    """As `_lived_through`; what an application in this process logs is kept apart, for drawing it costs more than
    the work.
    """
    with capture_logs() as logs:
        found = await _lived_through(outage, world, letters, seconds, rate)
    return replace(found, logged=[str(entry["event"]) for entry in logs])


async def _lived_through(outage: Outage, world: World, letters: Letters, seconds: float, rate: float) -> Found:
    """Letters and Telegram's updates before, during and after; afterwards everything is there once, or this raises."""
    pid = outage.pid or os.getpid()
    said: list[object] = []
    world.whatsapp.webhook_url = f"http://127.0.0.1:{letters.doors[0]}/webhooks/whatsapp"
    answers = Answers(world)
    await answers.begin()
    asked = set(await outage.keys())
    speaking = asyncio.create_task(_speak(world, said), name="speaking")
    writing = asyncio.create_task(letters.write(rate, seconds + _BEFORE_AND_AFTER), name="writing")
    await letters.changes.wait_for(lambda: len(letters.taken) > 0.3 * rate, _PATIENCE, what="letters to be taken")
    before = Vitals(pid).rss
    for _ in range(_ANSWERS):  # some of them are just being sent when the trouble comes
        answers.write()
        await asyncio.sleep(_ANSWER_PAUSE)
    await outage.breaks()
    broken_at = time.monotonic()
    await asyncio.sleep(_GRACE)
    heard = len(said)
    for _ in range(_ANSWERS):
        await asyncio.sleep(max(0.0, seconds - _GRACE) / _ANSWERS)
        answers.write()
    answers.hasten()
    held_back = len(world.telegram.unconfirmed)
    if outage.holds_all:
        assert held_back >= len(said) - heard, "the offset moved while nothing could be stored"
    growth = Vitals(pid).rss - before
    mended_at = time.monotonic()
    during = letters.statuses(broken_at + _GRACE, mended_at)
    await outage.mends()
    answering = asyncio.create_task(_since(mended_at, answers.heard(_PATIENCE)), name="answering")
    await letters.changes.wait_for(lambda: letters.statuses(mended_at)[TAKEN] > 0, _PATIENCE, what="a letter taken")
    first = next(answer.at for answer in letters.answers if answer.at >= mended_at and answer.status == TAKEN)
    waiting = letters.written
    await letters.changes.wait_for(lambda: len(letters.taken) >= waiting, _PATIENCE, what="the backlog to be taken")
    normal = time.monotonic() - mended_at
    await writing
    speaking.cancel()
    await letters.all_taken(_PATIENCE)
    await comes_true(lambda: _confirmed(world), "every update to be confirmed", _PATIENCE)
    answered = await answering
    await _accounted(outage, letters, len(said), asked)
    return Found(
        during=during,
        refused=sum(count for status, count in letters.statuses().items() if status == 503),
        first_taken=first - mended_at,
        normal_after=normal,
        answered_after=answered,
        held_back=held_back,
        written=letters.written,
        growth=growth,
    )


async def _since(instant: float, what: Awaitable[None]) -> float:
    """Seconds from that instant until it is done."""
    await what
    return time.monotonic() - instant


async def _speak(world: World, said: list[object]) -> None:
    """Zeynep has a lot to say on Telegram."""
    while True:
        said.append(world.telegram.say(int(ZEYNEP.address), f"söz-{len(said):05d}"))
        await asyncio.sleep(_SPEECH_PAUSE)


async def _confirmed(world: World) -> bool:
    return not world.telegram.unconfirmed


async def _accounted(outage: Outage, letters: Letters, said: int, asked: set[str]) -> None:
    """Every letter and every update is stored beside what was `asked` first, each once, and none was acknowledged
    before.
    """
    assert letters.lies == []
    keys = await outage.keys()
    assert len(keys) == len(set(keys))
    assert {key for key in keys if key.startswith("m:")} - asked == letters.taken
    assert len(letters.taken) == letters.written
    assert len([key for key in keys if not key.startswith(("m:", "s:"))]) >= said
