"""Measuring and cutting text the way platforms count it, without tearing words or visible characters."""

import re
import unicodedata
from collections.abc import Iterator

from bot.domain.channel import TextUnit

_BREAKS = (
    re.compile(r"\n[ \t]*\n\s*"),  # paragraph
    re.compile(r"\n\s*"),  # line
    re.compile(r"(?<=[.!?…。])[\"'”’)»]*\s+"),  # sentence
    re.compile(r"\s+"),  # word
)
_JOINERS = {"\u200d", "\ufe0f", "\u20e3"}
_LONGEST_CLUSTER = 40


def measure(text: str, unit: TextUnit) -> int:
    """Length of `text` as the platform counts it; Telegram: UTF-16 units (core.telegram.org/api/entities)."""
    return len(text) if unit is TextUnit.CHARACTERS else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, limit: int, unit: TextUnit) -> str:
    """The text within `limit`, its end replaced by an ellipsis where it was too long."""
    if measure(text, unit) <= limit:
        return text
    room = _longest_prefix(text, max(limit - 1, 0), unit)
    return (text[: _visible_boundary(text, room)].rstrip() + "…")[: max(limit, 1)]


def split(text: str, limit: int, unit: TextUnit) -> list[str]:
    """Pieces of at most `limit`, cut at a paragraph, else line, sentence, word, else between visible characters.

    Only white space at the cuts is lost. `limit` must leave room for one character (2 units in UTF-16).
    """
    pieces = []
    rest = text
    while measure(rest, unit) > limit:
        window = max(_longest_prefix(rest, limit, unit), 1)
        end, start = _last_break(rest, window)
        pieces.append(rest[:end].rstrip())
        rest = rest[start:].lstrip()
    pieces.append(rest)
    return [piece for piece in pieces if piece]


def split_with_tail(text: str, limit: int, tail_limit: int, unit: TextUnit) -> list[str]:
    """Like `split`, but the last piece is at most `tail_limit`, the room that buttons leave for text."""
    *pieces, last = split(text, limit, unit)
    if measure(last, unit) <= tail_limit:
        return [*pieces, last]
    for pattern in _BREAKS:
        for found in _cuts(pattern, last):
            tail = last[found.end() :]
            if tail and measure(tail, unit) <= tail_limit:
                return [*pieces, last[: found.end()].rstrip(), tail]
    return [*pieces, *split(last, tail_limit, unit)]


def _cuts(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    return (found for found in pattern.finditer(text) if found.start() > 0)


def _longest_prefix(text: str, limit: int, unit: TextUnit) -> int:
    if unit is TextUnit.CHARACTERS:
        return min(limit, len(text))
    used = 0
    for index, char in enumerate(text):
        used += 2 if ord(char) > 0xFFFF else 1
        if used > limit:
            return index
    return len(text)


def _last_break(text: str, window: int) -> tuple[int, int]:
    """End of this piece and start of the next. A break in the first half would make too small a piece."""
    for pattern in _BREAKS:
        best = 0, 0
        for found in pattern.finditer(text, window // 2, window + 1):
            kept = found.start() + len(found.group().rstrip())
            if window // 2 < kept <= window:
                best = kept, found.end()
        if best[0]:
            return best
    end = _visible_boundary(text, window)
    return end, end


def _visible_boundary(text: str, index: int) -> int:
    """The nearest place at or before `index` that tears no accent, emoji sequence or flag; `index` if there is none."""
    if index >= len(text):
        return index
    for place in range(index, max(index - _LONGEST_CLUSTER, 0), -1):
        if not _joined(text, place):
            return place
    return index


def _joined(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if after in _JOINERS or before == "\u200d" or "\U0001f3fb" <= after <= "\U0001f3ff":
        return True
    if unicodedata.category(after) in {"Mn", "Mc", "Me"} or before + after == "\r\n":
        return True
    return _is_flag_letter(after) and _flag_letters_before(text, place) % 2 == 1


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_letters_before(text: str, place: int) -> int:
    count = 0
    while place - count > 0 and _is_flag_letter(text[place - count - 1]):
        count += 1
    return count
