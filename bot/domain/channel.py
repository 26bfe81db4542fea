"""What a channel can do, as data that `fit` obeys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.message import Kind


class TextUnit(StrEnum):
    """How a platform counts the length of a text."""

    CHARACTERS = "characters"
    UTF16 = "utf16"


@dataclass(frozen=True, slots=True)
class Rate:
    """A leaky bucket: one message every `seconds`, and up to `burst` at once after a quiet time."""

    seconds: float
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """Limits of one channel. Sizes are bytes, lengths are in `text_unit`, 0 means "cannot"."""

    text: int
    caption: int
    text_unit: TextUnit
    text_with_buttons: int
    text_with_list: int
    buttons: int
    button_title: int
    list_rows: int
    row_title: int
    row_description: int
    token_bytes: int
    media: Mapping[Kind, int] = field(default_factory=dict)
    captions_on: frozenset[Kind] = frozenset()
    download: int
    window_ms: int = 0
    edits: bool
    reactions: bool
    album: int = 0
    read_marks: bool = False
    tracker_echoed: bool = False
    group_writes_per_minute: int = 0
    rate: Rate | None = None
    rate_per_person: Rate | None = None
