"""S3: whatever address a platform names for a file, nobody but the platform is visited or sees a token."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest

from adapters.telegram import download as telegram
from adapters.telegram.api import Api
from adapters.whatsapp import media
from adapters.whatsapp.graph import MEDIA_HOST, Graph
from adapters.whatsapp.pinned import PinnedTransport, is_public
from bot.domain.errors import SendError
from bot.domain.message import Attachment, Kind
from tests.proofs.liars import BOT_TOKEN, MEDIA_ID, TOKEN, Canary, Liar, canary, liar, names, redirecting
from tests.proofs.proof import Proof

LIMIT = 2**20
PUBLIC = "192.0.1.10"
FILE = Attachment(kind=Kind.DOCUMENT, ref="1")

# Ways to write "this machine" or its neighbours; the canary answers to those that lead to loopback.
_HOSTS = """
    127.0.0.1 localhost LOCALHOST localhost. 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001
    [::1] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] 0.0.0.0 0 [::] 127.127.127.127
    10.0.0.1 172.16.0.1 192.168.1.1 100.64.0.1 169.254.169.254 [fe80::1] [fd00::1] [64:ff9b::7f00:1] 2852039166
    metadata.google.internal 169.254.169.254.nip.io lookaside.fbsbx.com.localhost ⑫⑦.⓪.⓪.①
"""
HOSTS = _HOSTS.split()
ODD = [
    "file:///etc/passwd",
    "ftp://127.0.0.1:{port}/x",
    "gopher://127.0.0.1:{port}/_GET",
    "data:text/plain,x",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/x",
    "//127.0.0.1:{port}/x",
    "127.0.0.1:{port}/x",
    "/x",
    "",
    "http://",
    "https://[broken/x",
    "http://127.0.0.1:{port}99999/x",
    f"http://{MEDIA_HOST}/x",
    f"https://{MEDIA_HOST}:{{port}}/x",
    f"https://{MEDIA_HOST}.:{{port}}/x",
    f"https://{MEDIA_HOST}@127.0.0.1:{{port}}/x",
    f"https://user:word@{MEDIA_HOST}/x",
    f"https://{MEDIA_HOST}%00.127.0.0.1.nip.io/x",
    f"https://{MEDIA_HOST}.evil.example/x",
    f"https://evil{MEDIA_HOST}/x",
    f"http://127.0.0.1:{{port}}\\@{MEDIA_HOST}/x",
    f"http://127.0.0.1:{{port}}#@{MEDIA_HOST}/x",
    f"http://127.0.0.1:{{port}}?@{MEDIA_HOST}/x",
    "{base}@127.0.0.1:{port}/x",
    "{base}.127.0.0.1.nip.io/x",
    "http://user@{host}/x",
    "https://{host}/x",
    "http://localhost:{own_port}/x",
]
PATHS = [
    "http://127.0.0.1:{port}/x",
    "//127.0.0.1:{port}/x",
    "@127.0.0.1:{port}/x",
    "\\\\127.0.0.1:{port}\\x",
    "../../../@127.0.0.1:{port}/x",
    "..%2f..%2fx",
    "../../bot/getMe",
    "documents/../../../x",
    "documents/x\r\nHost: 127.0.0.1:{port}",
    "documents/x?to=http://127.0.0.1:{port}",
    "documents/x#http://127.0.0.1:{port}",
    "/etc/passwd",
    "file:///etc/passwd",
    "",
]
# What the resolver may say about Meta's own host.
_REBOUND = f"""
    127.0.0.1; 10.0.0.8; 169.254.169.254; 100.64.0.1; 0.0.0.0; 224.0.0.1; ::1; ::ffff:127.0.0.1; fe80::1%lo; fd00::1
    64:ff9b::7f00:1; 2002:7f00:1::; {PUBLIC} 127.0.0.1; no address; {PUBLIC} ::ffff:10.0.0.1
