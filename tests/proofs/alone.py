"""`gise run` in a process of its own between the sandbox's platforms: what it needs can be told from what they need."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from adapters.sandbox.bench.program import free_port
from adapters.sandbox.world import World
from tests.proofs.letters import Letters
from tests.proofs.outage import Reader, mail_of
from tests.proofs.processes import Gise, born, client

MOST_ERRORS = 30
"""So many lines of the log tell of one trouble; who tells of it at every try fills the log's disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """A running Gişe, the platforms around it, and who writes to it. `reader` looks into SQLite's `file`."""

    world: World
    gise: Gise
    file: Path
    letters: Letters
    log: Path
    reader: Reader | None

    @property
    def errors(self) -> int:
        """How often the log has told of one so far."""
        return len(re.findall(r"^\S+ \[error ", self.log.read_text(), flags=re.MULTILINE))


@asynccontextmanager
async def alone(folder: Path, data: Path, url: str = "") -> AsyncIterator[Alone]:
    """Up and well; killed at the end. `data` is where its files are, and without `url` its SQLite database."""
    world = World(folder, limits=False)
    await world.start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(world.stop)
        environment = _environment(world, data) | ({"GISE_DATABASE__URL": url} if url else {})
        gise = await born(environment, folder)
        stack.push_async_callback(gise.kill)
        http = await stack.enter_async_context(client())
        await gise.first_taken(http, b"{}")
        await gise.is_up(http)
        file = data / "gise.sqlite3"
        reader = None if url else stack.enter_context(closing(Reader(file)))
        letters = Letters(mail=mail_of(environment), doors=(gise.port,), stored=reader)
        await stack.enter_async_context(letters)
        yield Alone(world=world, gise=gise, file=file, letters=letters, log=folder / "gise.log", reader=reader)


def _environment(world: World, data: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        **world.environment(),
        "GISE_DATA_DIR": str(data),
        "GISE_HTTP__PORT": str(free_port()),
        "GISE_LOG__LEVEL": "ERROR",
        "GISE_TELEGRAM__GROUP_WRITES_PER_MINUTE": "0",
    }
