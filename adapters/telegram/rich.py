"""Rich messages (Bot API 10) as plain words: every block's text, line by line, and what cannot be put into words."""

from collections.abc import Iterator

from adapters.telegram.fields import Json, clean, is_object, text

_DEEPEST = 40
_MEDIA = frozenset(("animation", "audio", "document", "photo", "video", "voice_note", "map"))
# Fields of a block whose value is again a list of blocks (or of rows of cells), in reading order.
_NESTED = ("blocks", "items", "cells")
_INLINE = ("summary", "text", "alternative_text", "expression", "caption", "credit")


def lines(value: object, depth: int = 0) -> Iterator[str]:
    """The words of blocks, one block a line; skips what is not made as the Bot API says."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for block in value:
            yield from lines(block, depth + 1)
    elif is_object(value):
        words = "".join(inline(value, depth + 1)).strip()
        if words:
            yield words
        for name in _NESTED:
            yield from lines(value.get(name), depth + 1)


def inline(value: object, depth: int = 0) -> Iterator[str]:
    """The words of formatted text: a string, a list of texts, or an object around one; a link's target follows it."""
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        yield clean(value)
    elif isinstance(value, list):
        for part in value:
            yield from inline(part, depth + 1)
    elif is_object(value):
        for name in _INLINE:
            yield from inline(value.get(name), depth + 1)
        url = text(value, "url")
        if url and value.get("type") == "url" and url not in inline(value.get("text"), depth + 1):
            yield f" ({url})"


def media(value: object, depth: int = 0) -> Iterator[Json]:
    """The blocks that are files or maps."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for block in value:
            yield from media(block, depth + 1)
    elif is_object(value):
        if text(value, "type") in _MEDIA:
            yield value
        for name in _NESTED:
            yield from media(value.get(name), depth + 1)
