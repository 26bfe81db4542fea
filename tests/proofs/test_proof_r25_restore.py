"""R25: a copy that is ten minutes old is restored, and nothing that went out since goes out again."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from time import perf_counter

import pytest
from structlog.testing import capture_logs

from adapters.sandbox.bench.children import Child
from bot.domain.errors import SendError
from bot.domain.ledger import HELD
from bot.domain.message import Person
from bot.domain.press import Verb, encode
from bot.domain.ticket import SYSTEM, Ticket
from bot.outbox import Outbox, recover
from bot.services import restored, upkeep
from store import backup, conversations, db, tickets
from store.sql import rows
from tests.builders import GROUP, House, house, outgoing
from tests.proofs.proof import Proof

MINUTE = 60.0
SHUT = SendError(key="send-error-window", certain=True, retryable=False, window_closed=True)
UNKNOWN = SendError(key="send-error-unknown-outcome", certain=False, retryable=True)
Saying = tuple[str, str]
Restore = Callable[[str, Path, int], Awaitable[int]]


def person(number: int) -> Person:
    key = f"tg:{7_500_000 + number}" if number % 2 else f"phone:90555{number:07d}"
    return Person(keys=(key,), name=f"Müşteri {number}")


def said(house: House) -> Counter[Saying]:
    """Every post and message of ours with where it went; each word of ours is said once in this story."""
    calls = [*house.whatsapp.sent, *house.telegram.sent]
    return Counter((call.chat, call.words) for call in calls)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The house after the restore, what waited in the copy, and what was said in all before and after the restore."""

    house: House
    waited: int
    before: Counter[Saying]
    after: Counter[Saying]

    @property
    def again(self) -> list[Saying]:
        """What was said before and is said once more, to customers or as a customer's words in the group."""
        more = [one for one in self.before if self.after[one] > self.before[one]]
        return [(chat, words) for chat, words in more if chat != GROUP or "👤" in words]


async def busy_minutes(house: House, people: int, draw: Random) -> list[tuple[Ticket, Person]]:
    """Tickets whose words and answers went out, are parked, or are of unknown fate."""
    found = []
    for number in range(people):
        ticket = await house.opened(f"{number}. sorun", person(number))
        await house.settles()
        if draw.random() < 0.3:
            house.home(person(number)).refusals.append(draw.choice([SHUT, UNKNOWN]))
            await house.agent(f"İlk yanıt {number}", ticket)
            await house.settles()
            house.home(person(number)).refusals.clear()
        if draw.random() < 0.3:
            await house.agent(f"/ask Soru {number}?", ticket)
            await house.settles()
        found.append((ticket, person(number)))
    return found


async def left_waiting(house: House, known: list[tuple[Ticket, Person]], draw: Random) -> int:
    """What waits in the outbox when the copy is made, some of it under way."""
    for number, (ticket, who) in enumerate(known):
        if draw.random() < 0.6:
            await house.customer(f"Bekleyen söz {number}", who)
        if draw.random() < 0.7:
            await house.agent(f"Bekleyen yanıt {number}", ticket)
    await rows("UPDATE outbox SET state = 'sending', epoch = 'a' WHERE state = 'pending' AND id % 5 = 0 RETURNING id")
    return len(await outgoing(state="pending")) + len(await outgoing(state="sending"))


async def ten_minutes(house: House, known: list[tuple[Ticket, Person]], draw: Random) -> None:
    """The time that the restore takes away: what waited goes out, and people go on talking."""
    await rows("UPDATE outbox SET state = 'pending', epoch = '' WHERE state = 'sending' RETURNING id")
    await house.settles()
    for number, (ticket, who) in enumerate(known):
        house.clock.move(10 * MINUTE / len(known))
        await house.customer(f"Yeni söz {number}", who)
        if draw.random() < 0.5:
            await house.agent(f"Yeni yanıt {number}", ticket)
    await house.settles()


async def next_process(house: House) -> House:
    """As the program starts: recover, tell, work; a day later everything that can come due has."""
    helpdesk = replace(house.helpdesk, epoch="the next process")
    started = replace(house, helpdesk=helpdesk, outbox=Outbox(helpdesk))
    await recover(helpdesk, all_others=True)
    await restored.tell(helpdesk)
    await works_on(started)
    started.clock.move(3600)
    await upkeep.sweep(helpdesk)
    await works_on(started)
    return started


async def works_on(house: House) -> None:
    """Five minutes, or less when nothing waits any more."""
    for _ in range(100):
        await house.deliver()
        if not await outgoing(state="pending"):
            return
        house.clock.move(3)


