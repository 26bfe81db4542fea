"""Telegram as a channel to customers and as the agents' desk: one bot account, both sides."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from aiogram.methods import (
    AnswerCallbackQuery,
    CreateForumTopic,
    DeleteWebhook,
    EditForumTopic,
    GetMe,
    ReopenForumTopic,
    SetMessageReaction,
    SetWebhook,
)
from aiogram.types import ReactionTypeEmoji
from typing_extensions import override

from adapters.telegram import doctor, menus, render
from adapters.telegram.api import TIMEOUT, UPLOAD_TIMEOUT, Api, number_of
from adapters.telegram.capabilities import CAPABILITIES
from adapters.telegram.doctor import HelperInspection, Inspection
from adapters.telegram.download import download
from adapters.telegram.errors import uncertain
from adapters.telegram.fields import is_object
from adapters.telegram.fields import text as text_of
from adapters.telegram.lanes import CHANNEL
from adapters.telegram.menus import Menu
from adapters.telegram.parse import Parser
from adapters.telegram.reactions import allowed
from adapters.telegram.updates import ALLOWED_UPDATES, API_BASE
from bot.domain.channel import Capabilities
from bot.domain.errors import Missing, SendError
from bot.domain.groups import Group
from bot.domain.message import Attachment, Inbound
from bot.domain.outgoing import Address, FetchedFile, LocalFile, Part
from bot.ports import Channel, Desk

_TOPIC_NAME = 128
_PRESS_ANSWER = 200


class TelegramChannel(Desk):
    """`groups` are the agents' chat ids as text, the main one first; none means no desk here.

    `teams` says which of them belong to a team, by chat id; `helpers` are tokens of further bots that write words into
    the groups. `now` tells the time in epoch milliseconds. `group_writes_per_minute` in place of Telegram's own limit
    (0: none) is for test servers. External message ids are `<chat id>:<message id>`.
    Raises aiogram's TokenValidationError for a token that cannot be one.
    """

    def __init__(
        self,
        token: str,
        *,
        now: Callable[[], int],
        groups: Sequence[str] = (),
        teams: Mapping[str, str] | None = None,
        helpers: Sequence[str] = (),
        api_base: str = API_BASE,
        group_writes_per_minute: int | None = None,
    ) -> None:
        self._api = Api(token, api_base)
        self._capabilities = CAPABILITIES
        if group_writes_per_minute is not None:
            self._capabilities = replace(CAPABILITIES, group_writes_per_minute=group_writes_per_minute)
        self._groups = tuple(Group(chat=chat, team=(teams or {}).get(chat, "")) for chat in groups)
        self._plain: set[str] = set()
        channels = [TelegramChannel(helper, now=now, api_base=api_base) for helper in helpers]
        self._helpers = {channel.bot_id: channel for channel in channels}
        self._parser = Parser(bot_id=self._api.bot_id, groups=groups, now=now)

    @property
    def name(self) -> str:
        return CHANNEL

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    @property
    def bot_id(self) -> int:
        return self._api.bot_id

    @property
    def group(self) -> str:
        return self._groups[0].chat if self._groups else ""

    @property
    def groups(self) -> Sequence[Group]:
        return self._groups

    @property
    def accounts(self) -> Sequence[int]:
        return (0, *self._helpers)

    def voice(self, account: int) -> Channel:
        """Raises `KeyError` for an account that is not configured."""
        return self._helpers[account] if account else self

    def is_forum(self, chat: str) -> bool:
        """As Telegram itself said last; assumed until it does."""
        return chat not in self._plain

    def link(self, chat: str, thread: str) -> str:
        """Only supergroups have links (core.telegram.org/api/links#message-links)."""
        number = chat.removeprefix("-100")
        return f"https://t.me/c/{number}/{thread}" if thread and chat.startswith("-100") else ""

    def parse(self, raw: bytes) -> Inbound:
        return self._parser.parse(raw)

    def lanes(self, keys: Sequence[str]) -> list[str]:
        """A private chat bears its person's number, in the key as in the lane."""
        return list(keys)

    @override
    async def send(
        self,
        to: Address,
        part: Part,
        *,
        file: LocalFile | None = None,
        reply_to: str | None = None,
        tracker: str = "",
    ) -> str:
        """The Bot API echoes no tracker, so an unknown outcome stays unknown."""
        method = render.sending(to, part, file, reply_to)
        seconds = UPLOAD_TIMEOUT if file is not None and not file.ref else TIMEOUT
        message = await self._api.call_for_object(method, seconds=seconds)
        return f"{to.chat}:{number_of(message, 'message_id')}"

    async def send_album(
        self, to: Address, text: str, files: Sequence[LocalFile], *, reply_to: str | None = None
    ) -> list[str]:
        method = render.sending_album(to, text, files, reply_to)
        messages = await self._api.call(method, seconds=UPLOAD_TIMEOUT)
        if not isinstance(messages, list) or len(messages) != len(files):
            raise uncertain("send-error-unknown-outcome", "the answer does not name every item")
        items = [message if is_object(message) else {} for message in messages]
        return [f"{to.chat}:{number_of(item, 'message_id')}" for item in items]

    async def edit(self, to: Address, external_id: str, part: Part) -> None:
        method = render.editing(render.chat_id(to.chat), render.message_id(external_id), part)
        await self._quietly(method, Missing.CHANGE)

    async def react(self, to: Address, external_id: str, emoji: str) -> None:
        """An emoji outside Telegram's fixed list makes no call: nobody can set it, and nothing is wrong with that."""
        reaction = allowed(emoji)
        if emoji and not reaction:
            return
        method = SetMessageReaction(
            chat_id=render.chat_id(to.chat),
            message_id=render.message_id(external_id),
            reaction=[ReactionTypeEmoji(emoji=reaction)] if reaction else [],
        )
        await self._api.call(method)

    async def mark_read(self, to: Address, external_id: str) -> None:
        """Bots have no read marks in ordinary chats (Bot API: business accounts only)."""

    async def answer_press(self, press_id: str, text: str) -> None:
        """Stop the button's spinner. A press of some minutes ago cannot be answered any more; nobody waits for it."""
        if press_id:
            answer = AnswerCallbackQuery(callback_query_id=press_id, text=text[:_PRESS_ANSWER] or None)
            await self._quietly(answer, Missing.MESSAGE)

    def explain(self, code: str, detail: str) -> SendError:
        """Telegram sends no receipts, so there is nothing to explain beyond the code itself."""
        return SendError(key="send-error-vendor", certain=True, retryable=False, code=code, detail=detail)

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> FetchedFile:
        return await download(self._api, attachment, folder, min(limit, CAPABILITIES.download))

    async def open_topic(self, chat: str, name: str) -> str:
        """Raises `SendError`; after one that misses the forum this group counts as a plain one."""
        method = CreateForumTopic(chat_id=render.chat_id(chat), name=name[:_TOPIC_NAME])
        try:
            topic = await self._api.call_for_object(method)
        except SendError as error:
            if error.missing is Missing.FORUM:
                self._plain.add(chat)
            raise
        return str(number_of(topic, "message_thread_id"))

    async def rename_topic(self, chat: str, thread: str, name: str) -> None:
        method = EditForumTopic(chat_id=render.chat_id(chat), message_thread_id=int(thread), name=name[:_TOPIC_NAME])
        await self._quietly(method, Missing.CHANGE)

    async def reopen_topic(self, chat: str, thread: str) -> None:
        method = ReopenForumTopic(chat_id=render.chat_id(chat), message_thread_id=int(thread))
        await self._quietly(method, Missing.CHANGE)

    async def set_commands(self, commands: Iterable[Menu]) -> None:
        """Store the command menus. Raises `SendError`."""
        await menus.set_commands(self._api, commands, self._chats)

    async def use_webhook(self, url: str, secret: str) -> None:
        """Have updates posted to this https address from now on. Raises `SendError`."""
        await self._api.call(SetWebhook(url=url, secret_token=secret, allowed_updates=list(ALLOWED_UPDATES)))

    async def use_polling(self) -> None:
        """Take the webhook away, which `getUpdates` wants; waiting updates are kept. Raises `SendError`."""
        await self._api.call(DeleteWebhook())

    async def learn_username(self) -> str:
        """Ask who we are; until then a command for another bot in the group counts as ours. Raises `SendError`."""
        self._parser.username = text_of(await self._api.call_for_object(GetMe()), "username")
        return self._parser.username

    async def inspect(self) -> Inspection:
        """What the doctor shows; also learns our own username, and which groups are forums.

        Raises `SendError` when the token is refused.
        """
        found = await doctor.inspect(self._api, self._chats)
        self._parser.username = found.username
        for group in found.groups:
            if not group.problem:
                self._plain = self._plain - {group.chat} if group.is_forum else self._plain | {group.chat}
        return found

    async def inspect_helpers(self) -> list[HelperInspection]:
        """What the doctor shows of the other bots. Raises `SendError` when Telegram does not answer."""
        return [await doctor.inspect_helper(helper._api, self._chats) for helper in self._helpers.values()]

    def move_group(self, old: str, new: str) -> None:
        """The agents' group `old` is called `new` from now on; events of both are understood."""
        self._groups = tuple(replace(group, chat=new) if group.chat == old else group for group in self._groups)
        self._parser.groups |= {new}
        if old in self._plain:
            self._plain.add(new)

    async def close(self) -> None:
        """Close the connections; the channel is of no use afterwards."""
        for helper in self._helpers.values():
            await helper.close()
        await self._api.close()

    @property
    def _chats(self) -> list[str]:
        return [group.chat for group in self._groups]

    async def _quietly(self, method: render.Method, harmless: Missing) -> None:
        """Make a call whose goal is met when Telegram says that this is missing."""
        try:
            await self._api.call(method)
        except SendError as error:
            if error.missing is not harmless:
                raise
