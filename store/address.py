"""Addresses of databases: a file of SQLite, or a database of a PostgreSQL server."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from store.dialect import Dialect
from store.errors import UnusableDatabase

FORMS: Final = (
    "sqlite:///folder/gise.sqlite3 or postgres://user:password@host:5432/database (with %23 for # and the like)"
)
_SERVERS: Final = {"postgres", "postgresql"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the data is: `file` (`None` for memory) or `dsn`. `shown` may be printed: it has no password."""

    dialect: Dialect
    file: Path | None = None
    dsn: str = field(default="", repr=False)
    shown: str


def address_of(url: str) -> Address:
    """`sqlite:///file` (absolute), `sqlite://file` (relative), `sqlite://:memory:`, `postgres://…`, `postgresql://…`.

    A PostgreSQL address is libpq's: `?host=/folder` is a unix socket, `?sslmode=require` and the like are kept.
    Raises `UnusableDatabase`; the sentence quotes nothing of the address, which may hold a password.
    """
    scheme, separator, path = url.partition("://")
    if separator and path and scheme == "sqlite":
        file = None if path == ":memory:" else Path(path)
        return Address(dialect=Dialect.SQLITE, file=file, shown=path)
    if separator and path and scheme in _SERVERS:
        try:
            return Address(dialect=Dialect.POSTGRES, dsn=url, shown=_shown(url))
        except ValueError:
            pass  # its words quote parts of the address
    raise UnusableDatabase(f"The database address must look like {FORMS}.")


def passwords_of(url: str) -> set[str]:
    """The password in an address as it is written there and as it is meant, for the log's redaction."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return set()
    written = [parts.password or "", *(value for name, value in _pairs(parts.query) if name == "password")]
    return {word for each in written if each for word in (each, unquote(each))}


def _pairs(query: str) -> list[tuple[str, str]]:
    """Names and values as they are written, nothing decoded."""
    return [(name, value) for name, _, value in (part.partition("=") for part in query.split("&"))]


def _shown(url: str) -> str:
    """Raises ValueError for an address that cannot be taken apart or names no database."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    host = parts.hostname or query.get("host", [""])[0]
    name = parts.path.removeprefix("/") or query.get("dbname", [""])[0]
    port = f":{parts.port}" if parts.port else ""
    if not host or not name or parts.fragment:
        raise ValueError
    return f"{name} on {host}{port}"
