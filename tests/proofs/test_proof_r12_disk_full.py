"""R12: a full disk is told once and costs no message; when there is room again, all goes on by itself."""

import asyncio
import resource
import shutil
import subprocess
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.sandbox.page.cast import AYSE
from adapters.sandbox.players import General, Phone, comes_true, seen, topic
from adapters.sandbox.world import World
from bot.domain.troubles import Trouble
from bot.health.register import CALM_MS, GATHER_MS
from bot.outbox.media import KEPT_FOR_WORDS
from store.sql import rows
from tests.builders import shipped_texts
from tests.journeys.customers_phone import NUMBER
from tests.proofs.alone import MOST_ERRORS, Alone, alone
from tests.proofs.letters import TAKEN, Letters
from tests.proofs.outage import NORMAL_WITHIN, RATE, Found, Outage, Reader, keys_in, lived_through, mail_of
from tests.proofs.processes import looked_up
from tests.proofs.proof import Proof
from tests.proofs.trouble_scenes import ROOMY, Stage, staged

MEGABYTE = 2**20
SPARE_PAGES = 2
LOOK_SECONDS = 21.0
"""After so long the watch looks at the disk again."""

GATHER_SECONDS = GATHER_MS / 1000 + 1.0
CALM_SECONDS = CALM_MS / 1000 + 1.0
_NOT_DONE = "SELECT key, state, attempts, error FROM inbox WHERE state <> 'done'"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
LONGEST_PAUSE_SECONDS = 3_600.0
TMPFS = "size=48m,mode=700"


def held(found: Found) -> None:
    """What holds however the disk became full."""
    assert found.refused > 0, "the disk was not full"
    assert found.during.get(503, 0) > 0
    assert found.normal_after <= NORMAL_WITHIN


def lines(world: World, key: str) -> list[str]:
    """The group's lines that begin with that sentence."""
    heading = shipped_texts().text("tr", key)
    return [message["text"] for message in General(world).messages if message["text"].startswith(heading)]


@pytest.mark.proof("R12")
async def test_a_full_database_refuses_letters_and_tells_of_it_once(proof: Proof, tmp_path: Path) -> None:
    """SQLite may not grow, and the machine says that its disk is full."""
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(staged(tmp_path))
        file = tmp_path / "data" / "gise.sqlite3"
        reader = Reader(file)
        stack.callback(reader.close)
        mail = mail_of(stage.world.environment())
        letters = await stack.enter_async_context(Letters(mail=mail, doors=(stage.app.port,), stored=reader))
        outage = Outage(
            breaks=partial(_fill, stage),
            mends=partial(_empty, stage),
            keys=partial(asyncio.to_thread, keys_in, file),
            stored=reader,
            holds_all=False,
        )
        found = await lived_through(outage, stage.world, letters, proof.size(2, 60), proof.size(15, RATE))
        with capture_logs() as logs:
            await comes_true(partial(_seen_well, stage), "somebody to see that it is over", NORMAL_WITHIN)
            stage.world.clock.move(CALM_SECONDS)
            await comes_true(partial(_over, stage), "the trouble to be over", NORMAL_WITHIN)
        raised, healed = lines(stage.world, "trouble-raised"), lines(stage.world, "trouble-healed")
        left, integrity = await rows(_NOT_DONE), await rows("PRAGMA integrity_check")
    held(found)
    assert left == []
    assert (len(raised), len(healed)) == (1, 1), (raised, healed)
    assert [*found.logged, *(entry["event"] for entry in logs)].count("something is wrong") == 1
    assert integrity == [{"integrity_check": "ok"}]
    proof.tell(written=found.written, refused=found.refused, normal_after=round(found.normal_after, 2))


@pytest.mark.proof("R12")
async def test_where_room_is_short_files_wait_and_words_do_not(proof: Proof, tmp_path: Path) -> None:
    """The disk has room for weeks of words yet, and no file takes it from them."""
    async with staged(tmp_path) as stage:
        ayse = Phone(stage.world, AYSE.key)
        ayse.says("Fatura açılmıyor")
        await ayse.hears(NUMBER)
        desk = await topic(stage.world, NUMBER)
        largest = stage.app.helpdesk.channels["whatsapp"].capabilities.download
        stage.machine.free = KEPT_FOR_WORDS + largest - 1
        ayse.sends("document", PDF, name="fatura.pdf", mime="application/pdf", caption="Fatura bu")
        await desk.shows("Fatura bu", "dosya yolda")
        for number in range(words := proof.size(3, 300)):
            ayse.says(f"Söz {number}")
        await desk.shows(f"Söz {words - 1}")
        assert not list(stage.app.helpdesk.files.iterdir()), "a file was fetched"
        stage.machine.free += 1
        stage.world.clock.move(LONGEST_PAUSE_SECONDS)
        await seen(stage.world, lambda: [one for one in desk.messages if one.get("file")], "the file")
        assert len(list(stage.app.helpdesk.files.iterdir())) == 1
    proof.tell(words=words)


