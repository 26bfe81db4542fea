"""Writes the checked-in listings of the schema anew, after a migration was changed: `python -m tests.store.relist`."""

import asyncio
import tempfile
from pathlib import Path

from store import db
from tests.postgres import Server
from tests.store.catalogue import listing


async def _written(address: str, file: Path) -> None:
    await db.open_database(address)
    try:
        text = await listing()
    finally:
        await db.close_database()
    await asyncio.to_thread(file.write_text, text, encoding="utf-8")


async def main() -> None:
    """Both listings, beside this file."""
    here = Path(__file__).parent
    await _written("sqlite://:memory:", here / "schema.sql")
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))  # gone when nobody holds it any more
        await _written(await server.create(), here / "schema_postgres.sql")


if __name__ == "__main__":
    asyncio.run(main())
