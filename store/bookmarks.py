"""Small facts that outlive the process: a whole number under a name."""

from typing import Final

from store.sql import changed, rows

WRITE: Final = (
    "INSERT INTO bookmark (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_WRITE_NEW: Final = "INSERT INTO bookmark (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING RETURNING name"
_READ: Final = "SELECT value FROM bookmark WHERE name = ?"
_FORGET: Final = "DELETE FROM bookmark WHERE name = ?"


async def write(name: str, value: int) -> None:
    """Keep the value under this name, whatever was there before."""
    await rows(WRITE, name, value)


async def write_new(name: str, value: int) -> bool:
    """Keep the value; false when there is one under this name already, which stays."""
    return bool(await changed(_WRITE_NEW, name, value))


async def read(name: str) -> int | None:
    """The value kept under this name."""
    found = await rows(_READ, name)
    return int(found[0]["value"]) if found else None


async def forget(name: str) -> None:
    """Nothing is kept under this name any more."""
    await rows(_FORGET, name)
