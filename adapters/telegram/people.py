"""Who did it: Telegram's users and chats as persons."""

from adapters.telegram.fields import Json, child, flag, text, whole
from bot.domain.errors import Unparsable
from bot.domain.message import Person

# Telegram's own account, which posts for linked channels and in the name of the service.
_SERVICE_ACCOUNT = 777000
_BORROWED = frozenset(
    (
        "sender_chat",
        "via_bot",
        "is_automatic_forward",
        "guest_bot_caller_user",
        "guest_bot_caller_chat",
        "sender_business_bot",
    )
)


def person(user: Json) -> Person:
    """A user, or a chat that speaks. Raises `Unparsable` without an id."""
    user_id = whole(user, "id")
    if user_id is None:
        raise Unparsable("a sender without an id")
    names = (text(user, "first_name"), text(user, "last_name"))
    return Person(
        keys=(f"tg:{user_id}",),
        name=" ".join(filter(None, names)).strip() or text(user, "title"),
        username=text(user, "username"),
        locale=text(user, "language_code"),
    )


def author(message: Json) -> Person:
    """Who wrote the message: the chat it was sent on behalf of, else its sender, else the private chat's person."""
    for name in ("sender_chat", "from", "chat"):
        if whole(child(message, name), "id") is not None:
            return person(child(message, name))
    raise Unparsable("a message without a sender")


def is_a_bots(message: Json) -> bool:
    """A bot wrote it. On behalf of a chat Telegram fills `from` with a stand-in bot, which does not count."""
    return flag(child(message, "from"), "is_bot") and "sender_chat" not in message


def in_own_words(message: Json) -> bool:
    """False for forwards, via-bot posts and whatever was said on behalf of a chat: such words run no command."""
    if any(name in _BORROWED or name.startswith("forward_") for name in message):
        return False
    return whole(child(message, "from"), "id") != _SERVICE_ACCOUNT
