"""A crowd at the door: many new customers, each with ten first messages at once, batched and in parallel."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from adapters.sandbox.players import comes_true
from adapters.sandbox.world import World
from config.app import App, opened
from config.settings import load_settings
from store import inbox
from store.sql import rows

MESSAGES = 10
TOGETHER = 10
AT_ONCE = 50


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Both platforms without their rate limits."""
    world = World(tmp_path, limits=False)
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
async def app(world: World, tmp_path: Path) -> AsyncIterator[App]:
    own = {"GISE_DATA_DIR": str(tmp_path / "data"), "GISE_HTTP__PORT": "0"}
    async with opened(load_settings(world.environment() | own, None)) as app:
        yield app


def bodies(world: World, customers: int) -> Iterator[bytes]:
    """All messages in a shuffled order, ten people's in each webhook."""
    said = [(who, turn) for who in range(customers) for turn in range(MESSAGES)]
    random.Random(11).shuffle(said)
    for start in range(0, len(said), TOGETHER):
        yield _body(world, said[start : start + TOGETHER])


def _body(world: World, said: list[tuple[int, int]]) -> bytes:
    about = {"display_phone_number": "1", "phone_number_id": world.whatsapp.phone_number_id}
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": about,
        "contacts": [
            {"profile": {"name": f"Müşteri {who}"}, "wa_id": _number(who)} for who in {who for who, _ in said}
        ],
        "messages": [_message(world, who, turn) for who, turn in said],
    }
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def _message(world: World, who: int, turn: int) -> dict[str, Any]:
    at = str(int(world.clock.now()))
    about = {"from": _number(who), "id": f"wamid.{who}.{turn}", "timestamp": at, "type": "text"}
    return about | {"text": {"body": f"{who} yazdı, {turn}"}}


def _number(who: int) -> str:
    return f"9055501{who:05d}"


@pytest.mark.parametrize("customers", [100, pytest.param(500, marks=pytest.mark.slow)])
async def test_many_new_customers_with_ten_messages_each_get_one_ticket_each(
    world: World, app: App, customers: int
) -> None:
    slots = asyncio.Semaphore(AT_ONCE)
    address = f"http://127.0.0.1:{app.port}/webhooks/whatsapp"
    async with ClientSession() as http:

        async def post(body: bytes) -> None:
            signed = {"X-Hub-Signature-256": world.whatsapp.webhooks.signature(body)}
            async with slots, http.post(address, data=body, headers=signed) as answer:
                assert answer.status == 200

        await asyncio.gather(*map(post, bodies(world, customers)))
    await comes_true(inbox.idle, "the inbox to be worked off", patience=90.0)
    await _one_ticket_each(customers)


async def _one_ticket_each(customers: int) -> None:
    found = await rows("SELECT number, requester_id FROM ticket ORDER BY id")
    year = found[0]["number"][:4]
    assert [row["number"] for row in found] == [f"{year}-{place:06d}" for place in range(1, customers + 1)]
    assert len({row["requester_id"] for row in found}) == customers
    said = await rows("SELECT ticket_id, content FROM message WHERE author = 'requester'")
    assert len(said) == len({row["content"] for row in said}) == customers * MESSAGES
    owners: dict[str, set[int]] = {}
    for row in said:
        owners.setdefault(json.loads(row["content"])["text"].split()[0], set()).add(row["ticket_id"])
    assert all(len(tickets) == 1 for tickets in owners.values())
    assert len(owners) == customers
