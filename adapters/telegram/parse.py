"""One raw update to an event.

Reads Telegram's JSON itself: an unknown kind or a missing field must not lose a message.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from adapters.telegram import membership
from adapters.telegram.commands import addressee, unaddressed
from adapters.telegram.content import content
from adapters.telegram.fields import Json, child, children, is_object, loads, text, whole
from adapters.telegram.lanes import is_private, topic
from adapters.telegram.people import author, in_own_words, is_a_bots, person
from adapters.telegram.reactions import as_one_emoji
from bot.domain.errors import Unparsable
from bot.domain.message import (
    Content,
    DeskPlace,
    Edited,
    Ignored,
    Inbound,
    Pressed,
    Reacted,
    Said,
)

_LAST_SECOND = 2**42


class Parser:
    """Knows our bot and the agents' groups (chat ids as text); `username` may be learned later.

    `now` tells the time in epoch milliseconds, for updates that carry none: a button press has no date.
    External message ids are `<chat id>:<message id>`, because Telegram counts messages per chat.
    """

    def __init__(self, *, bot_id: int, groups: Iterable[str], now: Callable[[], int], username: str = "") -> None:
        self.bot_id = bot_id
        self.groups = set(groups)
        self.username = username
        self._now = now
        self._kinds: dict[str, Callable[[Json], Inbound]] = {
            "message": self._message,
            "edited_message": self._edited,
            "callback_query": self._pressed,
            "message_reaction": self._reacted,
            "my_chat_member": self._our_membership,
            "chat_member": self._membership,
        }

    def parse(self, raw: bytes) -> Inbound:
        """Update bytes to an event. Raises `Unparsable`, and nothing else, for what makes no sense."""
        update = loads(raw)
        for name, read in self._kinds.items():
            if name in update:
                body = update[name]
                if not is_object(body):
                    raise Unparsable(f"{name} is not an object")
                return read(body)
        others = [name for name in update if name != "update_id"]
        if not others:
            raise Unparsable("an update without content")
        return Ignored(why=f"update kind {others[0][:40]}")

    def _message(self, message: Json) -> Inbound:
        moved = membership.moved(message, self.groups, self._at(message))
        if moved is not None:
            # What is said in the new chat from now on must not count as foreign, even before anybody acts on the move.
            self.groups.add(moved.new_chat)
            return moved
        # The first that knows the message has the word; what nobody claims was said by a person.
        return (
            self._elsewhere(message)
            or membership.joined_or_left(message, self._desk(message), self._at(message))
            or membership.service(message)
            or self._unheard(message)
            or self._said(message)
        )

    def _said(self, message: Json) -> Said:
        return Said(
            author=author(message),
            at=self._at(message),
            desk=self._desk(message),
            external_id=_external_id(message),
            content=self._content(message),
            reply_to=_reply(message),
            album=text(message, "media_group_id") or None,
            own_words=in_own_words(message),
        )

    def _edited(self, message: Json) -> Inbound:
        return (
            self._elsewhere(message)
            or membership.service(message)
            or self._unheard(message)
            or _live(message)
            or Edited(
                author=author(message),
                at=self._at(message, "edit_date"),
                desk=self._desk(message),
                external_id=_external_id(message),
                content=self._content(message),
            )
        )

    def _pressed(self, press: Json) -> Inbound:
        message, token = child(press, "message"), text(press, "data")
        if not token:
            return Ignored(why="a press without data")
        if not message:
            return Pressed(author=person(child(press, "from")), at=self._now(), token=token, press_id=text(press, "id"))
        return self._elsewhere(message) or Pressed(
            author=person(child(press, "from")),
            at=self._now(),
            desk=self._desk(message),
            token=token,
            press_id=text(press, "id"),
            message_id=_external_id(message),
            title=_title(message, token),
        )

    def _reacted(self, reaction: Json) -> Inbound:
        if elsewhere := self._elsewhere(reaction):
            return elsewhere
        emoji = as_one_emoji(children(reaction, "old_reaction"), children(reaction, "new_reaction"))
        if emoji is None:
            return Ignored(why="a reaction without a plain emoji")
        who = child(reaction, "user") or child(reaction, "actor_chat")
        return Reacted(
            author=person(who),
            at=self._at(reaction),
            desk=self._desk(reaction),
            external_id=_external_id(reaction),
            emoji=emoji,
        )

    def _our_membership(self, change: Json) -> Inbound:
        if is_private(child(change, "chat")):
            return membership.reachable(change, self._at(change))
        return Ignored(why="our own membership")

    def _membership(self, change: Json) -> Inbound:
        if elsewhere := self._elsewhere(change):
            return elsewhere
        return membership.changed(change, self._desk(change), self._at(change))

    def _elsewhere(self, holder: Json) -> Ignored | None:
        """Neither a private chat nor an agents' group: none of our business."""
        chat = child(holder, "chat")
        chat_id = whole(chat, "id")
        if chat_id is None:
            raise Unparsable("no chat id")
        if is_private(chat) or str(chat_id) in self.groups:
            return None
        return Ignored(why="a foreign chat")

    def _unheard(self, message: Json) -> Ignored | None:
        if is_a_bots(message):
            return Ignored(why="a bot's message")
        if self._desk(message) is not None and self._for_another_bot(message):
            return Ignored(why="another bot's command")
        return None

    def _for_another_bot(self, message: Json) -> bool:
        named = addressee(text(message, "text") or text(message, "caption"))
        return bool(named and self.username) and named != self.username.lower()

    def _content(self, message: Json) -> Content:
        found = content(message)
        if self._for_another_bot(message):
            return found
        return replace(found, text=unaddressed(found.text))

    def _desk(self, holder: Json) -> DeskPlace | None:
        chat_id = whole(child(holder, "chat"), "id")
        if str(chat_id) not in self.groups:
            return None
        return DeskPlace(chat=str(chat_id), thread=topic(holder))

    def _at(self, holder: Json, first: str = "date") -> int:
        for name in (first, "date"):
            seconds = whole(holder, name)
            if seconds is not None and 0 < seconds < _LAST_SECOND:
                return seconds * 1000
        return self._now()


def _external_id(holder: Json) -> str:
    chat_id, message_id = whole(child(holder, "chat"), "id"), whole(holder, "message_id")
    if chat_id is None or message_id is None:
        raise Unparsable("no message id")
    return f"{chat_id}:{message_id}"


def _reply(message: Json) -> str | None:
    """The quoted message. In a topic every message points at the topic's creation, which is no reply."""
    quoted = child(message, "reply_to_message")
    quoted_id = whole(quoted, "message_id")
    if quoted_id is None or "forum_topic_created" in quoted:
        return None
    if str(quoted_id) == topic(message):
        return None
    chat_id = whole(child(message, "chat"), "id")
    return f"{chat_id}:{quoted_id}"


def _live(message: Json) -> Ignored | None:
    """A live location is edited every few seconds; only its start is a message."""
    if "live_period" in child(message, "location"):
        return Ignored(why="a live location moved")
    return None


def _title(message: Json, token: str) -> str:
    """What stood on the pressed button, as far as the message still tells."""
    rows = child(message, "reply_markup").get("inline_keyboard")
    for row in rows if isinstance(rows, list) else []:
        for button in row if isinstance(row, list) else []:
            if is_object(button) and text(button, "callback_data") == token:
                return text(button, "text")
    return ""
