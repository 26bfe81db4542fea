"""Downloading what customers send: by id, bounded, to a random name, and with our token to the right host only."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.faults import error, html_502, reset_after
from adapters.sandbox.whatsapp import WhatsAppServer
from adapters.whatsapp.channel import WhatsAppChannel
from bot.domain.errors import Reach, SendError
from bot.domain.message import Attachment, Kind

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4096
LIMIT = 2 * 2**20


@pytest.fixture
async def graph(tmp_path: Path) -> AsyncIterator[WhatsAppServer]:
    server = WhatsAppServer(SandboxClock(tmp_path / "clock"), Changes())
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def channel(graph: WhatsAppServer) -> AsyncIterator[WhatsAppChannel]:
    channel = WhatsAppChannel(graph.token, graph.phone_number_id, api_base=graph.base_url)
    yield channel
    await channel.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "media").mkdir()
    return tmp_path / "media"


def received(graph: WhatsAppServer, data: bytes = PNG) -> Attachment:
    media_id = graph.media.receive(data, "image/png", "ekran.png")
    return Attachment(kind=Kind.PHOTO, ref=media_id, name="../../ekran.png", mime="image/png")


async def failure(channel: WhatsAppChannel, attachment: Attachment, folder: Path, limit: int = LIMIT) -> SendError:
    before = files(folder)
    with pytest.raises(SendError) as caught:
        await channel.fetch(attachment, folder, limit)
    assert files(folder) == before
    return caught.value


def files(folder: Path) -> set[Path]:
    return set(folder.iterdir())


async def test_a_file_lands_under_a_random_name(graph: WhatsAppServer, channel: WhatsAppChannel, folder: Path) -> None:
    first = await channel.fetch(received(graph), folder, LIMIT)
    second = await channel.fetch(received(graph), folder, LIMIT)
    assert first.path.read_bytes() == PNG
    assert first.path.parent == second.path.parent == folder
    assert first.path.name != second.path.name
    assert (first.size, first.sha256, first.mime) == (len(PNG), hashlib.sha256(PNG).hexdigest(), "image/png")


async def test_the_type_is_sniffed_not_believed(graph: WhatsAppServer, channel: WhatsAppChannel, folder: Path) -> None:
    assert (await channel.fetch(received(graph, b"MZ" + b"\0" * 300), folder, LIMIT)).mime != "image/png"
    assert (await channel.fetch(received(graph, b"plain words"), folder, LIMIT)).mime == ""


async def test_an_empty_file_is_a_file(graph: WhatsAppServer, channel: WhatsAppChannel, folder: Path) -> None:
    assert (await channel.fetch(received(graph, b""), folder, LIMIT)).size == 0


async def test_a_large_file_is_not_even_asked_for(
    graph: WhatsAppServer, channel: WhatsAppChannel, folder: Path
) -> None:
    told = await failure(channel, received(graph), folder, limit=len(PNG) - 1)
    assert (told.key, told.certain, told.retryable) == ("send-error-too-large", True, False)
    assert [call.method for call in graph.calls] == ["media_url"]


async def test_an_expired_address_is_asked_for_once_more(
    graph: WhatsAppServer, channel: WhatsAppChannel, folder: Path
) -> None:
    graph.faults.add("download", error(404, ""))
    assert (await channel.fetch(received(graph), folder, LIMIT)).size == len(PNG)
    graph.faults.add("download", error(404, ""), times=2)
    assert (await failure(channel, received(graph), folder)).key == "send-error-media-gone"


@pytest.mark.parametrize("ref", ["", "999", "../100000000000001", "100000000000001/messages", "a?b=c#d"])
async def test_an_unknown_id_is_gone(channel: WhatsAppChannel, folder: Path, ref: str) -> None:
    told = await failure(channel, Attachment(kind=Kind.PHOTO, ref=ref), folder)
    assert (told.key, told.retryable) == ("send-error-media-gone", False)


async def test_trouble_on_the_way_is_worth_another_try(
    graph: WhatsAppServer, channel: WhatsAppChannel, folder: Path
) -> None:
    for call in ("media_url", "download"):
        for outcome in (html_502(), reset_after(), error(503, "")):
            graph.faults.add(call, outcome)
            told = await failure(channel, received(graph), folder)
            assert (told.certain, told.retryable) == (True, True)


async def test_a_revoked_token_stops_the_channel(graph: WhatsAppServer, channel: WhatsAppChannel, folder: Path) -> None:
    graph.faults.add("download", error(401, ""))
    assert (await failure(channel, received(graph), folder)).reach is Reach.CHANNEL


async def test_a_folder_that_is_gone_is_trouble(graph: WhatsAppServer, channel: WhatsAppChannel, folder: Path) -> None:
    with pytest.raises(SendError) as caught:
        await channel.fetch(received(graph), folder / "gone", LIMIT)
    assert caught.value.retryable


class Liar:
    """A Graph server that names any download address, and a canary that counts its visitors."""

    def __init__(self) -> None:
        self.url = ""
        self.visits: list[str] = []
        self.file: web.StreamResponse | None = None
        self.redirect = ""

    async def describe(self, _request: web.Request) -> web.Response:
        return web.json_response({"url": self.url, "id": "1"})

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self.redirect:
            raise web.HTTPFound(self.redirect)
        answer = web.StreamResponse(headers={"Content-Encoding": request.query.get("encoding", "identity")})
        await answer.prepare(request)
        for _ in range(64):
            await answer.write(b"x" * 65536)
        return answer

    async def canary(self, request: web.Request) -> web.Response:
        self.visits.append(request.headers.get("Authorization", ""))
        return web.Response(body=b"secret")


@pytest.fixture
async def liar() -> AsyncIterator[tuple[Liar, str, str]]:
    liar = Liar()
    graph, canary = web.Application(), web.Application()
    graph.router.add_get("/v26.0/1", liar.describe)
    graph.router.add_get("/file", liar.serve)
    canary.router.add_get("/{path:.*}", liar.canary)
    runners = [web.AppRunner(app) for app in (graph, canary)]
    for runner in runners:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
    base, other = (f"http://127.0.0.1:{runner.addresses[0][1]}" for runner in runners)
    yield liar, base, other
    for runner in runners:
        await runner.cleanup()


async def liars_failure(liar: Liar, base: str, url: str, folder: Path) -> SendError:
    liar.url = url
    channel = WhatsAppChannel("EAACANARY", "2", api_base=base)
    told = await failure(channel, Attachment(kind=Kind.PHOTO, ref="1"), folder)
    await channel.close()
    return told


@pytest.mark.parametrize(
    "address",
    [
        "{other}/x",
        "http://localhost:{port}/x",
        "http://lookaside.fbsbx.com/x",
        "http://127.0.0.1@{host}/x",
        "https://lookaside.fbsbx.com@{host}/x",
        "https://lookaside.fbsbx.com.{host}/x",
        "https://lookaside.fbsbx.com:{port}/x",
        "https://user@lookaside.fbsbx.com/x",
        "{other}\\@lookaside.fbsbx.com/x",
        "http://[::1]:{port}/x",
        "http://[::ffff:127.0.0.1]:{port}/x",
        "http://2130706433:{port}/x",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "//{host}/x",
        "http://[broken/x",
        "",
    ],
)
async def test_no_other_host_is_visited(liar: tuple[Liar, str, str], folder: Path, address: str) -> None:
    server, base, other = liar
    host = other.removeprefix("http://")
    told = await liars_failure(server, base, address.format(other=other, host=host, port=host[-5:]), folder)
    assert (told.key, told.retryable) == ("send-error-media-gone", False)
    assert server.visits == []


async def test_no_redirect_leads_off_the_list(liar: tuple[Liar, str, str], folder: Path) -> None:
    server, base, other = liar
    server.redirect = f"{other}/x"
    assert (await liars_failure(server, base, f"{base}/file", folder)).key == "send-error-media-gone"
    server.redirect = f"{base}/file"
    assert "redirects" in (await liars_failure(server, base, f"{base}/file", folder)).detail
    assert server.visits == []


async def test_a_file_that_does_not_end_is_cut_off(liar: tuple[Liar, str, str], folder: Path) -> None:
    server, base, _ = liar
    assert (await liars_failure(server, base, f"{base}/file", folder)).key == "send-error-too-large"


async def test_a_packed_file_is_not_unpacked(liar: tuple[Liar, str, str], folder: Path) -> None:
    server, base, _ = liar
    assert (await liars_failure(server, base, f"{base}/file?encoding=gzip", folder)).key == "send-error-media-gone"
