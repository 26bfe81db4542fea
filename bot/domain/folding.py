"""One common form of text for comparing what people type, in Turkish and English."""

import re
import unicodedata
from collections.abc import Collection, Sequence

_SILENT = {"Mn", "Me", "Cf"}
_LONGEST_PHRASE = 5
_LONGEST_COMPARED = 4096  # no platform carries more, and nothing sent by force may cost more
_LONGEST_SQUEEZED = 256


def fold(text: str) -> str:
    """KABUL, Kabul and kabul become equal, and so do Çalışmıyor and calismiyor, I, İ, ı and i.

    Compatibility forms are unified; accents and dots, zero-width and direction marks go; white space is single. What
    stands behind the longest message of any platform is left out.
    """
    lowered = unicodedata.normalize("NFKD", text[:_LONGEST_COMPARED]).casefold().replace("ı", "i")
    unified = unicodedata.normalize("NFKD", lowered)[: 2 * _LONGEST_COMPARED]
    plain = (char for char in unified if unicodedata.category(char) not in _SILENT)
    return " ".join("".join(plain).split())


def tokens(text: str) -> list[str]:
    """The folded words without punctuation and emoji; an apostrophe joins (`9'da` is `9da`)."""
    return re.findall(r"[^\W_]+", re.sub(r"(?<=\w)['’‘`´](?=\w)", "", fold(text)))


def squeeze(word: str) -> str:
    """Drawn-out letters once: `tamaaam` is `tamam`, `okkk` is `ok`."""
    return re.sub(r"([^\W\d_])\1+", r"\1", word)


def phrases(listing: str) -> frozenset[str]:
    """A readable listing, separated by commas and line ends, as folded and squeezed phrases."""
    return frozenset(squeezed(phrase) for phrase in re.split(r"[,\n]", listing) if phrase.strip())


def squeezed(text: str) -> str:
    """The whole text as one phrase that can be looked up among `phrases`; empty for one far too long to be there."""
    if len(text) > _LONGEST_SQUEEZED:
        return ""
    return " ".join(map(squeeze, tokens(text)))


def read_as(words: Sequence[str], known: Collection[str]) -> list[str] | None:
    """The squeezed words as a row of known phrases, longest first, or `None` when a word belongs to none."""
    found: list[str] = []
    rest = list(words)
    while rest:
        for length in range(min(_LONGEST_PHRASE, len(rest)), 0, -1):
            phrase = " ".join(rest[:length])
            if phrase in known:
                found.append(phrase)
                rest = rest[length:]
                break
        else:
            return None
    return found
