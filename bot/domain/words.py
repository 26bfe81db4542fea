"""Recognising what people type, in Turkish and English, whatever their keyboard made of it."""

import re
import unicodedata

from bot.domain import vocabulary
from bot.domain.folding import fold, phrases, read_as, squeeze, squeezed, tokens

__all__ = [
    "clean_file_name",
    "clean_name",
    "contradicts_itself",
    "fold",
    "is_accept",
    "is_menu",
    "is_reject",
    "is_skip",
    "is_thanks",
    "plainly_begun",
    "still_failing",
    "ticket_numbers",
]

_LONGEST_COURTESY = 160
_LONGEST_FIRST_WORD = 256
_LONGEST_READ = 4096  # of whatever came by force: no platform carries more
_GOOD_SIGNS = frozenset(
    "👍👌🙏🤝👏🙌💪❤🧡💛💚💙💜🤍♥💐🌹🌷🌸🌺🌼🌟⭐✨🎉🥳🔥😀😃😄😁😊🙂☺😍🥰😇😎🤗😉😘✅✔💯🤩🫶🆗👋🙋🤲"
)
_SAD = re.compile(r":-?[(/](?!/)|:'\(|[👎😡😠🤬😢😭😞😔😟🙁☹😤💩❌😒🙄🤦]")
_SMILE = re.compile(r"[:;=]-?[)dp*]+(?!\w)|<3+|\^\^")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_BLANK_GLYPHS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_TICKET = re.compile(
    r"#\s?(?P<year>20\d\d)-(?P<number>\d{1,6})(?![\d-])"
    r"|(?<![\w#-])(?P<bare_year>20\d\d)-(?P<bare_number>\d{6})(?![\w-])"
    r"|#\s?(?P<short>\d{1,6})(?![\w-])"
)
_DIGIT = re.compile(r"\d")
_CLAUSE = re.compile(r"[,.;:!\n]+|\b(?:ama|fakat|lakin|ancak|but)\b")
_POLITE = vocabulary.THANKS | vocabulary.COURTESY
_KNOWN = _POLITE | vocabulary.ACCEPT | vocabulary.REJECT | phrases("ama, fakat, lakin, ancak, but")


def is_thanks(text: str) -> bool:
    """Whether the whole text is thanks, an okay or a goodbye that asks for nothing more."""
    if still_failing(text):
        return False
    return _only_good_signs(fold(text)) or _consists_of(text, vocabulary.THANKS)


def is_accept(text: str) -> bool:
    """Whether the whole text accepts a proposed solution; a mere "tamam" or "ok" does not."""
    return _consists_of(text, vocabulary.ACCEPT)


def is_reject(text: str) -> bool:
    """Whether the whole text rejects a proposed solution."""
    return _consists_of(text, vocabulary.REJECT)


def still_failing(text: str) -> bool:
    """Whether the text says that the trouble goes on ("hâlâ olmuyor", "same error"), wherever it says so."""
    joined = re.sub(r"['’‘`´]", "", text[:_LONGEST_READ])
    clauses = re.sub(r"[.,;:!?|()-]+", " | ", fold(joined.replace("\n", " | ")))
    complaint = vocabulary.TROUBLE_GONE.sub(" ", " ".join(clauses.split()))
    failing = [found.end() for found in vocabulary.FAILING.finditer(complaint)]
    cured = [found.start() for found in vocabulary.CURED.finditer(complaint)]
    return bool(failing) and not (cured and cured[-1] >= failing[-1])


def contradicts_itself(text: str) -> bool:
    """Whether one part of the text accepts and another says that the trouble goes on ("kabul ama hâlâ olmuyor")."""
    clauses = _CLAUSE.split(text[:_LONGEST_READ].casefold())
    return still_failing(text) and any(map(is_accept, clauses))


def is_menu(text: str) -> bool:
    """Whether the whole text asks for the menu."""
    return "?" not in text and squeezed(text) in vocabulary.MENU


def is_skip(text: str) -> bool:
    """Whether the whole text passes over a question."""
    return "?" not in text and squeezed(text) in vocabulary.SKIP


