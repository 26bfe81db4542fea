"""Telegram chats as the page draws them: Bot API messages turned into the page's one message shape.

The shape is the one picture_whatsapp.py describes; entities are Telegram's own, offsets in UTF-16 units.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from adapters.sandbox.page.acts_telegram import Seats
from adapters.sandbox.page.cast import AGENTS, Customer
from adapters.sandbox.telegram import TelegramServer

Drawn = dict[str, Any]
Message = Mapping[str, Any]

_FILES = ("photo", "video", "animation", "video_note", "voice", "audio", "document", "sticker")
_DEFAULT_MIME = {
    "photo": "image/jpeg",
    "sticker": "image/webp",
    "video": "video/mp4",
    "animation": "video/mp4",
    "video_note": "video/mp4",
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
}
_SERVICES = {
    "forum_topic_created": "topic_created",
    "forum_topic_edited": "topic_renamed",
    "forum_topic_closed": "topic_closed_service",
    "forum_topic_reopened": "topic_reopened",
    "new_chat_members": "joined",
    "left_chat_member": "left",
    "pinned_message": "pinned",
}


def draw_phone(server: TelegramServer, seats: Seats, customer: Customer) -> Drawn:
    """One customer's private chat with the bot."""
    user_id = int(customer.address)
    return {
        "key": customer.key,
        "channel": "telegram",
        "name": customer.name,
        "about": customer.about,
        "language": customer.language,
        "blocked": user_id in seats.blocked,
        "typing": False,
        "window_open": True,
        "window_until": None,
        "commands": draw_commands(server, ("all_private_chats", "default"), customer.language),
        "messages": draw_messages(server.messages(user_id), customer.key),
    }


def draw_desk(server: TelegramServer, seats: Seats) -> Drawn:
    """The agents' group: who is in it and its topics with their messages; General has thread_id None."""
    return {
        "title": "Gişe Masası",
        "agents": [
            {
                "key": f"telegram:{agent.user_id}",
                "name": agent.name,
                "role": agent.role,
                "member": agent.user_id not in seats.away,
            }
            for agent in AGENTS
        ],
        "topics": draw_topics(server),
        "commands": draw_commands(server, (f"chat:{server.group_id}", "all_group_chats", "default"), "tr"),
    }


def draw_commands(server: TelegramServer, scopes: Sequence[str], language: str) -> list[Drawn]:
    """The bot's command menu as Telegram picks it: the narrowest scope, in one's own language first."""
    menus = server.commands_menu()
    choices = (f"{scope}/{tongue}" for scope in scopes for tongue in (language, ""))
    return next((menus[choice] for choice in choices if menus.get(choice)), [])


def draw_topics(server: TelegramServer) -> list[Drawn]:
    """Every topic, General first."""
    by_thread: dict[int | None, list[Message]] = {}
    for message in server.messages(server.group_id):
        thread = message.get("message_thread_id") if message.get("is_topic_message") else None
        by_thread.setdefault(thread, []).append(message)
    general: Drawn = {"key": "general", "thread_id": None, "name": "", "closed": False, "colour": ""}
    general["messages"] = draw_messages(by_thread.get(None, []), None)
    return [general, *(_draw_topic(topic, by_thread.get(topic["thread_id"], [])) for topic in server.topics())]


def _draw_topic(topic: Mapping[str, Any], messages: Sequence[Message]) -> Drawn:
    return {
        "key": f"topic-{topic['thread_id']}",
        "thread_id": topic["thread_id"],
        "name": topic["name"],
        "closed": topic["closed"],
        "colour": f"#{topic['icon_color']:06x}",
        "messages": draw_messages(messages, None),
    }


def draw_messages(messages: Sequence[Message], owner: str | None) -> list[Drawn]:
    """The messages as one looks at them; `owner` is whose phone it is, None for the group."""
    return [_draw(message, owner) for message in messages]


def _draw(message: Message, owner: str | None) -> Drawn:
    author = _author(message)
    drawn: Drawn = {
        "key": str(message["message_id"]),
        "id": message["message_id"],
        "at": message["date"],
        "out": author["key"] == owner,
        "author": author,
        "text": message.get("text") or message.get("caption") or "",
        "entities": message.get("entities") or message.get("caption_entities") or [],
        "status": "",
        "edited": "edit_date" in message,
        "reactions": _reactions(message, owner),
        "buttons": _buttons(message),
    }
    quoted = message.get("reply_to_message")
    # In a topic every message points at the topic's creation; only another one is an answer.
    if quoted and "forum_topic_created" not in quoted:
        drawn["reply_to"] = {"name": _author(quoted)["name"]} | _content(quoted) | {"text": _words(quoted)}
    return drawn | _content(message)


def _words(message: Message) -> str:
    return str(message.get("text") or message.get("caption") or "")


def _author(message: Message) -> Drawn:
    sender = message.get("from") or {}
    name = " ".join(filter(None, (sender.get("first_name"), sender.get("last_name"))))
    if "sender_chat" in message:
        name = message["sender_chat"].get("title") or name
    bot = bool(sender.get("is_bot"))
    return {"key": "bot" if bot else f"telegram:{sender.get('id')}", "name": name or "?", "bot": bot}


def _content(message: Message) -> Drawn:
    for field, service in _SERVICES.items():
        if field in message:
            return {"kind": "service", "service": {"type": service, "name": _service_name(message[field])}}
    if "venue" in message or "location" in message:
        return {"kind": "location", "location": _place(message)}
    if "contact" in message:
        card = message["contact"]
        name = " ".join(filter(None, (card["first_name"], card.get("last_name"))))
        return {"kind": "contact", "contacts": [{"name": name, "phone": card["phone_number"]}]}
    for kind in _FILES:
        if kind in message:
            return {"kind": kind, "file": _file(kind, message[kind])}
    return {"kind": "text" if "text" in message else "unsupported"}


def _service_name(detail: Any) -> str:
    people = detail if isinstance(detail, list) else [detail]
    return ", ".join(str(one.get("name") or one.get("first_name") or "") for one in people if isinstance(one, dict))


def _place(message: Message) -> Drawn:
    venue = message.get("venue") or {}
    place = venue.get("location") or message["location"]
    named = {"name": venue.get("title", ""), "address": venue.get("address", "")}
    return {"latitude": float(place["latitude"]), "longitude": float(place["longitude"])} | named


def _file(kind: str, detail: Any) -> Drawn:
    # Of a photo's sizes the last is the largest; their numbers are invented, so the page measures itself.
    file = detail[-1] if kind == "photo" else detail
    mime = file.get("mime_type") or _DEFAULT_MIME.get(kind, "application/octet-stream")
    name = file.get("file_name", "")
    address = f"/api/file/telegram/{file['file_id']}?{urlencode({'type': mime, 'name': name})}"
    return {"url": address, "name": name, "mime": mime, "size": file.get("file_size", 0)}


def _buttons(message: Message) -> list[list[Drawn]]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [[_button(button) for button in row] for row in rows]


def _button(button: Mapping[str, Any]) -> Drawn:
    url = button.get("url") or ""
    return {"id": button.get("callback_data") or url, "title": button["text"], "url": url}


def _reactions(message: Message, owner: str | None) -> list[Drawn]:
    given: dict[str, list[str]] = {}
    for reaction in message.get("reactions", []):
        given.setdefault(reaction["emoji"], []).append(f"telegram:{reaction['user_id']}")
    return [
        {"emoji": emoji, "count": len(people), "mine": owner in people, "by": people} for emoji, people in given.items()
    ]
