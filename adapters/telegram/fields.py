"""Tolerant reading of Telegram's JSON: what has the wrong type counts as missing, so nothing here raises.

Telegram adds fields and kinds several times a year; models of today's shapes would lose tomorrow's messages.
"""

import math
from collections.abc import Mapping
from typing import TypeGuard

from adapters import loose_json
from bot.domain.errors import Unparsable

Json = Mapping[str, object]

_NOTHING: Json = {}
# "At most 52 significant bits" (Bot API, on every 64-bit id and size).
_LARGEST = 2**52


def is_object(value: object) -> TypeGuard[Json]:
    """A JSON object, as opposed to a list, a text, a number …"""
    return isinstance(value, dict)


def loads(raw: bytes) -> Json:
    """Bytes to a JSON object. Raises `Unparsable` for anything else."""
    try:
        value = loose_json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Unparsable(f"not JSON: {type(error).__name__}") from None
    if not is_object(value):
        raise Unparsable("not a JSON object")
    return value


def child(source: Json, name: str) -> Json:
    value = source.get(name)
    return value if is_object(value) else _NOTHING


def children(source: Json, name: str) -> list[Json]:
    value = source.get(name)
    return [item for item in value if is_object(item)] if isinstance(value, list) else []


def text(source: Json, name: str) -> str:
    value = source.get(name)
    return clean(value) if isinstance(value, str) else ""


def clean(value: str) -> str:
    """Mend what no database or other channel would take: halves of surrogate pairs and NUL."""
    if value.isascii():
        return value.replace("\0", "")
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "")


def whole(source: Json, name: str) -> int | None:
    value = source.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST:
        return value
    return None


def number(source: Json, name: str) -> float | None:
    value = source.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int) and abs(value) >= _LARGEST:
        return None
    return float(value) if math.isfinite(value) else None


def flag(source: Json, name: str) -> bool:
    return source.get(name) is True
