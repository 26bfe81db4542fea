"""`gise run` between the sandbox's platforms, for measuring from the outside."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import asdict, dataclass
from pathlib import Path

from adapters.sandbox.bench.children import Child
from adapters.sandbox.bench.generator import Order, Outcome
from adapters.sandbox.bench.posts import Mail
from adapters.sandbox.bench.program import Program, free_port
from config.bench.scope import Scope

ENTRY = "config.cli:main"
SERVER, OTHERS = 0, 1
"""Which processor the program has to itself, and which everybody else shares."""

_LEFT = "SELECT count(*) FROM inbox WHERE state IN ('waiting', 'claimed')"


@dataclass(slots=True, kw_only=True)
class Site:
    """The platforms, somebody who posts, and what a program there is told."""

    folder: Path
    environment: dict[str, str]
    poster: Child

    @property
    def database(self) -> Path:
        return self.folder / "data" / "gise.sqlite3"

    @property
    def mail(self) -> Mail:
        return Mail(
            secret=self.environment["GISE_WHATSAPP__APP_SECRET"],
            number_id=self.environment["GISE_WHATSAPP__PHONE_NUMBER_ID"],
            account_id=self.environment["GISE_WHATSAPP__BUSINESS_ACCOUNT_ID"],
        )

    @property
    def port(self) -> int:
        return int(self.environment["GISE_HTTP__PORT"])

    async def starts(self, *, core: int = SERVER, **told: str) -> Program:
        """One process of the program; `told` are settings of its own."""
        return await Program.start(ENTRY, "run", {**self.environment, **told}, self.folder, core=core)

    def order(
        self, requests: int, prefix: str, *, people: int, connections: int = 64, rate: float = 0.0, port: int = 0
    ) -> Order:
        """Messages of these people to this program."""
        mail = self.mail
        return Order(
            port=port or self.port,
            connections=connections,
            requests=requests,
            secret=mail.secret,
            prefix=prefix,
            people=people,
            rate=rate,
            number_id=mail.number_id,
            account_id=mail.account_id,
        )

    def left(self) -> int:
        """How many items are not worked off."""
        return int(looked_up(self.database, _LEFT)[0][0])


@asynccontextmanager
async def site(scope: Scope, name: str, people: int) -> AsyncIterator[Site]:
    """Platforms with so many customers of WhatsApp, in a folder of their own."""
    folder = scope.folder / name
    folder.mkdir()
    async with AsyncExitStack() as stack:
        platforms = await Child.start("adapters.sandbox.bench.platforms", str(folder), str(people), core=OTHERS)
        stack.push_async_callback(platforms.close)
        poster = await Child.start("adapters.sandbox.bench.generator", core=OTHERS)
        stack.push_async_callback(poster.close)
        environment = {
            **platforms.told["environment"],
            "GISE_TELEGRAM__GROUP_WRITES_PER_MINUTE": "0",
            "GISE_DATA_DIR": str(folder / "data"),
            "GISE_HTTP__PORT": str(free_port()),
            "GISE_LOG__LEVEL": "ERROR",
        }
        yield Site(folder=folder, environment=environment, poster=poster)


async def posted(site: Site, order: Order) -> Outcome:
    """Carry an order out."""
    return Outcome.of(await site.poster.asks(asdict(order)))


def looked_up(file: Path, statement: str) -> list[tuple[int, ...]]:
    """Read beside the running program."""
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=10.0)) as connection:
        return connection.execute(statement).fetchall()
