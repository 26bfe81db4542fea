"""What people do in their Telegram apps; every deed queues the update a real bot would get."""

from typing import TypedDict, Unpack

from adapters.sandbox.telegram.chats import GENERAL_TOPIC, Chat, Topic
from adapters.sandbox.telegram.cloud import Cloud
from adapters.sandbox.telegram.errors import Json
from adapters.sandbox.telegram.files import media_fields
from adapters.sandbox.telegram.params import Upload
from adapters.sandbox.telegram.text import detected, utf16_length
from adapters.sandbox.telegram.topics import ICON_COLORS, open_topic, remove_topic

MAX_TYPED = 4096


class Where(TypedDict, total=False):
    """Where a person writes; without a chat it is the private chat with the bot."""

    chat_id: int | None
    thread_id: int | None
    reply_to: int | None
    media_group_id: str | None


class FileAbout(Where, total=False):
    """What goes with a person's file."""

    name: str
    mime: str
    caption: str


class People:
    """The deeds. Impossible ones (unknown people, chats, messages or buttons) raise ValueError."""

    group_id: int

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def say(
        self,
        user_id: int,
        text: str,
        *,
        chat_id: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
        **extra: object,
    ) -> Json:
        """Write a text of up to 4096 UTF-16 units; `extra` adds or overrides fields of the message."""
        if not 0 < utf16_length(text) <= MAX_TYPED:
            raise ValueError("a person's app sends texts of 1 to 4096 UTF-16 units")
        where = Where(chat_id=chat_id, thread_id=thread_id, reply_to=reply_to)
        return self.send_raw_message(user_id, _worded("text", "entities", text) | extra, **where)

    def send_file(self, user_id: int, kind: str, data: bytes, **about: Unpack[FileAbout]) -> Json:
        """Send a photo, video, document, voice, audio, animation, sticker or video_note."""
        upload = Upload(about.get("name", ""), about.get("mime", ""), data)
        content = media_fields(self._cloud.files.add(kind, upload))
        if caption := about.get("caption"):
            content |= _worded("caption", "caption_entities", caption)
        where = Where(
            chat_id=about.get("chat_id"),
            thread_id=about.get("thread_id"),
            reply_to=about.get("reply_to"),
            media_group_id=about.get("media_group_id"),
        )
        return self.send_raw_message(user_id, content, **where)

    def send_location(self, user_id: int, latitude: float, longitude: float, **where: Unpack[Where]) -> Json:
        """Send a point on the map, in degrees."""
        return self.send_raw_message(user_id, {"location": {"latitude": latitude, "longitude": longitude}}, **where)

    def send_contact(self, user_id: int, phone_number: str, first_name: str, **where: Unpack[Where]) -> Json:
        """Send a contact card."""
        contact = {"phone_number": phone_number, "first_name": first_name}
        return self.send_raw_message(user_id, {"contact": contact}, **where)

    def send_raw_message(self, user_id: int, fields: Json, **where: Unpack[Where]) -> Json:
        """Send a message of any kind, given by the fields of its content."""
        chat = self._chat(where.get("chat_id") or user_id)
        if chat.id in self._cloud.blocked:
            raise ValueError(f"{user_id} blocked the bot and cannot write to it")
        reply_to = where.get("reply_to")
        if reply_to is not None:
            self._message(chat, reply_to)
        at = chat.placed(self._thread(chat, user_id, where.get("thread_id")), reply_to)
        group = where.get("media_group_id")
        album: Json = {"media_group_id": group} if group else {}
        message = self._cloud.post(chat, self._user(user_id), album | fields, at=at)
        self._cloud.tell("message", message, chat)
        return message

    def edit(self, user_id: int, chat_id: int, message_id: int, text: str) -> Json:
        """Change one's own text (or caption)."""
        chat = self._chat(chat_id)
        message = self._message(chat, message_id)
        if message["from"]["id"] != user_id:
            raise ValueError(f"message {message_id} is not {user_id}'s")
        names = ("text", "entities") if "text" in message else ("caption", "caption_entities")
        kept = {name: value for name, value in message.items() if name not in names}
        edited = self._cloud.replace(chat, message, kept | _worded(*names, text))
        self._cloud.tell("edited_message", edited, chat)
        return edited

    def react(self, user_id: int, chat_id: int, message_id: int, emoji: str | None) -> None:
        """React to a message; None takes the reaction back."""
        chat = self._chat(chat_id)
        self._message(chat, message_id)
        given = chat.reactions.setdefault(message_id, {})
        old, new = given.get(user_id, []), [{"type": "emoji", "emoji": emoji}] if emoji else []
        given[user_id] = new
        update = {
            "chat": chat.public(),
            "message_id": message_id,
            "user": self._user(user_id),
            "date": self._cloud.now(),
            "old_reaction": old,
            "new_reaction": new,
        }
        self._cloud.tell("message_reaction", update, chat)

    def press(
        self, user_id: int, chat_id: int, message_id: int, *, title: str | None = None, data: str | None = None
    ) -> str:
        """Press the inline button of this title or this callback data; returns the callback query's id."""
        chat = self._chat(chat_id)
        message = self._message(chat, message_id)
        button = _button(message, title, data)
        query_id = self._cloud.number()
        self._cloud.pressed.add(query_id)
        query = {
            "id": query_id,
            "from": self._user(user_id),
            "message": message,
            "chat_instance": self._cloud.chat_instance(chat),
            "data": button["callback_data"],
        }
        self._cloud.tell("callback_query", query, chat)
        return query_id

    def open_topic(self, user_id: int, name: str, *, chat_id: int | None = None) -> int:
        """Open a topic by hand in the forum; returns its thread id."""
        chat = self._chat(chat_id or self.group_id)
        topic = Topic(0, name, ICON_COLORS[0])
        return int(open_topic(self._cloud, chat, self._user(user_id), topic)["message_thread_id"])

    def close_topic(self, user_id: int, thread_id: int, *, closed: bool = True, chat_id: int | None = None) -> None:
        """Close (or reopen) a topic by hand."""
        chat = self._chat(chat_id or self.group_id)
        chat.topic(thread_id).closed = closed
        service = "forum_topic_closed" if closed else "forum_topic_reopened"
        self._cloud.post_service(chat, self._user(user_id), {service: {}}, thread_id)

    def delete_topic(self, thread_id: int, *, chat_id: int | None = None) -> None:
        """Delete a topic with all its messages by hand; Telegram tells bots nothing of it."""
        chat = self._chat(chat_id or self.group_id)
        remove_topic(chat, chat.topic(thread_id))
        self._cloud.changes.changed()

    def _user(self, user_id: int) -> Json:
        if user_id not in self._cloud.users:
            raise ValueError(f"there is no user {user_id}; add_user first")
        return self._cloud.users[user_id]

    def _chat(self, chat_id: int) -> Chat:
        if chat_id not in self._cloud.chats:
            raise ValueError(f"there is no chat {chat_id}")
        return self._cloud.chats[chat_id]

    @staticmethod
    def _message(chat: Chat, message_id: int) -> Json:
        if message_id not in chat.messages:
            raise ValueError(f"there is no message {message_id} in chat {chat.id}")
        return chat.messages[message_id]

    @staticmethod
    def _thread(chat: Chat, user_id: int, thread_id: int | None) -> int | None:
        if thread_id in {None, GENERAL_TOPIC}:
            return None
        if thread_id not in chat.topics:
            raise ValueError(f"there is no topic {thread_id} in chat {chat.id}")
        if chat.topics[thread_id].closed and not chat.is_admin(user_id):
            raise ValueError(f"topic {thread_id} is closed, {user_id} cannot write there")
        return thread_id


def _worded(name: str, entities_name: str, text: str) -> Json:
    entities = list(detected(text))
    return {name: text} | ({entities_name: entities} if entities else {})


def _button(message: Json, title: str | None, data: str | None) -> Json:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons: list[Json] = [button for row in rows for button in row if "callback_data" in button]
    for button in buttons:
        if (title is None or button["text"] == title) and (data is None or button["callback_data"] == data):
            return button
    shown = [button["text"] for button in buttons]
    raise ValueError(f"message {message['message_id']} has no button {title or data!r}, only {shown}")
