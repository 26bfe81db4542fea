"""Whole stories: the sandbox's servers, the real clients, the unchanged application."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.sandbox.page.cast import AYSE, EMRE, JOHN, ZEYNEP
from adapters.sandbox.players import Phone
from adapters.sandbox.world import World
from config.app import App, opened
from config.settings import Settings, load_settings
from store.dialect import Dialect
from tests.postgres import server
from tests.sqlite import emptied

TODAY = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
"""A Monday noon in Istanbul; stories that begin on a fixed day never meet a new year by surprise."""


@pytest.fixture
def extra() -> dict[str, str]:
    """Further settings of a test module, which overrides this fixture."""
    return {}


@pytest.fixture
def limits() -> bool:
    """Whether the platforms' rate limits are in force; long stories about something else override this fixture."""
    return True


@pytest.fixture
def today() -> datetime:
    """When the story begins; stories about a certain day override this fixture."""
    return TODAY


@pytest.fixture
async def world(tmp_path: Path, limits: bool, today: datetime) -> AsyncIterator[World]:
    """Both platforms with their cast."""
    world = World(tmp_path, limits=limits)
    world.clock.move(today.timestamp() - world.clock.now())
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
async def database(backend: Dialect, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings that name the database."""
    own = tmp_path / "data" / "gise.sqlite3"
    sqlite = backend is Dialect.SQLITE
    return {"GISE_DATABASE__URL": await (emptied(own) if sqlite else server(tmp_path_factory).emptied())}


@pytest.fixture
def settings(world: World, tmp_path: Path, limits: bool, database: dict[str, str], extra: dict[str, str]) -> Settings:
    own = database | {"GISE_DATA_DIR": str(tmp_path / "data"), "GISE_HTTP__PORT": "0"}
    if not limits:
        own["GISE_TELEGRAM__GROUP_WRITES_PER_MINUTE"] = "0"
    return load_settings(world.environment() | own | extra, None)


@pytest.fixture
async def app(world: World, settings: Settings) -> AsyncIterator[App]:
    """Gişe, opened against this world."""
    async with opened(settings) as app:
        world.whatsapp.webhook_url = f"http://127.0.0.1:{app.port}/webhooks/whatsapp"
        yield app


@pytest.fixture
def ayse(world: World, app: App) -> Phone:
    """A customer on WhatsApp whose webhooks carry the phone number."""
    return Phone(world, AYSE.key)


@pytest.fixture
def emre(world: World, app: App) -> Phone:
    """A customer on WhatsApp whose webhooks carry no phone number."""
    return Phone(world, EMRE.key)


@pytest.fixture
def zeynep(world: World, app: App) -> Phone:
    """A customer on Telegram."""
    return Phone(world, ZEYNEP.key)


@pytest.fixture
def john(world: World, app: App) -> Phone:
    """A customer on Telegram who speaks English."""
    return Phone(world, JOHN.key)


@pytest.fixture(params=[EMRE.key, ZEYNEP.key], ids=["whatsapp-no-number", "telegram"])
def customer(request: pytest.FixtureRequest, world: World, app: App) -> Phone:
    """The same story on every channel; on WhatsApp without a phone number, which is the harder case."""
    return Phone(world, request.param)


@pytest.fixture(params=[AYSE.key, ZEYNEP.key], ids=["whatsapp", "telegram"])
def either(request: pytest.FixtureRequest, world: World, app: App) -> Phone:
    """The same story once on WhatsApp and once on Telegram, where the number behind it makes no difference."""
    return Phone(world, request.param)
