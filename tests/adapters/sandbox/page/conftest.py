"""A world with its page, a visitor who asks the page's control API, and the help desk's side of both platforms."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.sandbox.world import World

AYSE, EMRE = "whatsapp:905550000101", "whatsapp:905550000102"
ZEYNEP, JOHN = "telegram:7001001", "telegram:7001002"
DENIZ, ELIF = "telegram:8001001", "telegram:8001002"
AYSES_NUMBER, ZEYNEPS_ID = "905550000101", 7001001


@dataclass(frozen=True)
class Visitor:
    """Whoever looks at the page and plays its people."""

    http: aiohttp.ClientSession

    async def act(self, **action: Any) -> dict[str, Any]:
        async with self.http.post("/api/act", json=action) as answer:
            body: dict[str, Any] = await answer.json()
            assert answer.status == 200, body
            return body

    async def refused(self, **action: Any) -> str:
        """The sentence with which the page refuses this act."""
        async with self.http.post("/api/act", json=action) as answer:
            assert answer.status == 400
            return str((await answer.json())["error"])

    async def state(self) -> dict[str, Any]:
        async with self.http.get("/api/state") as answer:
            found: dict[str, Any] = await answer.json()
            return found

    async def phone(self, key: str) -> dict[str, Any]:
        phones: list[dict[str, Any]] = (await self.state())["phones"]
        return next(one for one in phones if one["key"] == key)


@dataclass(frozen=True)
class HelpDesk:
    """What the application does: calls of the Bot API and messages through the Graph API."""

    world: World
    http: aiohttp.ClientSession

    async def telegram(self, method: str, **params: Any) -> Any:
        """The result of the call, or the whole body of a refusal."""
        address = f"{self.world.telegram.base_url}/bot{self.world.telegram.token}/{method}"
        async with self.http.post(address, json=params) as answer:
            body = await answer.json()
            return body["result"] if body["ok"] else body

    async def whatsapp(self, **message: Any) -> Any:
        """The answer's body, be it a success or a refusal."""
        server = self.world.whatsapp
        address = f"{server.base_url}/v26.0/{server.phone_number_id}/messages"
        body = {"messaging_product": "whatsapp"} | message
        async with self.http.post(address, json=body, headers={"Authorization": f"Bearer {server.token}"}) as answer:
            return await answer.json()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path, limits=False)
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
async def visitor(world: World) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession(world.page_url) as session:
        yield Visitor(session)


@pytest.fixture
async def desk(world: World) -> AsyncIterator[HelpDesk]:
    async with aiohttp.ClientSession() as session:
        yield HelpDesk(world, session)
