"""JSON of others, read quickly and, where it is odd, patiently: what a platform sent must not be lost for its form."""

import json
from typing import Any

import orjson


def loads(raw: bytes | str) -> Any:
    """What the text says. Raises `ValueError` for what is no JSON, `RecursionError` where it is nested beyond reason.

    orjson refuses what the standard library lets pass: NaN, halves of surrogate pairs, UTF-16.
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return json.loads(raw)


def dumps(value: object) -> bytes:
    """JSON without spaces; half a surrogate pair survives the way, too."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")
