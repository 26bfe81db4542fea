"""Buttons: what a token means. A token is a hint, never a right: its handler checks the presser and the state."""

from dataclasses import dataclass
from enum import StrEnum

_SEPARATOR = ":"
_LONGEST_NUMBER = 18  # so many digits always fit a column of 64 bits
MAX_TOKEN_BYTES = 64
"""Telegram's callback_data, the tightest of the channels (Bot API, InlineKeyboardButton)."""


class Verb(StrEnum):
    """What a button does. `RESEND`, `FETCH` and `DESK` stand in the agents' group, the others at customers."""

    INTAKE = "i"
    PAGE = "p"
    ACCEPT = "a"
    ACCEPT_ANYWAY = "aa"
    REJECT = "r"
    REOPEN = "o"
    NEW_REQUEST = "n"
    LANGUAGE = "l"
    MENU = "m"
    SHOW = "s"
    SHOW_ANSWER = "w"
    RESEND = "rs"
    FETCH = "f"
    DESK = "d"


@dataclass(frozen=True, slots=True)
class Press:
    """A decoded token: verb, the row it is about (ticket, errand, message; 0 for none), up to two short arguments."""

    verb: Verb
    id: int = 0
    arguments: tuple[str, ...] = ()

    def argument(self, index: int) -> str:
        return self.arguments[index] if index < len(self.arguments) else ""

    def number(self, index: int) -> int:
        """An argument as a number that fits a column; 0 for anything else."""
        given = self.argument(index)
        return int(given) if is_row_id(given) else 0


def encode(verb: Verb, row_id: int = 0, *arguments: str) -> str:
    """The token of a button. Raises `ValueError` when it would not fit every channel."""
    token = _SEPARATOR.join((verb, str(row_id), *arguments))
    if len(token.encode()) > MAX_TOKEN_BYTES:
        raise ValueError(f"a button token may have {MAX_TOKEN_BYTES} bytes: {token}")
    return token


def decode(token: str) -> Press | None:
    """The press behind a token, or `None` for anything that is not one of ours."""
    verb, _, rest = token.partition(_SEPARATOR)
    row_id, _, arguments = rest.partition(_SEPARATOR)
    if verb not in set(Verb) or not is_row_id(row_id):
        return None
    return Press(Verb(verb), int(row_id), tuple(arguments.split(_SEPARATOR)) if arguments else ())


def is_row_id(text: str) -> bool:
    """Whether a text from outside can be the number of one of our rows."""
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
