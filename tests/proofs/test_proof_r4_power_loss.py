"""R4: the power fails anywhere in the writing, and nothing that was acknowledged is lost, nothing is damaged."""

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot import inbox
from bot.domain.message import Content, Said
from store import db
from store.sql import rows
from tests.builders import AYSE, ZEYNEP, House, house, new_id
from tests.proofs.powerloss import SYNCS, Kind, Step, Tape, reachable, recording
from tests.proofs.powerloss_disk import Disk, Found, Log, opened
from tests.proofs.proof import Proof

NAME = "gise.sqlite3"
LOG_FRAMES = 4000
"""Pages in the write-ahead log that make SQLite carry them home, as the store sets it."""
FRAME_BYTES = 4096 + 24

pytestmark = pytest.mark.skipif(not reachable(), reason="the SQLite of this Python hides its names")


@dataclass(slots=True)
class Judgement:
    """What was found at the points looked at. `lost` are points at which something acknowledged was not there."""

    points: int = 0
    lost: int = 0
    damaged: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def add(self, found: Found, told: frozenset[str], log: Log, *, promised: bool) -> None:
        """The database must be as after the last commit that was synced, or the one that was under way."""
        self.points += 1
        if found.damage:
            self.damaged.append(found.damage)
            return
        if not told <= found.keys:
            self.lost += 1
        least = log.synced if promised else 0
        self.seen["a commit under way survived"] += log.written > least and found.digest == log.states[-1]
        if found.digest not in log.states[least:]:
            self.torn.append(f"not as after any commit from {least} to {log.begun}")


async def recorded(
    folder: Path, chance: random.Random, *, rounds: int, synchronous: str = "FULL", carried_home: bool = True
) -> list[Step]:
    """Two starts of the desk: customers write, agents answer, everything goes out, and the log is carried home."""
    built = house(folder)
    with recording(folder) as tape:
        for _ in range(2):
            await db.open_database(f"sqlite://{folder}/{NAME}")
            if synchronous != "FULL":
                await rows(f"PRAGMA synchronous={synchronous}")
            try:
                for turn in range(rounds):
                    await lives_on(tape, built, chance, turn)
                    if carried_home and turn == rounds // 2:
                        await rows("PRAGMA wal_checkpoint(PASSIVE)")
            finally:
                await db.close_database()
    return tape.steps


async def lives_on(tape: Tape, built: House, chance: random.Random, turn: int) -> None:
    await hears(tape, built, chance)
    await built.deliver()
    built.clock.move(30)
    if turn % 3 == 1:
        await built.agent("Bakıyoruz", await built.ticket())


async def hears(tape: Tape, built: House, chance: random.Random) -> None:
    """A few messages come in at once, of any size, and are worked off."""
    items = []
    for _ in range(chance.randint(1, 3)):
        who = chance.choice((AYSE, ZEYNEP))
        said = Said(author=who, at=built.clock.now(), content=Content(text="Selam"), external_id=new_id("c"))
        item = built.home(who).stage(said, lane=who.name, key=new_id("update"))
        items.append(item._replace(raw=item.raw.zfill(chance.choice((8, 900, 4_000)))))
    await inbox.accept(built.helpdesk, items)
    tape.acknowledged(item.key for item in items)
    while await inbox.drain(built.helpdesk):
        pass


def judged(
    judgement: Judgement, steps: list[Step], points: list[int], chance: random.Random, *, promised: bool
) -> None:
    """Lose power after each of these steps. Unless `promised`, any whole number of commits may be gone."""
    disk, log, told = Disk(), Log(), frozenset[str]()
    ahead = Counter(points)
    for index, step in enumerate(steps):
        disk.does(step)
        log.follows(step)
        if step.kind is Kind.ACKNOWLEDGED:
            told |= {step.file}
        for _ in range(ahead[index]):
            found = opened(disk.after_a_loss(chance), NAME)
            judgement.add(found, told, log, promised=promised)
    judgement.seen += disk.fates


def drawn(steps: list[Step], number: int, chance: random.Random) -> list[int]:
    """A third of the points anywhere, a third while pages are carried home, a third just before a sync of the log."""
    home = [index for index, step in enumerate(steps) if step.file == NAME]
    ripe = [index for index, step in enumerate(steps[1:]) if step.kind in SYNCS and step.file != NAME]
    third = number // 3
    anywhere = chance.choices(range(len(steps)), k=number - 2 * third)
    return anywhere + chance.choices(home, k=third) + chance.choices(ripe or home, k=third)


@pytest.mark.proof("R4")
async def test_after_a_loss_of_power_nothing_acknowledged_is_missing_and_nothing_is_damaged(
    proof: Proof, tmp_path: Path
) -> None:
    found = Judgement()
    for number in range(proof.size(1, 10)):
        chance = random.Random(proof.seed + number)
        steps = await recorded(tmp_path / f"life-{number}", chance, rounds=4)
        judged(found, steps, drawn(steps, proof.size(100, 420), chance), chance, promised=True)
    proof.tell(points=found.points, missing=found.lost, **found.seen)
    assert (found.damaged, found.torn, found.lost) == ([], [], 0)
    assert min(found.seen[fate] for fate in ("lost", "torn", "reordered", "a commit under way survived")) > 0


@pytest.mark.slow
@pytest.mark.proof("R4")
async def test_when_the_log_is_full_and_carried_home_in_the_midst_of_life_nothing_is_lost(
    proof: Proof, tmp_path: Path
) -> None:
    """As long a life as it takes until SQLite starts its log anew by itself, and losses of power around that."""
    chance = proof.draw()
    steps = await recorded(tmp_path / "long", chance, rounds=90, carried_home=False)
    full = next(index for index, step in enumerate(steps) if step.file == NAME and step.at > 0)
    frames = max(step.at for step in steps[:full] if step.file.endswith("-wal")) // FRAME_BYTES
    found = Judgement()
    points = chance.choices(range(full - 50, full + 1_500), k=800)
    judged(found, steps[: full + 1_500], points, chance, promised=True)
    proof.tell(points=found.points, missing=found.lost, log_frames=frames, **found.seen)
    assert LOG_FRAMES <= frames < LOG_FRAMES * 1.1
    assert (found.damaged, found.torn, found.lost) == ([], [], 0)


@pytest.mark.proof("R4")
async def test_with_the_weaker_setting_acknowledged_rows_are_lost(proof: Proof, tmp_path: Path) -> None:
    """The same life and the same judge: what the proof can see is lost without the shipped setting."""
    chance = proof.draw()
    steps = await recorded(tmp_path / "life", chance, rounds=proof.size(2, 10), synchronous="NORMAL")
    found = Judgement()
    judged(found, steps, drawn(steps, proof.size(40, 600), chance), chance, promised=False)
    proof.tell(points=found.points, missing=found.lost)
    assert (found.damaged, found.torn) == ([], [])
    assert found.lost > proof.size(2, 60)


@pytest.mark.proof("R4")
async def test_on_a_disk_that_only_pretends_to_sync_the_damage_is_seen(proof: Proof, tmp_path: Path) -> None:
    chance = proof.draw()
    steps = await recorded(tmp_path / "life", chance, rounds=1)
    lies = [step for step in steps if step.kind not in SYNCS]
    found = Judgement()
    judged(found, lies, drawn(lies, proof.size(15, 100), chance), chance, promised=False)
    proof.tell(points=found.points, damaged=len(found.damaged), missing=found.lost)
    assert found.damaged
