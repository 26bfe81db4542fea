"""A help desk as shipped, over a database of its own, for measuring from the inside."""

import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from adapters.sandbox.bench.posts import NUMBER_ID
from bot.helpdesk import HelpDesk
from bot.services import levels
from config.bench import paper
from config.clock import SystemClock
from config.door import Door
from config.house import furnished
from config.settings import Settings, load_settings
from store import db

SECRET = "bench-" + "s" * 26
"""What signs the webhooks of a benchmark, where no platform is involved."""


def variables(data: Path, database: str) -> dict[str, str]:
    """The settings of a house whose platforms are of paper."""
    return {
        "GISE_TELEGRAM__TOKEN": "1:bench",
        "GISE_TELEGRAM__AGENT_GROUP_ID": paper.GROUP,
        "GISE_TELEGRAM__CUSTOMERS": "false",
        "GISE_WHATSAPP__TOKEN": "bench",
        "GISE_WHATSAPP__PHONE_NUMBER_ID": NUMBER_ID,
        "GISE_WHATSAPP__APP_SECRET": SECRET,
        "GISE_WHATSAPP__VERIFY_TOKEN": "bench",
        "GISE_DATA_DIR": str(data),
        "GISE_DATABASE__URL": database,
        "GISE_HTTP__PORT": "0",
    }


def settings_of(data: Path, database: str) -> Settings:
    return load_settings(variables(data, database), None)


def file_url(folder: Path, name: str) -> str:
    """The address of a fresh SQLite database."""
    return f"sqlite://{(folder / f'{name}.sqlite3').absolute().as_posix()}"


@contextmanager
def frozen() -> Iterator[None]:
    """As in `gise run` once it is open: what is loaded by now is not looked through again and again."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@asynccontextmanager
async def house(data: Path, database: str) -> AsyncIterator[HelpDesk]:
    """A help desk with the shipped policies; the database is open meanwhile."""
    settings = settings_of(data, database)
    await db.open_database(settings.database_url)
    try:
        channels = {"whatsapp": paper.channel(NUMBER_ID)}
        helpdesk = furnished(settings, paper.desk(NUMBER_ID), channels, Door(clock=SystemClock()))
        await levels.settle(helpdesk)
        with frozen():
            yield helpdesk
    finally:
        await db.close_database()
