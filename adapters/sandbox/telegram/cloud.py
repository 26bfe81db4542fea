"""Telegram's side of the story: users, chats, files and the rules about who hears what."""

import itertools
import zlib
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.telegram.chats import Chat, member
from adapters.sandbox.telegram.errors import ApiError, Json, bad_request, forbidden
from adapters.sandbox.telegram.files import Files
from adapters.sandbox.telegram.limits import Limits
from adapters.sandbox.telegram.params import Params
from adapters.sandbox.telegram.updates import Updates
from adapters.sandbox.telegram.webhook import Webhook


@dataclass(frozen=True)
class Rules:
    """What a test or a demo decides about the bot: its token, its privacy mode, whether floods are refused."""

    token: str
    privacy: bool
    limits: bool


# Service messages reach the bot even when its own calls caused them.
SERVICE_FIELDS = frozenset(
    {
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "pinned_message",
        "new_chat_members",
        "left_chat_member",
        "new_chat_title",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
    }
)
_ADMINS_HEAR = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


def _bot(token: str, name: str, username: str) -> Json:
    return {"id": int(token.split(":", maxsplit=1)[0]), "is_bot": True, "first_name": name, "username": username}


class Cloud:
    """Everything the Bot API server remembers between calls."""

    def __init__(self, clock: SandboxClock, changes: Changes, rules: Rules) -> None:
        self.clock = clock
        self.changes = changes
        self.rules = rules
        self.bot = _bot(rules.token, "Gişe", "gise_sandbox_bot")
        self.is_main = True
        self.bots: dict[int, Json] = {self.bot["id"]: self.bot}
        self.users: dict[int, Json] = {}
        self.chats: dict[int, Chat] = {}
        self.blocked: set[int] = set()
        self.files = Files()
        self.limits = Limits(enforced=rules.limits)
        self.updates = Updates(changes)
        self.webhook = Webhook(self.updates, clock, changes)
        self.answers: dict[str, Json] = {}
        self.pressed: set[str] = set()
        self.commands: dict[str, list[Json]] = {}
        self._numbers = itertools.count(1)

    def for_bot(self, token: str) -> "Cloud":
        """The same chats in the eyes of another bot, which has limits, updates, files and commands of its own."""
        other = copy(self)
        other.rules = replace(self.rules, token=token)
        number = token.split(":", maxsplit=1)[0]
        other.bot = _bot(token, f"Gişe {number}", f"gise_{number}_bot")
        other.is_main = False
        self.bots[other.bot_id] = other.bot
        other.files = Files()
        other.limits = Limits(enforced=self.rules.limits)
        other.updates = Updates(self.changes)
        other.webhook = Webhook(other.updates, self.clock, self.changes)
        other.answers, other.pressed, other.commands = {}, set(), {}
        return other

    @property
    def bot_id(self) -> int:
        """The number in front of the token's colon."""
        return int(self.bot["id"])

    def number(self) -> str:
        """A fresh number that looks like Telegram's (callback queries, albums)."""
        return f"{self.bot_id}{next(self._numbers):012d}"

    def chat_instance(self, chat: Chat) -> str:
        """The same opaque number for the same chat."""
        return str(zlib.crc32(str(chat.id).encode()) * -7919)

    def now(self) -> int:
        """The sandbox's unix time, in whole seconds as Telegram tells it."""
        return int(self.clock.now())

    def post(self, chat: Chat, sender: Json, content: Json, *, at: Json) -> Json:
        """Put a message into a chat; `at` comes from Chat.placed."""
        origin: Json = {
            "message_id": chat.next_id(),
            "from": sender,
            "chat": chat.public(),
            "date": self.now(),
        }
        message = origin | at | content
        chat.messages[message["message_id"]] = message
        self.changes.changed()
        return message

    def post_service(self, chat: Chat, sender: Json, content: Json, thread_id: int | None = None) -> Json:
        """Put a service message into a chat and tell the bot, whoever caused it."""
        message = self.post(chat, sender, content, at=chat.placed(thread_id, None))
        self.tell("message", message, chat)
        return message

    def replace(self, chat: Chat, message: Json, fresh: Json) -> Json:
        """Put an edited message in the place of the old one, with its edit date."""
        edited = fresh | {"edit_date": self.now()}
        chat.messages[message["message_id"]] = edited
        self.changes.changed()
        return edited

    def tell(self, kind: str, payload: Json, chat: Chat) -> None:
        """Queue an update, if the bot is there, asked for this kind, and may hear it."""
        if chat.has(self.bot_id) and self.updates.wants(kind) and self._may_hear(kind, payload, chat):
            self.updates.put({kind: payload})
        self.changes.changed()

    def tell_about_bot(self, chat: Chat, by: Json, old: str, new: str) -> None:
        """Queue my_chat_member, which reaches the bot even where it just lost its place."""
        if self.updates.wants("my_chat_member"):
            self.updates.put({"my_chat_member": self.member_change(chat, by, self.bot, (old, new))})
        self.changes.changed()

    def member_change(self, chat: Chat, by: Json, user: Json, statuses: tuple[str, str]) -> Json:
        """A ChatMemberUpdated object."""
        return {
            "chat": chat.public(),
            "from": by,
            "date": self.now(),
            "old_chat_member": member(user, statuses[0]),
            "new_chat_member": member(user, statuses[1]),
        }

    def _may_hear(self, kind: str, payload: Json, chat: Chat) -> bool:
        if chat.is_admin(self.bot_id):
            return True
        if kind in _ADMINS_HEAR:
            return False
        if not self.rules.privacy or kind not in {"message", "edited_message"}:
            return True
        return bool(payload.keys() & SERVICE_FIELDS) or self._is_meant(payload, chat)

    def _is_meant(self, message: Json, chat: Chat) -> bool:
        """Privacy mode (core.telegram.org/bots/features#privacy-mode): commands and replies to the bot."""
        if message.get("reply_to_message", {}).get("from", {}).get("id") == self.bot_id:
            return True
        if message.get("via_bot", {}).get("id") == self.bot_id:
            return True
        words = str(message.get("text", "")).split()
        if not words or not words[0].startswith("/"):
            return False
        name, _, addressee = words[0].partition("@")
        if addressee:
            return addressee.lower() == str(self.bot["username"]).lower()
        others = [m for m in chat.messages.values() if m is not message and m["from"]["is_bot"]]
        return len(name) > 1 and bool(others) and others[-1]["from"]["id"] == self.bot_id

    def chat_named(self, params: Params, name: str = "chat_id") -> Chat:
        """The chat a call speaks of; 400 when it is unknown or became a supergroup."""
        if not params.has(name):
            raise bad_request("chat_id is empty")
        try:
            chat = self.chats.get(int(params.text(name)))
        except ValueError:
            chat = None
        if chat is None:
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            migrated = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(400, migrated, migrate_to_chat_id=chat.migrated_to)
        chat.refuse_outsider(self.bot_id)
        return chat

    def writable_chat(self, params: Params) -> Chat:
        """The chat a call writes into; 403 when the person blocked the bot or never wrote to it."""
        chat = self.chat_named(params)
        if chat.type == "private":
            if not self.is_main:
                # People of the sandbox write to the main bot only.
                raise forbidden("bot can't initiate conversation with a user")
            if chat.id in self.blocked:
                raise forbidden("bot was blocked by the user")
            if not chat.messages:
                raise forbidden("bot can't initiate conversation with a user")
        return chat

    def find(self, chat: Chat, message_id: int | None, what: str) -> Json:
        """A message of a chat, or 400 "message to … not found"."""
        if message_id is None:
            raise bad_request("message identifier is not specified")
        if message_id not in chat.messages:
            raise bad_request(f"message to {what} not found")
        return chat.messages[message_id]

    def add_private_chat(self, user: Json) -> None:
        """A person exists: the private chat has the person's id."""
        about: dict[str, Any] = {k: user[k] for k in ("first_name", "last_name", "username") if k in user}
        known = self.chats.get(user["id"])
        if known is None:
            self.chats[user["id"]] = Chat(user["id"], "private", about)
        else:
            known.about = about
