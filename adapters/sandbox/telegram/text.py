"""Text with entities: the length rules, and the three ways formatting arrives (HTML, MarkdownV2, a list)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.sandbox.telegram.errors import Json, bad_request

_DETECTED = (
    ("url", re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")),
    ("bot_command", re.compile(r"(?<![\w/@<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{2,31})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z][A-Za-z0-9_]{3,31}\b")),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d]\w*")),
)
_TYPES = frozenset(
    {
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
    }
)


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, the unit of every limit and offset in the Bot API."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass
class Styled:
    """Plain text and its entities; grows while a parser reads marked-up text."""

    text: str = ""
    entities: list[Json] = field(default_factory=list)

    @property
    def length(self) -> int:
        """UTF-16 units so far."""
        return utf16_length(self.text)

    def mark(self, kind: str, start: int, **more: object) -> None:
        """Add an entity from `start` to here; an empty one is dropped, as Telegram does."""
        if self.length > start:
            self.entities.append({"offset": start, "length": self.length - start, "type": kind} | more)

    def finished(self) -> "Styled":
        """Trimmed, with the entities Telegram detects by itself, in the order Telegram lists them."""
        lead = utf16_length(self.text) - utf16_length(self.text.lstrip())
        trimmed = Styled(self.text.strip())
        for entity in self.entities:
            start = max(entity["offset"] - lead, 0)
            end = min(entity["offset"] + entity["length"] - lead, trimmed.length)
            if end > start:
                trimmed.entities.append(entity | {"offset": start, "length": end - start})
        trimmed.entities += [found for found in detected(trimmed.text) if not _overlaps(found, trimmed.entities)]
        trimmed.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return trimmed


def detected(text: str) -> Iterator[Json]:
    """Entities found in plain text: links, commands, mentions, hashtags."""
    taken: list[Json] = []
    for kind, pattern in _DETECTED:
        for match in pattern.finditer(text):
            start = utf16_length(text[: match.start()])
            found: Json = {"offset": start, "length": utf16_length(match[0]), "type": kind}
            if not _overlaps(found, taken):
                taken.append(found)
    yield from sorted(taken, key=lambda entity: int(entity["offset"]))


def _overlaps(one: Json, others: list[Json]) -> bool:
    return any(
        one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"]
        for other in others
    )


def with_entities(text: str, entities: list[Json]) -> Styled:
    """Text with an explicit list of entities, whose bounds and obligatory fields are checked."""
    units = text.encode("utf-16-le", "surrogatepass")
    for entity in entities:
        _check(entity, units)
    kept = [{name: value for name, value in entity.items() if value is not None} for entity in entities]
    return Styled(text, kept)


def _check(entity: Json, units: bytes) -> None:
    kind, start, length = entity.get("type"), entity.get("offset"), entity.get("length")
    if kind not in _TYPES:
        raise bad_request(f"can't parse entities: unsupported type {kind!r} specified")
    if not isinstance(start, int) or not 0 <= start <= len(units) // 2:
        raise bad_request(f"receive an entity with incorrect offset {start}")
    if not isinstance(length, int) or length <= 0 or start + length > len(units) // 2:
        raise bad_request(f"receive an entity with incorrect length {length}")
    for place, word in ((start, "begins"), (start + length, "ends")):
        if _is_low_surrogate(units, place):
            raise bad_request(f"entity {word} in a middle of a UTF-16 symbol at offset {place}")
    if (kind == "text_link" and not entity.get("url")) or (kind == "text_mention" and not entity.get("user")):
        raise bad_request(f"can't parse entities: {kind} without its target")


def _is_low_surrogate(units: bytes, place: int) -> bool:
    return 2 * place + 1 < len(units) and 0xDC <= units[2 * place + 1] <= 0xDF