"""
REBOUND = [[], *(answer.split() for answer in _REBOUND.replace("\n", ";").split(";") if answer.strip())]


@pytest.fixture
async def told() -> AsyncIterator[Liar]:
    async with liar() as made:
        yield made


@pytest.fixture
async def bird() -> AsyncIterator[Canary]:
    async with canary() as made:
        yield made


def corpus(proof: Proof, told: Liar, bird: Canary) -> list[str]:
    """The fixed addresses, and drawn ones made of hostile parts."""
    dice, host = proof.draw(), told.base.removeprefix("http://")
    fixed = [f"{scheme}://{each}:{bird.port}/x" for each in HOSTS for scheme in ("http", "https")]
    fixed += [odd.format(port=bird.port, base=told.base, host=host, own_port=host[10:]) for odd in ODD]
    return fixed + [_drawn(dice, bird.port) for _ in range(proof.size(10, 2000))]


def _drawn(dice: random.Random, port: int) -> str:
    scheme = dice.choice(("http", "https", "HTTP", "hTTps", " http", "http\t"))
    user = dice.choice(("", "", "a@", "a:b@", f"{MEDIA_HOST}@", f"{MEDIA_HOST}:443@", "%40@", "@"))
    where = f":{port}" if dice.random() < 0.8 else dice.choice(("", ":", ":0", ":443", f":{port}0", f":+{port}"))
    slashes = dice.choice(("//", "//", "///", "/", "\\\\"))
    return f"{scheme}:{slashes}{user}{dice.choice(HOSTS)}{where}/x"


async def refused(graph: Graph, folder: Path) -> str:
    """The key of the error that a download must end in, leaving nothing on the disk."""
    with pytest.raises(SendError) as caught:
        await media.download(graph, MEDIA_ID, folder, LIMIT)
    assert names(folder) == []
    return caught.value.key


async def heard_by(bird: Canary) -> int:
    """Knock at the canary by the spellings of loopback that the resolver reads; returns how many those are."""
    spellings = (*HOSTS[:3], *HOSTS[4:11])
    for spelling in spellings:
        reader, writer = await asyncio.open_connection(spelling, bird.port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert b"secret" in await reader.read()
        writer.close()
    return len(spellings)


@pytest.mark.proof("S3")
async def test_no_address_of_a_file_leads_anywhere_else(proof: Proof, told: Liar, bird: Canary, tmp_path: Path) -> None:
    addresses = corpus(proof, told, bird)
    assert await heard_by(bird) == bird.visitors, "an address that is followed is noticed"
    bird.visitors = 0
    graph = Graph(TOKEN, told.base)
    for told.address in addresses:
        assert await refused(graph, tmp_path) == "send-error-media-gone", told.address
    targets = [address for address in addresses[:: proof.size(3, 1)] if address.isprintable()]
    for target in targets:
        told.address, told.serve = f"{told.base}/file", redirecting(target)
        # The client itself refuses to read some of them, which counts as trouble on the way.
        assert await refused(graph, tmp_path) in {"send-error-media-gone", "send-error-network"}, target
    await graph.close()
    assert bird.visitors == 0
    assert {token for _, token in told.visits} == {f"Bearer {TOKEN}"}, "our own server is where redirects came from"
    assert TOKEN.encode() not in bird.said
    assert len(addresses) >= 80
    proof.tell(addresses=len(addresses), redirects=len(targets), strangers_visited=0)


@pytest.mark.proof("S3")
async def test_a_name_that_leads_into_a_private_network_leads_nowhere(
    proof: Proof, told: Liar, bird: Canary, tmp_path: Path
) -> None:
    answer: Sequence[str] = ()
    asked: list[tuple[str, int]] = []

    async def lookup(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return answer

    graph = Graph(TOKEN, told.base, lookup=lookup)
    told.address = f"https://{MEDIA_HOST}/whatsapp/1"
    for answer in REBOUND:
        assert await refused(graph, tmp_path) == "send-error-network", answer
    await graph.close()
    assert asked == [(MEDIA_HOST, 443)] * len(REBOUND)
    assert bird.visitors == 0
    proof.tell(answers_of_the_resolver=len(REBOUND), strangers_visited=0)


@pytest.mark.proof("S3")
async def test_the_address_that_was_checked_is_the_one_connected_to(proof: Proof) -> None:
    """The second look-up would be answered with a private address; there must be none."""
    answers = [[PUBLIC], ["127.0.0.1"]]
    connected: list[tuple[str, str, object]] = []

    async def lookup(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    def take(request: httpx.Request) -> httpx.Response:
        connected.append((request.url.host, request.headers["Host"], request.extensions["sni_hostname"]))
        return httpx.Response(200, content=b"x")

    pinned = PinnedTransport(httpx.MockTransport(take), lookup)
    async with httpx.AsyncClient(mounts={f"https://{MEDIA_HOST}": pinned}) as client:
        await client.get(f"https://{MEDIA_HOST}/whatsapp/1")
        assert connected == [(PUBLIC, MEDIA_HOST, MEDIA_HOST)]
        with pytest.raises(httpx.ConnectError):
            await client.get(f"https://{MEDIA_HOST}/whatsapp/1")
    assert len(connected) == 1
    assert is_public(PUBLIC)
    proof.tell(rebindings=1)


@pytest.mark.proof("S3")
async def test_no_file_path_leads_the_bots_token_elsewhere(
    proof: Proof, told: Liar, bird: Canary, tmp_path: Path
) -> None:
    api = Api(BOT_TOKEN, told.base)
    paths = [path.format(port=bird.port) for path in PATHS]
    redirects = [f"http://{host}:{bird.port}/x" for host in HOSTS[:12]]
    for told.address in paths:
        await unfetched(api, tmp_path, "send-error-media-gone")
    told.address = "documents/file_1"
    for target in redirects:
        told.serve = redirecting(target)
        await unfetched(api, tmp_path, "send-error-media-gone")
    await api.close()
    assert bird.visitors == 0
    under = f"/file/bot{BOT_TOKEN}/"
    assert [path for path, _ in told.visits if not path.startswith(under)] == [], "nothing but the folder of files"
    assert len(told.visits) >= len(redirects)
    proof.tell(file_paths=len(paths), redirects_of_files=len(redirects), strangers_visited=0)


async def unfetched(api: Api, folder: Path, key: str) -> None:
    with pytest.raises(SendError) as caught:
        await telegram.download(api, FILE, folder, LIMIT)
    assert caught.value.key == key
    assert names(folder) == []
