"""One SQL text for SQLite and PostgreSQL: its parameters and macros, put into the words of either."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Dialect(StrEnum):
    """A database we speak to; the value is also the name of Tortoise's connection.

    Tortoise caches SQL by connection name and table, so the two may not share one name in one process.
    """

    SQLITE = "sqlite"
    POSTGRES = "postgres"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialects:
    """A statement that cannot be one for both; each half is written by the same rules."""

    sqlite: str
    postgres: str


Statement = str | Dialects

_TOKEN: Final = re.compile(
    r"(?P<kept>'(?:[^']|'')*'|--[^\n]*)"
    r"|\b(?P<macro>texts|numbers|positions|entries)\(\s*\?(?P<of>\d*)\s*\)"
    r"|\s*\b(?P<lock>skip_locked)\(\)"
    r"|\?(?P<number>\d*)"
)
_SQLITE: Final = {
    "texts": "(SELECT value FROM json_each({}))",
    "numbers": "(SELECT value FROM json_each({}))",
    "positions": "json_each({})",
    "entries": "json_each({})",
}
_POSTGRES: Final = {
    "texts": "(SELECT json_array_elements_text({}::json))",
    "numbers": "(SELECT json_array_elements_text({}::json)::bigint)",
    "positions": "(SELECT place - 1 AS key, value FROM json_array_elements_text({}::json) WITH ORDINALITY "
    "AS one (value, place))",
    "entries": "(SELECT key, value::bigint AS value FROM json_each_text({}::json))",
}


@lru_cache(maxsize=1024)
def spoken(statement: Statement, dialect: Dialect) -> str:
    """The statement as this database understands it."""
    if dialect is Dialect.SQLITE:
        return _TOKEN.sub(_in_sqlite, statement.sqlite if isinstance(statement, Dialects) else statement)
    counted = 0

    def in_postgres(found: re.Match[str]) -> str:
        nonlocal counted
        if found["kept"]:
            return found["kept"]
        if found["lock"]:
            return " FOR UPDATE SKIP LOCKED"
        number = found["of"] or found["number"]
        if not number:
            counted += 1
        parameter = f"${number or counted}"
        return _POSTGRES[found["macro"]].format(parameter) if found["macro"] else parameter

    return _TOKEN.sub(in_postgres, statement.postgres if isinstance(statement, Dialects) else statement)


def _in_sqlite(found: re.Match[str]) -> str:
    if found["macro"]:
        return _SQLITE[found["macro"]].format(f"?{found['of']}")
    return "" if found["lock"] else found[0]