async def _fill(stage: Stage) -> None:
    """Not a page more; what still fits into those there are may be taken."""
    pages = (await rows("PRAGMA page_count"))[0]["page_count"]
    await rows(f"PRAGMA max_page_count = {pages + SPARE_PAGES}")
    stage.machine.free = 20 * MEGABYTE
    stage.world.clock.move(LOOK_SECONDS)
    await comes_true(partial(_seen_full, stage), "somebody to see that the disk is full", NORMAL_WITHIN)
    stage.world.clock.move(GATHER_SECONDS)


async def _empty(stage: Stage) -> None:
    await rows(f"PRAGMA max_page_count = {2**30}")
    stage.machine.free = ROOMY
    stage.world.clock.move(LOOK_SECONDS)


async def _seen_full(stage: Stage) -> bool:
    return Trouble.DISK_FULL in stage.app.register.active


async def _seen_well(stage: Stage) -> bool:
    return not stage.app.register.active


async def _over(stage: Stage) -> bool:
    """The group has heard of it, Telegram's updates that were refused have been asked for again, all is worked off."""
    heard = bool(lines(stage.world, "trouble-healed"))
    return heard and not stage.world.telegram.unconfirmed and not await rows(_NOT_DONE)


@pytest.mark.slow
@pytest.mark.proof("R12")
@pytest.mark.parametrize("limit", ["quota", "disk"])
async def test_a_process_outlives_a_full_disk(proof: Proof, tmp_path: Path, limit: str) -> None:
    """`gise run` whose files may not grow, and `gise run` on a disk of its own that somebody else has filled."""
    async with AsyncExitStack() as stack:
        data = _disk(tmp_path, stack) if limit == "disk" else tmp_path / "data"
        house = await stack.enter_async_context(alone(tmp_path, data))
        full = _Ballast(data) if limit == "disk" else _Quota(house)
        outage = Outage(
            breaks=full.begin,
            mends=full.end,
            keys=partial(asyncio.to_thread, keys_in, house.file),
            stored=house.reader,
            pid=house.gise.process.pid,
            holds_all=False,
        )
        found = await lived_through(outage, house.world, house.letters, proof.size(5, 60), RATE)
        assert house.gise.process.returncode is None
        assert looked_up(house.file, "PRAGMA integrity_check") == [("ok",)]
    held(found)
    assert house.errors <= MOST_ERRORS
    proof.tell(
        limit=limit,
        written=found.written,
        refused=found.refused,
        taken_meanwhile=found.during.get(TAKEN, 0),
        normal_after=round(found.normal_after, 2),
        errors=house.errors,
    )


class _Quota:
    """No file of the process may grow beyond what its log of writes has now (RLIMIT_FSIZE)."""

    def __init__(self, house: Alone) -> None:
        self._pid = house.gise.process.pid
        self._log = house.file.with_name(f"{house.file.name}-wal")

    async def begin(self) -> None:
        self._limit(self._log.stat().st_size + 4096)

    async def end(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


class _Ballast:
    """Somebody else's file fills the disk to the last byte."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "somebody-elses"

    async def begin(self) -> None:
        with self._file.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 4096)
            except OSError:
                return

    async def end(self) -> None:
        self._file.unlink()


def _disk(folder: Path, stack: AsyncExitStack) -> Path:
    """A small disk of our own; without the right to have one, this part of the proof cannot be made."""
    place, mount = folder / "disk", shutil.which("mount")
    place.mkdir()
    made = (
        mount and subprocess.run([mount, "-t", "tmpfs", "-o", TMPFS, "none", str(place)], check=False).returncode == 0
    )
    if not made:
        pytest.skip("only root may mount a small disk")
    stack.callback(subprocess.run, ["umount", str(place)], check=True)
    return place
