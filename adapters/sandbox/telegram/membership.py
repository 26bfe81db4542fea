"""Who is where: people and groups come, change and go, and the bot hears of it as in real life."""

from adapters.sandbox.telegram.chats import Chat
from adapters.sandbox.telegram.errors import Json
from adapters.sandbox.telegram.people import People


class Membership(People):
    """Comings and goings, added to what people do."""

    def add_user(
        self, user_id: int, first_name: str, *, last_name: str = "", username: str = "", language_code: str = ""
    ) -> None:
        """A person with a Telegram account, who has not written to the bot yet."""
        user: Json = {"id": user_id, "is_bot": False, "first_name": first_name}
        optional = {"last_name": last_name, "username": username, "language_code": language_code}
        self._cloud.users[user_id] = user | {name: value for name, value in optional.items() if value}
        self._cloud.add_private_chat(self._cloud.users[user_id])
        self._cloud.changes.changed()

    def add_group(self, chat_id: int, title: str, *, forum: bool = False, bot_status: str = "member") -> None:
        """Another group with all bots in it: ids from -1000000000000 down are supergroups, others basic groups.

        `bot_status` is the main bot's, the others are mere members.
        """
        kind = "supergroup" if chat_id <= -1_000_000_000_000 else "group"
        chat = Chat(chat_id, kind, {"title": title}, forum=forum)
        chat.members |= dict.fromkeys(self._cloud.bots, "member") | {self._cloud.bot_id: bot_status}
        self._cloud.chats[chat_id] = chat
        self._cloud.changes.changed()

    def join_group(self, user_id: int, *, status: str = "member", chat_id: int | None = None) -> None:
        """Come into the group, or change one's status there ("member", "administrator", "creator")."""
        self._become(user_id, status, chat_id)

    def leave_group(self, user_id: int, *, status: str = "left", chat_id: int | None = None) -> None:
        """Leave the group, or be thrown out of it ("kicked")."""
        self._become(user_id, status, chat_id)

    def _become(self, user_id: int, status: str, chat_id: int | None) -> None:
        chat, user = self._chat(chat_id or self.group_id), self._user(user_id)
        old = chat.members.get(user_id, "left")
        chat.members[user_id] = status
        self._cloud.tell("chat_member", self._cloud.member_change(chat, user, user, (old, status)), chat)

    def set_bot_status(self, status: str, *, by: int, chat_id: int | None = None, bot_id: int | None = None) -> None:
        """Make the bot "administrator", "member", "left" or "kicked" in the group; another bot than the main one by
        its id, of which the main one hears nothing."""
        chat = self._chat(chat_id or self.group_id)
        if bot_id is not None:
            chat.members[bot_id] = status
            self._cloud.changes.changed()
            return
        old = chat.members.get(self._cloud.bot_id, "left")
        chat.members[self._cloud.bot_id] = status
        self._cloud.tell_about_bot(chat, self._user(by), old, status)

    def block(self, user_id: int) -> None:
        """Block the bot in one's private chat."""
        self._cloud.blocked.add(user_id)
        self._cloud.tell_about_bot(self._chat(user_id), self._user(user_id), "member", "kicked")

    def unblock(self, user_id: int) -> None:
        """Take the block back."""
        self._cloud.blocked.discard(user_id)
        self._cloud.tell_about_bot(self._chat(user_id), self._user(user_id), "kicked", "member")

    def migrate_group(self, user_id: int, *, new_id: int, chat_id: int | None = None) -> int:
        """Turn a basic group into a supergroup; every later call to the old id tells the new one."""
        old = self._chat(chat_id or self.group_id)
        new = Chat(new_id, "supergroup", old.about, forum=old.forum, members=dict(old.members))
        self._cloud.chats[new_id] = new
        sender = self._user(user_id)
        self._cloud.post_service(old, sender, {"migrate_to_chat_id": new_id})
        self._cloud.post_service(new, sender, {"migrate_from_chat_id": old.id})
        old.migrated_to = new_id
        if old.id == self.group_id:
            self.group_id = new_id
        return new_id
