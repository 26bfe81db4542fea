"""What the open database says of its own schema, in the same words for SQLite and PostgreSQL."""

import re
from typing import Final, NamedTuple

from store.dialect import Dialect
from store.sql import Dialects, dialect, rows

_TABLES: Final = Dialects(
    sqlite="SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    postgres="SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
)
_COLUMNS: Final = Dialects(
    sqlite='SELECT name, type, "notnull" OR pk AS required FROM pragma_table_info(?) ORDER BY cid',
    postgres="""
SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS required FROM pg_attribute
WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped ORDER BY attnum""",
)
_INDEXES: Final = Dialects(
    sqlite="SELECT name, tbl_name AS place, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    postgres="""
SELECT relname AS name, indrelid::regclass::text AS place, pg_get_indexdef(indexrelid) AS sql FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
WHERE relnamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))""",
)
_SQLITE: Final = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'sqlite_sequence' ORDER BY name"
_DEFAULTS: Final = """
SELECT attname AS name, attidentity <> '' AS identity, pg_get_expr(adbin, adrelid) AS value FROM pg_attribute
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = to_regclass(?) AND attnum > 0"""
_CONSTRAINTS: Final = """
SELECT pg_get_constraintdef(oid) AS sql FROM pg_constraint
WHERE conrelid = to_regclass(?) AND contype <> 'n' ORDER BY contype, conname"""
_TRIGGERS: Final = """
SELECT pg_get_triggerdef(oid) AS sql FROM pg_trigger WHERE tgrelid = to_regclass(?) AND NOT tgisinternal
ORDER BY tgname"""
_FUNCTIONS: Final = """
SELECT pg_get_functiondef(oid) AS sql FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY proname"""


class Column(NamedTuple):
    """`type` is TEXT, NUMBER, TRUTH or BYTES; SQLite keeps truth values as numbers."""

    type: str
    required: bool


_TYPES: Final = {
    "TEXT": "TEXT",
    "INTEGER": "NUMBER",
    "BLOB": "BYTES",
    "text": "TEXT",
    "bigint": "NUMBER",
    "boolean": "TRUTH",
    "bytea": "BYTES",
}


async def tables() -> list[str]:
    return [row["name"] for row in await rows(_TABLES)]


async def columns(table: str) -> dict[str, Column]:
    """The columns in their order."""
    return {row["name"]: Column(_TYPES[row["type"]], bool(row["required"])) for row in await rows(_COLUMNS, table)}


async def indexes() -> dict[str, str]:
    """Indexes that have a name of ours, and what each is on: `UNIQUE outbox (coalesce_key) WHERE …` without `…`."""
    return {row["name"]: _gist(row["place"], row["sql"]) for row in await rows(_INDEXES)}


def _gist(place: str, sql: str) -> str:
    on = re.search(r"\(([^)]*)\)", sql)
    unique = "UNIQUE " if sql.startswith("CREATE UNIQUE") else ""
    partial = " WHERE" if " WHERE " in sql else ""
    return f"{unique}{place} ({on[1] if on else ''}){partial}"


async def words(table: str, column: str) -> set[str] | None:
    """The only values a column of words may have; `None` where it may have any."""
    scripts = await rows(_CONSTRAINTS if dialect() is Dialect.POSTGRES else _SQLITE_TABLE, table)
    for script in scripts:
        found = re.search(rf"\b{column}\b (?:IN \(([^)]*)\)|= ANY \(ARRAY\[([^\]]*)\])", script["sql"])
        if found:
            return set(re.findall(r"'(\w+)'", found[1] or found[2]))
    return None


_SQLITE_TABLE: Final = "SELECT sql FROM sqlite_master WHERE name = ?"


async def listing() -> str:
    """Everything there is, to be compared with the checked-in file."""
    if dialect() is Dialect.SQLITE:
        return "".join(f"{row['sql']};\n\n" for row in await rows(_SQLITE))
    pages = [await _page(table) for table in await tables()]
    named = [row["sql"] for row in sorted(await rows(_INDEXES), key=lambda row: str(row["name"]))]
    functions = [row["sql"] for row in await rows(_FUNCTIONS)]
    return "\n".join([*pages, *named, "", *functions])


async def _page(table: str) -> str:
    """A table of PostgreSQL: columns with types, defaults and necessity, constraints, triggers."""
    defaults = {row["name"]: row for row in await rows(_DEFAULTS, table)}
    lines = [f"{table}:"]
    for row in await rows(_COLUMNS, table):
        default = defaults[row["name"]]
        value = "identity" if default["identity"] else default["value"]
        needed = " NOT NULL" if row["required"] else ""
        lines.append(f"    {row['name']} {row['type']}{needed}" + (f" DEFAULT {value}" if value else ""))
    lines += [f"    {row['sql']}" for row in await rows(_CONSTRAINTS, table)]
    lines += [f"    {row['sql']}" for row in await rows(_TRIGGERS, table)]
    return "\n".join([*lines, ""])
