"""A chat as Telegram keeps it: members, messages, topics. Message dicts are replaced, never changed in place."""

from dataclasses import dataclass, field

from adapters.sandbox.telegram.errors import Json, bad_request, forbidden

GENERAL_TOPIC = 1
ADMIN_STATUSES = frozenset({"creator", "administrator"})
_ABSENT = frozenset({"left", "kicked"})
_ADMIN_RIGHTS = [
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
]


@dataclass
class Topic:
    """A forum topic; its id is the id of the service message that created it."""

    thread_id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str = ""
    closed: bool = False


def member(user: Json, status: str) -> Json:
    """A ChatMember object with the fields its status obliges it to have."""
    fields: Json = {"user": user, "status": status}
    if status == "creator":
        fields["is_anonymous"] = False
    elif status == "administrator":
        fields |= {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(_ADMIN_RIGHTS, True)
    elif status == "kicked":
        fields["until_date"] = 0
    return fields


@dataclass
class Chat:
    """A private chat, a basic group or a supergroup (with or without topics)."""

    id: int
    type: str
    about: Json
    forum: bool = False
    members: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Json] = field(default_factory=dict)
    reactions: dict[int, dict[int, list[Json]]] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    migrated_to: int | None = None
    # Id 1 belongs to the service message that created the chat, and to the topic "General".
    last_id: int = 1

    def public(self) -> Json:
        """The Chat object inside messages."""
        return {"id": self.id, "type": self.type} | self.about | ({"is_forum": True} if self.forum else {})

    def next_id(self) -> int:
        """A fresh message id; they count per chat."""
        self.last_id += 1
        return self.last_id

    def is_admin(self, user_id: int) -> bool:
        """Does this member run the chat? Everybody does in a private chat."""
        return self.type == "private" or self.members.get(user_id) in ADMIN_STATUSES

    def has(self, user_id: int) -> bool:
        """Is this user in the chat now?"""
        return self.type == "private" or self.members.get(user_id, "left") not in _ABSENT

    def refuse_outsider(self, user_id: int) -> None:
        """Raise 403 when the bot is not (or no longer) in the group."""
        if not self.has(user_id):
            kicked = self.members.get(user_id) == "kicked"
            raise forbidden(f"bot {'was kicked from' if kicked else 'is not a member of'} the {self.type} chat")

    def topic(self, thread_id: int) -> Topic:
        """The topic of this id, or 400 TOPIC_ID_INVALID."""
        if thread_id not in self.topics:
            raise bad_request("TOPIC_ID_INVALID")
        return self.topics[thread_id]

    def placed(self, thread_id: int | None, reply_to: int | None) -> Json:
        """The fields that say where a message stands: topic, thread, and what it answers.

        In a topic, a message that answers nothing carries the topic's creation as `reply_to_message`;
        in the rest of a supergroup an answer carries its thread's id without `is_topic_message`.
        """
        answered = self.messages.get(reply_to) if reply_to else None
        if thread_id is None and answered and answered.get("is_topic_message"):
            thread_id = answered["message_thread_id"]
        fields: Json = {}
        if thread_id is not None:
            fields = {"message_thread_id": thread_id, "is_topic_message": True}
            answered = answered or self.messages.get(thread_id)
        elif answered and self.type == "supergroup":
            fields["message_thread_id"] = answered.get("message_thread_id", answered["message_id"])
        if answered:
            # Telegram nests one level deep and no deeper.
            fields["reply_to_message"] = {k: v for k, v in answered.items() if k != "reply_to_message"}
        return fields

    def shown(self) -> list[Json]:
        """All messages, oldest first, each with who reacted how under `reactions`."""
        return [message | {"reactions": self._reactions(at)} for at, message in self.messages.items()]

    def _reactions(self, message_id: int) -> list[Json]:
        return [
            {"user_id": user_id} | reaction
            for user_id, given in self.reactions.get(message_id, {}).items()
            for reaction in given
        ]
