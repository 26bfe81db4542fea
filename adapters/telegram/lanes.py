"""From an update to an inbox item: its key, and the ordered stream it belongs to. Looks at a few fields only."""

import hashlib

from adapters.telegram.fields import Json, child, flag, whole
from bot.ports import Item

CHANNEL = "telegram"
UNPARSED = "tg:unparsed"
OTHER = "tg:other"

_IN_A_CHAT = ("message", "edited_message", "message_reaction", "my_chat_member", "chat_member")


def lane(update: Json) -> str:
    """`tg:<chat>` for a private chat, `tg:<chat>:<topic or 0>` for a group, `tg:other` for the rest."""
    for name in _IN_A_CHAT:
        if name in update:
            return _lane_of(child(update, name))
    press = child(update, "callback_query")
    if "message" in press:
        return _lane_of(child(press, "message"))
    sender = whole(child(press, "from"), "id")
    return OTHER if sender is None else f"tg:{sender}"


def item(bot_id: int, update: Json, raw: bytes) -> Item:
    """The inbox item of one update. Without an `update_id` it is kept under the digest of its bytes."""
    update_id = whole(update, "update_id")
    if update_id is None:
        return unparsed(raw)
    return Item(channel=CHANNEL, key=f"{bot_id}:{update_id}", lane=lane(update), raw=raw)


def unparsed(raw: bytes) -> Item:
    """An item for a body that makes no sense: stored all the same, once."""
    return Item(channel=CHANNEL, key=hashlib.sha256(raw).hexdigest(), lane=UNPARSED, raw=raw)


def is_private(chat: Json) -> bool:
    """A chat with one person. Telegram gives groups and channels negative ids."""
    kind = chat.get("type")
    return kind == "private" or (not isinstance(kind, str) and (whole(chat, "id") or 0) > 0)


def topic(message: Json) -> str | None:
    """The forum topic's id. `message_thread_id` alone also marks plain reply threads and must not count."""
    thread = whole(message, "message_thread_id")
    return str(thread) if thread is not None and flag(message, "is_topic_message") else None


def _lane_of(holder: Json) -> str:
    chat = child(holder, "chat")
    chat_id = whole(chat, "id")
    if chat_id is None:
        return OTHER
    return f"tg:{chat_id}" if is_private(chat) else f"tg:{chat_id}:{topic(holder) or 0}"
