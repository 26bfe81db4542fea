"""Use cases against a real database."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from adapters.telegram.capabilities import CAPABILITIES
from adapters.telegram.parse import Parser
from bot.domain.people import Role
from store import db, desk
from store.dialect import Dialect
from tests.builders import BOSS, DENIZ, ELIF, GROUP, House, house
from tests.fakes import FakeDesk
from tests.postgres import server
from tests.senders import AGENT, EX_AGENT, LEAD, OWNER
from tests.sqlite import emptied


@pytest.fixture(autouse=True)
def log() -> Iterator[list[EventDict]]:
    """What was logged; drawing tracebacks on the terminal would take longer than the tests."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
async def database(tmp_path: Path, backend: Dialect, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    """An open database; the value is the folder for files."""
    own = tmp_path / "gise.sqlite3"
    sqlite = backend is Dialect.SQLITE
    await db.open_database(await (emptied(own) if sqlite else server(tmp_path_factory).emptied()))
    yield tmp_path
    await db.close_database()


@pytest.fixture
def desk_house(database: Path) -> House:
    """A help desk with Telegram and WhatsApp."""
    return house(database)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The operator's own files."""
    own = tmp_path / "own"
    own.mkdir()
    return own


@pytest.fixture
async def led_house(desk_house: House) -> House:
    """A house with an agent, a lead and an admin who wrote in the group before."""
    for number, who in ((900_001, ELIF), (900_002, DENIZ), (900_000, BOSS)):
        await desk.seen(number, who.name, who.username)
    await desk.set_role(900_002, Role.LEAD)
    return desk_house


@pytest.fixture
async def strict_house(database: Path) -> House:
    """A house whose Telegram reads raw updates, with one person of every standing."""
    built = house(database)
    parser = Parser(bot_id=42, groups=[GROUP], now=built.clock.now, username="gise_bot")
    built = house(database, telegram=FakeDesk("telegram", CAPABILITIES, GROUP, read=parser.parse))
    for user_id in (OWNER, LEAD, AGENT, EX_AGENT):
        await desk.seen(user_id, f"Kişi {user_id}", "")
    await desk.seen(910_009, "Vekil", "vekil")
    await desk.set_role(OWNER, Role.OWNER)
    await desk.set_role(LEAD, Role.LEAD)
    await desk.set_role(AGENT, Role.AGENT)
    await desk.set_role(EX_AGENT, Role.ADMIN)
    await desk.set_present(EX_AGENT, False)
    return built
