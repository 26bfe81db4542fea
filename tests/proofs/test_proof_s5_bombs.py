"""S5: no file takes more than its cap, unpacks, or keeps us waiting, however it lies."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from adapters.telegram import download as telegram
from adapters.telegram.api import Api
from adapters.whatsapp import media
from adapters.whatsapp.graph import Graph
from bot.domain.errors import SendError
from bot.domain.message import Attachment, Kind
from bot.domain.outgoing import FetchedFile
from tests.proofs.bombs import CAP, NETWORK, Bomb, answer, bombs, chunked
from tests.proofs.liars import BOT_TOKEN, MEDIA_ID, TOKEN, Liar, liar, names
from tests.proofs.proof import Proof

Fetch = Callable[[Path, float], Awaitable[FetchedFile]]

MEMORY = 64 * 2**20
PROMISED_SECONDS = 30.0
IMPATIENCE = 0.6
"""Seconds in place of the thirty, for those that only time tells apart."""


@pytest.fixture
async def told() -> AsyncIterator[Liar]:
    async with liar() as made:
        yield made


@pytest.fixture(params=["telegram", "whatsapp"])
async def fetch(request: pytest.FixtureRequest, told: Liar) -> AsyncIterator[Fetch]:
    """The product's download from the liar, on either channel."""
    if request.param == "whatsapp":
        told.address = f"{told.base}/file"
        graph = Graph(TOKEN, told.base)
        yield lambda folder, seconds: media.download(graph, MEDIA_ID, folder, CAP, seconds=seconds)
        await graph.close()
        return
    told.address = "documents/file_1"
    api, file = Api(BOT_TOKEN, told.base), Attachment(kind=Kind.DOCUMENT, ref="1")
    yield lambda folder, seconds: telegram.download(api, file, folder, CAP, seconds=seconds)
    await api.close()


def forget_peak() -> None:
    """Let the kernel count this process's peak anew (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak() -> int:
    """The most memory this process has held since then, in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


async def went_off(fetch: Fetch, bomb: Bomb, folder: Path) -> str:
    """How the download ended: the error's key, or "" and the file as it came."""
    try:
        async with asyncio.timeout(PROMISED_SECONDS / 2):
            fetched = await fetch(folder, IMPATIENCE if bomb.slow else PROMISED_SECONDS)
    except SendError as error:
        assert names(folder) == [], bomb.name
        return error.key
    assert (fetched.size, names(folder)) == (bomb.size, [fetched.path.name]), bomb.name
    fetched.path.unlink()
    return ""


@pytest.mark.proof("S5")
async def test_no_file_costs_more_than_its_cap(proof: Proof, fetch: Fetch, told: Liar, tmp_path: Path) -> None:
    armed = bombs()
    loop = asyncio.get_running_loop()
    ends, longest = {}, 0.0
    forget_peak()
    before = peak()
    for bomb in armed * proof.size(1, 10):
        told.serve, told.about = bomb.serve, bomb.about
        started = loop.time()
        end = await went_off(fetch, bomb, tmp_path)
        ends[bomb.name] = bomb.end if bomb.or_trouble and end == NETWORK else end
        longest = max(longest, loop.time() - started)
    grown = peak() - before
    assert ends == {bomb.name: bomb.end for bomb in armed}
    assert grown <= MEMORY
    assert longest <= PROMISED_SECONDS / 2, "the slow ones end by their deadline, the others at once"
    assert len(armed) >= 20
    proof.tell(bombs=len(armed), memory_mb=round(grown / 2**20, 1), longest_seconds=round(longest, 2))


@pytest.mark.proof("S5")
async def test_a_slow_line_is_no_bomb(proof: Proof, fetch: Fetch, told: Liar, tmp_path: Path) -> None:
    """Bytes that keep coming buy time beyond the first deadline."""
    pieces = chunked(*[bytes(64 * 1024)] * 6)
    told.serve = answer("Transfer-Encoding: chunked", pieces=[*pieces, b"0\r\n\r\n"], pause=IMPATIENCE / 3)
    assert (await fetch(tmp_path, IMPATIENCE)).size == 6 * 64 * 1024
    proof.tell(slow_but_honest="stored")


@pytest.mark.proof("S5")
def test_the_deadline_that_is_shipped_is_the_promised_one(proof: Proof) -> None:
    shipped = {
        call.__module__: inspect.signature(call).parameters["seconds"].default
        for call in (telegram.download, media.download)
    }
    assert set(shipped.values()) == {PROMISED_SECONDS}
    proof.tell(shipped_seconds=shipped)
