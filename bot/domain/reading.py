"""Reading typed words from left to right."""

import re
from collections.abc import Collection

from bot.domain.folding import fold

_LONGEST = 4096  # no platform carries more


class Reader:
    """The folded words of a text and a place among them; `at` may be set back. What is never taken is the rest."""

    def __init__(self, text: str) -> None:
        self._text = text
        found = list(re.finditer(r"\S+", re.sub(r"(?<=\d)T(?=\d)", " ", text[:_LONGEST])))
        self._words = [re.sub(r"['’‘`´].*", "", fold(word.group())).rstrip(",;:!") for word in found]
        self._ends = [word.end() for word in found]
        self.at = 0

    @property
    def left(self) -> int:
        """How many words were not taken yet."""
        return len(self._words) - self.at

    @property
    def taken(self) -> str:
        """The original text up to here."""
        return self._text[: self._end].strip()

    @property
    def rest(self) -> str:
        """The original text from here on, without the punctuation that parted it."""
        return self._text[self._end :].strip().lstrip(",;:-–—").strip()

    @property
    def _end(self) -> int:
        return self._ends[self.at - 1] if self.at else 0

    def peek(self) -> str:
        """The next word, empty at the end."""
        return self._words[self.at] if self.left else ""

    def take(self) -> str:
        """The next word, taken; empty at the end."""
        word = self.peek()
        self.at += 1 if self.left else 0
        return word

    def take_one_of(self, phrases: Collection[str]) -> str | None:
        """The longest of the phrases (up to four words) that stands here, taken; else `None`."""
        for length in range(min(4, self.left), 0, -1):
            phrase = " ".join(self._words[self.at : self.at + length])
            if phrase in phrases:
                self.at += length
                return phrase
        return None
