"""The endpoint Meta talks to, over real HTTP: signed bodies are stored and answered 200, anything else is not."""

import gzip
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from adapters.web import BODY_LIMIT
from adapters.whatsapp.signature import HEADER, sign
from adapters.whatsapp.split import split
from adapters.whatsapp.webhook import challenge, receive
from bot.ports import Item

FOLDER = Path(__file__).parent / "payloads" / "whatsapp"
SECRET, OLD_SECRET, TOKEN = "app-secret", "last-years-secret", "verify-ğ-token"
RECORDED = {path.stem: path.read_bytes() for path in FOLDER.glob("*.json")}
BODY = RECORDED["text"]


@dataclass
class Door:
    """The address of a running endpoint, what it stored, and whether its store is down."""

    url: str = ""
    stored: list[Item] = field(default_factory=list)
    broken: bool = False

    async def accept(self, items: list[Item]) -> None:
        if self.broken:
            raise OSError("disk full")
        self.stored += items


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    app = web.Application(client_max_size=BODY_LIMIT)
    app.router.add_get("/webhooks/whatsapp", challenge(TOKEN))
    app.router.add_post("/webhooks/whatsapp", receive([SECRET, OLD_SECRET], door.accept))
    runner = web.AppRunner(app, auto_decompress=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/whatsapp"
    yield door
    await runner.cleanup()


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


async def post(http: ClientSession, door: Door, body: bytes, headers: dict[str, str] | None = None) -> int:
    headers = {HEADER: sign(SECRET, body)} if headers is None else headers
    async with http.post(door.url, data=io.BytesIO(body), headers=headers) as answer:
        return answer.status


async def test_every_recorded_body_is_stored_and_its_forgery_is_not(http: ClientSession, door: Door) -> None:
    for name, body in RECORDED.items():
        door.stored.clear()
        assert (await post(http, door, body, {HEADER: sign("guessed", body)}), door.stored) == (401, []), name
        assert (await post(http, door, body), door.stored) == (200, split(body)), name


FORGERIES = {
    "missing": [],
    "empty": [(HEADER, "")],
    "wrong": [(HEADER, "sha256=" + "0" * 64)],
    "bare": [(HEADER, sign(SECRET, BODY).removeprefix("sha256="))],
    "short": [(HEADER, sign(SECRET, BODY)[:-1])],
    "long": [(HEADER, sign(SECRET, BODY) + "0")],
    "upper case": [(HEADER, sign(SECRET, BODY).upper())],
    "upper case digits": [(HEADER, "sha256=" + sign(SECRET, BODY).removeprefix("sha256=").upper())],
    "sha1": [(HEADER, "sha1=" + "0" * 40), ("X-Hub-Signature", "sha1=" + "0" * 40)],
    "not ASCII": [(HEADER, "sha256=ışık" + "0" * 60)],
    "doubled": [(HEADER, sign(SECRET, BODY)), (HEADER, sign(SECRET, BODY))],
    "of another body": [(HEADER, sign(SECRET, BODY + b" "))],
    "in another header": [("X-Hub-Signature", sign(SECRET, BODY))],
}


@pytest.mark.parametrize("headers", FORGERIES.values(), ids=FORGERIES.keys())
async def test_a_bad_signature_is_refused_and_nothing_stored(
    http: ClientSession, door: Door, headers: list[tuple[str, str]]
) -> None:
    async with http.post(door.url, data=BODY, headers=headers) as answer:
        assert answer.status == 401
    assert door.stored == []
    assert await post(http, door, BODY) == 200


async def test_both_secrets_hold_while_one_replaces_the_other(http: ClientSession, door: Door) -> None:
    assert await post(http, door, BODY, {HEADER: sign(OLD_SECRET, BODY)}) == 200
    assert len(door.stored) == 1


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[" * 50_000, b"\xff\x00", b'{"entry": [{"changes": [NaN]}]}'])
async def test_signed_nonsense_is_stored_too(http: ClientSession, door: Door, body: bytes) -> None:
    assert await post(http, door, body) == 200
    assert door.stored == split(body)
    assert len(door.stored) == 1


async def test_an_empty_batch_is_thanked_for(http: ClientSession, door: Door) -> None:
    door.broken = True
    assert await post(http, door, b'{"object": "whatsapp_business_account", "entry": []}') == 200


async def test_no_200_without_a_commit(http: ClientSession, door: Door) -> None:
    door.broken = True
    assert await post(http, door, BODY) == 500
    door.broken = False
    assert await post(http, door, BODY) == 200
    assert len(door.stored) == 1


async def test_a_body_of_almost_4_mib_is_taken_and_a_larger_one_refused(http: ClientSession, door: Door) -> None:
    text = json.loads(BODY)
    text["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"] = "x" * (BODY_LIMIT - 4096)
    large = json.dumps(text).encode()
    assert await post(http, door, large) == 200
    assert await post(http, door, large + b" " * 8192) == 413
    assert len(door.stored) == 1


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, identity"])
async def test_an_encoded_body_is_refused(http: ClientSession, door: Door, encoding: str) -> None:
    packed = gzip.compress(BODY)
    headers = {HEADER: sign(SECRET, BODY), "Content-Encoding": encoding}
    assert await post(http, door, packed, headers) == 415
    assert door.stored == []
    assert await post(http, door, BODY) == 200


async def test_an_identity_encoding_is_none(http: ClientSession, door: Door) -> None:
    assert await post(http, door, BODY, {HEADER: sign(SECRET, BODY), "Content-Encoding": "identity"}) == 200


async def test_the_handshake_echoes_the_challenge_as_plain_text(http: ClientSession, door: Door) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": "<b>1158201444</b>"}
    async with http.get(door.url, params=query) as answer:
        assert (answer.status, answer.content_type, await answer.text()) == (200, "text/plain", "<b>1158201444</b>")


@pytest.mark.parametrize(
    "change",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.mode": None},
        {"hub.verify_token": "guess"},
        {"hub.verify_token": ""},
        {"hub.verify_token": None},
        {"hub.challenge": None},
    ],
)
async def test_a_handshake_with_anything_wrong_is_refused(
    http: ClientSession, door: Door, change: dict[str, str | None]
) -> None:
    right = {"hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": "1"}
    query = {key: value for key, value in (right | change).items() if value is not None}
    async with http.get(door.url, params=query) as answer:
        assert answer.status == 403


async def test_a_handshake_of_broken_bytes_is_refused(http: ClientSession, door: Door) -> None:
    async with http.get(f"{door.url}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=%FF%ED%A0%80") as answer:
        assert answer.status == 403


@pytest.mark.parametrize("secrets", [[], [""], [SECRET, ""]])
def test_no_start_without_a_secret(secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="app secret"):
        receive(secrets, Door().accept)


def test_no_start_without_a_verify_token() -> None:
    with pytest.raises(ValueError, match="verify token"):
        challenge("")