@asynccontextmanager
async def after_a_restore(folder: Path, people: int, draw: Random, restore: Restore) -> AsyncIterator[Outcome]:
    """Busy minutes, a copy, ten minutes more, the restore, and the start after it."""
    url, copy = f"sqlite://{folder}/gise.sqlite3", folder / "copy.sqlite3"
    await db.open_database(url)
    try:
        built = house(folder)
        known = await busy_minutes(built, people, draw)
        waited = await left_waiting(built, known, draw)
        backup.backup(url, copy, built.clock.now())
        await ten_minutes(built, known, draw)
        before = said(built)
        await db.close_database()
        await restore(url, copy, built.clock.now())
        await db.open_database(url)
        started = await next_process(built)
        yield Outcome(started, waited, before, said(started))
    finally:
        await db.close_database()


async def one_is_pressed(house: House, draw: Random) -> None:
    """One of the held answers is sent by an agent: that one, and no other."""
    held = [row for row in await outgoing(state="failed", error=HELD) if row["conversation_id"]]
    chosen, before = draw.choice(held), said(house)
    await house.desk_press(encode(Verb.RESEND, chosen["id"]))
    await house.settles()
    assert sum((said(house) - before).values()) == 1


@pytest.mark.proof("R25")
async def test_a_restore_killed_at_any_moment_leaves_the_old_file_or_the_new_one(proof: Proof, tmp_path: Path) -> None:
    random, kills, seen = proof.draw(), proof.size(4, 40), Counter[int]()
    url, file, copy = f"sqlite://{tmp_path}/gise.sqlite3", tmp_path / "gise.sqlite3", tmp_path / "copy.sqlite3"
    await tickets_in(url, 1)
    backup.backup(url, copy, 1)
    child = await Child.start("tests.proofs.upgrading")
    try:
        began = perf_counter()
        assert (await child.asks({"url": url, "restore": str(copy)}))["code"] == 0
        took = perf_counter() - began
        for _ in range(kills):
            await tickets_in(url, 2)
            old = tickets_of(file)
            # Most of the work is done before the files are exchanged, so most of the deaths are late.
            seconds = took * random.triangular(0.0, 1.5, 1.0)
            await child.asks({"url": url, "restore": str(copy), "seconds": seconds})
            met = tickets_of(file)
            seen[met == old] += 1
            assert met == old or len(met) == 1, "half of it"
            assert (await child.asks({"url": url, "restore": str(copy)}))["code"] == 0, "it can be said again"
            assert len(tickets_of(file)) == 1
    finally:
        await child.close()
    proof.tell(kills=kills, still_old=seen[True], already_new=seen[False])


async def tickets_in(url: str, amount: int) -> None:
    """So many tickets more, written by a process that stops in peace."""
    await db.open_database(url)
    who, _ = await conversations.resolve("telegram", person(1), 1, "tr")
    for _ in range(amount):
        draft = Ticket(conversation_id=who.id, requester_id=who.requester.id, created_at=1, status_since=1)
        await tickets.create(draft, 2026, SYSTEM)
    await db.close_database()


def tickets_of(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [number for (number,) in connection.execute("SELECT number FROM ticket ORDER BY id")]


async def copied_by_hand(url: str, copy: Path, _at: int) -> int:
    """What an operator without the command would do."""
    shutil.copy(copy, url.removeprefix("sqlite://"))
    return 0


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Refusals are part of the story; drawing them on the terminal is not."""
    with capture_logs():
        yield


@pytest.mark.proof("R25")
async def test_nothing_that_went_out_since_the_copy_goes_out_again(proof: Proof, tmp_path: Path) -> None:
    draw, rounds, waited = proof.draw(), proof.size(1, 8), 0
    for nth in range(rounds):
        folder = tmp_path / str(nth)
        folder.mkdir()
        async with after_a_restore(folder, proof.size(12, 20), draw, backup.restore) as outcome:
            assert outcome.again == []
            assert await outgoing(state="pending") == [], "nothing is stuck either"
            assert outcome.waited > 0
            waited += outcome.waited
            shown = [words for (chat, words) in outcome.after if chat == GROUP and words.startswith("⏸")]
            held = [row for row in await outgoing(state="failed", error=HELD) if row["ticket_id"]]
            assert len(shown) > 1
            assert held
            await one_is_pressed(outcome.house, draw)
    proof.tell(restores=rounds, waited=waited, sent_again=0)


@pytest.mark.proof("R25")
async def test_a_copy_that_is_only_put_in_place_would_send_again(proof: Proof, tmp_path: Path) -> None:
    """The control: without the hold the same story is seen to fail."""
    async with after_a_restore(tmp_path, 12, proof.draw(), copied_by_hand) as outcome:
        assert len(outcome.again) > 3
    proof.tell(sent_again=len(outcome.again))
