"""Who may talk to the page, what it serves, and how it starts and ends."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from adapters.sandbox.page.routes import STATIC
from adapters.sandbox.world import World
from tests.adapters.sandbox.page.conftest import (
    AYSE,
    ZEYNEP,
    Visitor,
)


async def test_a_file_that_could_run_code_is_only_offered_as_a_download(visitor: Visitor) -> None:
    page = base64.b64encode(b"<script>alert(1)</script>").decode()
    await visitor.act(do="send_file", who=ZEYNEP, kind="document", name="a.html", mime="text/html", data=page)
    address = (await visitor.phone(ZEYNEP))["messages"][-1]["file"]["url"]
    async with visitor.http.get(address) as answer:
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_the_page_answers_to_this_machines_names_only(world: World, visitor: Visitor) -> None:
    port = world.page_url.rsplit(":", 1)[1].strip("/")
    for host, status in ((f"localhost:{port}", 200), (f"gise.example:{port}", 403), ("127.0.0.1.example", 403)):
        async with visitor.http.get("/api/state", headers={"Host": host}) as answer:
            assert answer.status == status, host


async def test_another_site_cannot_act_in_the_visitors_browser(world: World, visitor: Visitor) -> None:
    order = {"do": "clock", "seconds": 60}
    for origin in ("https://example.com", "null", "http://127.0.0.1:1"):
        async with visitor.http.post("/api/act", json=order, headers={"Origin": origin}) as answer:
            assert answer.status == 403, origin
    assert world.clock.offset == 0
    async with visitor.http.post("/api/act", json=order, headers={"Origin": world.page_url.rstrip("/")}) as answer:
        assert answer.status == 200


async def test_the_page_and_its_parts_are_served_with_protective_headers(visitor: Visitor) -> None:
    async with visitor.http.get("/") as answer:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "<title>Gişe" in await answer.text()
    for name, kind in (("app.js", "text/javascript"), ("base.css", "text/css"), ("voice.ogg", "audio/ogg")):
        async with visitor.http.get(f"/static/{name}") as answer:
            assert answer.headers["Content-Type"].startswith(kind)


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-", 206, b"OggS sound"),
        ("bytes=5-7", 206, b"sou"),
        ("bytes=-5", 206, b"sound"),
        ("bytes=50-", 416, b""),
        ("seconds=1", 416, b""),
    ],
)
async def test_a_player_may_ask_for_a_part_of_a_sound(asked: str, status: int, part: bytes, visitor: Visitor) -> None:
    data = base64.b64encode(b"OggS sound").decode()
    await visitor.act(do="send_file", who=ZEYNEP, kind="voice", mime="audio/ogg", data=data)
    address = (await visitor.phone(ZEYNEP))["messages"][-1]["file"]["url"]
    async with visitor.http.get(address, headers={"Range": asked}) as answer:
        assert (answer.status, await answer.read()) == (status, part)


async def test_every_script_is_fetched_at_once(visitor: Visitor) -> None:
    async with visitor.http.get("/") as answer:
        page = await answer.text()
    scripts = {entry.name for entry in STATIC.iterdir() if entry.name.endswith(".js")}
    assert {name for name in scripts if f'href="/static/{name}"' not in page} == {"app.js"}


@pytest.mark.parametrize(
    "path", ["/static/..%2froutes.py", "/static/none.js", "/api/file/telegram/none", "/api/file/fax/1"]
)
async def test_what_does_not_exist_is_not_found(path: str, visitor: Visitor) -> None:
    async with visitor.http.get(path) as answer:
        assert answer.status == 404


async def test_a_change_is_told_to_everyone_who_watches(visitor: Visitor) -> None:
    async with visitor.http.get("/api/events") as first, visitor.http.get("/api/events") as second, asyncio.timeout(5):
        start = [await _ping(stream) for stream in (first, second)]
        await visitor.act(do="say", who=AYSE, text="Merhaba")
        assert all(later > start[0] for later in [await _ping(first), await _ping(second)])


async def _ping(stream: aiohttp.ClientResponse) -> int:
    line = await stream.content.readuntil(b"\n\n")
    return int(line.decode().removeprefix("data: "))


@asynccontextmanager
async def _running(folder: Path) -> AsyncIterator[World]:
    world = World(folder)
    await world.start()
    try:
        yield world
    finally:
        async with asyncio.timeout(5):
            await world.stop()


async def test_an_open_page_does_not_hold_up_the_end(tmp_path: Path) -> None:
    async with aiohttp.ClientSession() as session:
        async with _running(tmp_path) as world:
            stream = await session.get(f"{world.page_url}api/events")
            await _ping(stream)
        assert await stream.content.read() == b""


async def test_the_environment_points_the_application_at_this_world(world: World) -> None:
    environment = world.environment()
    assert environment["GISE_TELEGRAM__API_BASE"] == world.telegram.base_url
    assert environment["GISE_WHATSAPP__API_BASE"] == world.whatsapp.base_url
    assert environment["GISE_TELEGRAM__AGENT_GROUP_ID"] == str(world.telegram.group_id)
    assert environment["GISE_ADMINS"] == "[8001001]"
    assert environment["GISE_CLOCK__OFFSET_FILE"] == str(world.clock.offset_file)
    assert all(environment.values())
