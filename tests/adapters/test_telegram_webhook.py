"""Telegram's webhook: who may knock, and what is answered when."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.telegram.lanes import UNPARSED
from adapters.telegram.updates import WEBHOOK_HEADER, webhook_route
from bot.ports import Item

PAYLOADS = Path(__file__).parent / "payloads" / "telegram"
SECRET = "a-secret_7"
UPDATE = b'{"update_id": 9, "message": {"chat": {"id": 7, "type": "private"}}}'


@dataclass
class Door:
    """The route behind a real server, and the store behind the route."""

    items: list[Item] = field(default_factory=list)
    broken: bool = False
    client: TestClient[web.Request, web.Application] = field(init=False)

    async def accept(self, items: Sequence[Item], cursor: int | None = None) -> None:
        if self.broken or cursor is not None:
            raise OSError("disk full")
        self.items += items

    async def post(self, body: bytes, secret: str | None = SECRET) -> int:
        headers = {} if secret is None else {WEBHOOK_HEADER: secret}
        async with self.client.post("/webhooks/telegram", data=body, headers=headers) as response:
            return response.status


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    app = web.Application()
    app.router.add_post("/webhooks/telegram", webhook_route(SECRET, door.accept, 4242))
    async with TestClient(TestServer(app)) as door.client:
        yield door


async def test_an_update_is_stored_as_it_came_and_acknowledged(door: Door) -> None:
    assert await door.post(UPDATE) == 200
    assert door.items == [Item(channel="telegram", key="4242:9", lane="tg:7", raw=UPDATE)]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "şifre"])
async def test_without_the_right_secret_nothing_is_stored(door: Door, secret: str | None) -> None:
    assert await door.post(UPDATE, secret) == 401
    assert door.items == []


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[1]", b"null", b'{"message": 1}', b"[" * 100_000])
async def test_a_senseless_body_with_the_right_secret_is_kept_and_acknowledged(door: Door, body: bytes) -> None:
    assert await door.post(body) == 200
    key = hashlib.sha256(body).hexdigest()
    assert door.items == [Item(channel="telegram", key=key, lane=UNPARSED, raw=body)]


async def test_what_could_not_be_stored_is_not_acknowledged(door: Door) -> None:
    door.broken = True
    assert await door.post(UPDATE) == 500
    door.broken = False
    assert await door.post(UPDATE) == 200


async def test_every_recorded_payload_is_stored_and_acknowledged(door: Door) -> None:
    bodies = [path.read_bytes() for path in sorted(PAYLOADS.glob("*.json"))]
    assert [await door.post(body) for body in bodies] == [200] * len(bodies)
    assert [item.raw for item in door.items] == bodies


def test_a_webhook_without_a_secret_is_not_built() -> None:
    with pytest.raises(ValueError, match="secret"):
        webhook_route("", Door().accept, 4242)
