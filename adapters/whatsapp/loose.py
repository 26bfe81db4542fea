"""Reading JSON whose shape nobody guarantees: every accessor has an answer for every type."""

from typing import Any

Json = dict[str, Any]


def mapping(value: object) -> Json:
    """The object itself, or an empty one where something else stands."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[object]:
    """The list itself, or an empty one where something else stands."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """A string as it may be stored, an integer as its digits, otherwise nothing.

    Lone surrogates become question marks and NULs go: neither UTF-8 nor PostgreSQL carries them.
    """
    if not isinstance(value, str):
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
    if value.isascii() and "\x00" not in value:
        return value
    return value.replace("\x00", "").encode(errors="replace").decode()


def number(value: object) -> float | None:
    """A JSON number or its decimal text as a float; `None` for anything else, infinities and NaN included."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        parsed = float(value)
    except (ValueError, OverflowError):
        return None
    return parsed if abs(parsed) < float("inf") else None
