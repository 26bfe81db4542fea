"""Fresh databases, one for each round."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from config.bench.houses import file_url
from config.bench.scope import Scope


class Databases:
    """SQLite files in the scope's folder or, where a server's address is given, databases on that PostgreSQL."""

    def __init__(self, scope: Scope, server: str = "") -> None:
        self._scope = scope
        self._server = server
        self._made: list[str] = []

    @property
    def kind(self) -> str:
        return "PostgreSQL" if self._server else "SQLite"

    async def fresh(self, name: str) -> str:
        """The address of an empty database."""
        if not self._server:
            return file_url(self._scope.folder, name)
        database = f"gise_bench_{name.replace('-', '_')}"
        await asked(self._server, f'DROP DATABASE IF EXISTS "{database}"', f'CREATE DATABASE "{database}"')
        self._made.append(database)
        return urlsplit(self._server)._replace(path=f"/{database}").geturl()

    async def version(self) -> str:
        """What the server calls itself."""
        return str((await asked(self._server, "SHOW server_version"))[0])

    async def drop(self) -> None:
        """Leave nothing on the server."""
        if self._made:
            await asked(self._server, *(f'DROP DATABASE IF EXISTS "{name}"' for name in self._made))


@asynccontextmanager
async def databases(scope: Scope, server: str = "") -> AsyncIterator[Databases]:
    """Databases that are gone afterwards, where they do not stand in the scope's folder."""
    made = Databases(scope, server)
    try:
        yield made
    finally:
        await made.drop()


async def asked(address: str, *statements: str) -> list[object]:
    """The first value of each statement, on a PostgreSQL database, beside whoever works there."""
    import asyncpg

    connection = await asyncpg.connect(address)
    try:
        return [await connection.fetchval(statement) for statement in statements]
    finally:
        await connection.close()
