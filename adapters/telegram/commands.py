"""`/take@gise_bot`: whom a command in a group is meant for."""

import re

# Telegram's own commands are plain ASCII; ours have Turkish names too.
_ADDRESSED = re.compile(r"/(\w{1,32})@([A-Za-z0-9_]{3,32})(?!\w)")


def addressee(words: str) -> str:
    """The bot's username that a leading command names, in lower case, or empty."""
    found = _ADDRESSED.match(words)
    return found[2].lower() if found else ""


def unaddressed(words: str) -> str:
    """The same words with the command's `@username` left out."""
    return _ADDRESSED.sub(r"/\1", words, count=1) if addressee(words) else words
