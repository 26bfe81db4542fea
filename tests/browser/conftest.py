"""One Chromium window for all browser tests; each test opens a world of its own in it."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Error, Page, async_playwright

from adapters.sandbox.world import World
from tests.adapters.sandbox.page.conftest import HelpDesk

NAMES = ("chromium", "chromium-browser", "google-chrome")
# A browser of the tests looks nothing up outside this machine.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 5_000


def chromium() -> str:
    """The browser's path; without one the tests skip with a reason, or fail where CI=true."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    reason = f"no Chromium in PATH ({', '.join(NAMES)}); `make browser` installs one"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def window() -> AsyncIterator[Page]:
    """The one browser window; every world has its own port, so nothing is remembered from test to test."""
    path = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        context = await browser.new_context(locale="tr-TR", reduced_motion="reduce")
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        yield page
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path, limits=False)
    await world.start()
    yield world
    await world.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(world: World) -> AsyncIterator[HelpDesk]:
    async with aiohttp.ClientSession() as session:
        yield HelpDesk(world, session)


@pytest_asyncio.fixture(loop_scope="session")
async def page(window: Page, world: World) -> AsyncIterator[Page]:
    """The sandbox's page, open and drawn; an error in its scripts fails the test."""
    errors: list[str] = []

    def note(error: Error) -> None:
        errors.append(str(error))

    window.on("pageerror", note)
    await window.set_viewport_size({"width": 1440, "height": 900})
    await window.goto(world.page_url)
    await window.get_by_text("Ayşe olarak ilk mesajı yazın").wait_for()
    yield window
    await window.goto("about:blank")
    window.remove_listener("pageerror", note)
    assert errors == []