def ticket_numbers(text: str) -> list[str]:
    """Ticket numbers in order, each once, without the `#`: `2026-000123`, or `123` for the short form `#123`."""
    found = []
    read = text[:_LONGEST_READ]
    plain = read if read.isascii() else unicodedata.normalize("NFKC", read).translate(_DASHES)
    if not _DIGIT.search(plain):  # most of what people say, and the pattern below tries every place in it
        return []
    for match in _TICKET.finditer(plain):
        year = match["year"] or match["bare_year"]
        number = int(match["number"] or match["bare_number"] or match["short"])
        found.append(f"{year}-{number:06d}" if year else str(number))
    return list(dict.fromkeys(found))


def excerpt(text: str, limit: int) -> str:
    """The beginning of a text on one line, at most `limit` characters."""
    return " ".join(text.split())[:limit]


def clean_name(text: str, limit: int = 120) -> str:
    """A name fit to be shown: composed, on one line, nothing invisible or turning direction, at most `limit` long."""
    if text.isascii() and text.isprintable():  # most names, and nothing below applies to them
        return excerpt(text, limit).rstrip()
    spaced = " ".join(unicodedata.normalize("NFC", text[:_LONGEST_READ]).split())
    visible = "".join(char for char in spaced if not _is_invisible(char))
    return excerpt(_without_towers(visible), limit).rstrip()


def clean_file_name(text: str) -> str:
    """A file's name fit to be shown and to be passed on: without folders, else like `clean_name`; empty for `..`.

    A double quote would end the name inside a form's header, however it is escaped.
    """
    last = text[:_LONGEST_READ].replace("\\", "/").rpartition("/")[2].replace('"', "'")
    name = clean_name("".join(char for char in last if char.isprintable()))
    return name if name.strip(". ") else ""


def plainly_begun(text: str) -> str:
    """The text without marks that nobody sees in front of and inside a first word that begins with `/`.

    Copied words may bring them along; they must not turn a note or a command into words for a customer.
    """
    seen = (char for char in text[:_LONGEST_FIRST_WORD] if char.isspace() or not _is_invisible(char))
    begun = "".join(seen).lstrip()
    if not begun.startswith("/"):
        return text
    first = begun.split(maxsplit=1)[0]
    end = _end_of_visible(text, len(first))
    return first + text[end:]


def _end_of_visible(text: str, wanted: int) -> int:
    """Where in the text so many visible characters, those of its first word, have gone by."""
    seen = 0
    for index, char in enumerate(text):
        seen += not (_is_invisible(char) or char.isspace())
        if seen == wanted:
            return index + 1
    return len(text)


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in _INVISIBLE or char in _BLANK_GLYPHS


def _without_towers(text: str) -> str:
    """At most two combining marks on a letter, so that no name grows over its neighbours."""
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks <= 2:
            kept.append(char)
    return "".join(kept)


def _consists_of(text: str, wanted: frozenset[str]) -> bool:
    """Whether the text is made of wanted phrases, politeness and names, and of nothing else."""
    folded = fold(text)
    if len(folded) > _LONGEST_COURTESY or "?" in folded or _SAD.search(folded):
        return False
    words = [squeeze(word) for word in tokens(_SMILE.sub(" ", folded))]
    found = read_as(_without_addressee(words), wanted | _POLITE)
    return found is not None and any(phrase in wanted for phrase in found)


def _without_addressee(words: list[str]) -> list[str]:
    """Without the name in front of a form of address ("Ayşe Hanım")."""
    addressed = {
        index - 1
        for index, word in enumerate(words)
        if index and word in vocabulary.ADDRESS and words[index - 1] not in _KNOWN and words[index - 1].isalpha()
    }
    return [word for index, word in enumerate(words) if index not in addressed]


def _only_good_signs(folded: str) -> bool:
    signs = [char for char in _SMILE.sub("♥", folded) if not char.isspace() and unicodedata.category(char) != "Sk"]
    pictures = [char for char in signs if not unicodedata.category(char).startswith("P")]
    return bool(pictures) and "?" not in signs and all(char in _GOOD_SIGNS for char in pictures)
