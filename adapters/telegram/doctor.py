"""What the doctor wants to know of a Telegram account: who we are, what we may do in the groups, where updates go."""

from collections.abc import Iterable
from dataclasses import dataclass

from aiogram.methods import GetChat, GetChatMember, GetMe, GetWebhookInfo

from adapters.telegram.api import Api
from adapters.telegram.fields import Json, flag, text, whole
from bot.domain.errors import SendError

INSIDE = frozenset(("creator", "administrator", "member", "restricted"))
"""Statuses of a bot that may be in a group (Bot API, ChatMember)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupInspection:
    """An agents' group. `problem` is Telegram's refusal to show it; then the rest says nothing."""

    chat: str
    title: str = ""
    is_forum: bool = False
    our_status: str = ""
    can_manage_topics: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """`reads_all_messages` is false while privacy mode is on; an administrator reads everything all the same.

    `last_error_at`: when Telegram last failed to deliver an update to the webhook, in unix seconds; 0 for never.
    """

    bot_id: int
    username: str
    reads_all_messages: bool
    webhook_url: str
    pending_updates: int
    last_error_at: int = 0
    groups: tuple[GroupInspection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperInspection:
    """A bot that only writes words. `problem` is Telegram's refusal of its token, `absent_from` the groups (chat ids)
    it may not write into."""

    bot_id: int
    username: str = ""
    problem: str = ""
    absent_from: tuple[str, ...] = ()


async def inspect(api: Api, groups: Iterable[str]) -> Inspection:
    """Ask Telegram. Raises `SendError` when it refuses the token or cannot be reached."""
    me = await api.call_for_object(GetMe())
    webhook = await _webhook(api)
    return Inspection(
        bot_id=whole(me, "id") or api.bot_id,
        username=text(me, "username"),
        reads_all_messages=flag(me, "can_read_all_group_messages"),
        webhook_url=text(webhook, "url"),
        pending_updates=whole(webhook, "pending_update_count") or 0,
        last_error_at=whole(webhook, "last_error_date") or 0,
        groups=tuple([await _group(api, chat) for chat in groups]),
    )


async def inspect_helper(api: Api, groups: Iterable[str]) -> HelperInspection:
    """Ask Telegram in the helper's own name. Raises `SendError` when it cannot be reached."""
    try:
        me = await api.call_for_object(GetMe())
    except SendError as error:
        _raise_unless_refused(error)
        return HelperInspection(bot_id=api.bot_id, problem=f"{error.code} {error.detail}")
    seen = [await _group(api, chat) for chat in groups]
    absent = tuple(group.chat for group in seen if group.problem or group.our_status not in INSIDE)
    return HelperInspection(bot_id=api.bot_id, username=text(me, "username"), absent_from=absent)


async def _webhook(api: Api) -> Json:
    try:
        return await api.call_for_object(GetWebhookInfo())
    except SendError as error:
        _raise_unless_refused(error)
        return {}


async def _group(api: Api, chat: str) -> GroupInspection:
    try:
        about = await api.call_for_object(GetChat(chat_id=chat))
        us = await api.call_for_object(GetChatMember(chat_id=chat, user_id=api.bot_id))
    except SendError as error:
        _raise_unless_refused(error)
        return GroupInspection(chat=chat, problem=error.detail)
    status = text(us, "status")
    return GroupInspection(
        chat=chat,
        title=text(about, "title"),
        is_forum=flag(about, "is_forum"),
        our_status=status,
        can_manage_topics=status == "creator" or flag(us, "can_manage_topics"),
    )


def _raise_unless_refused(error: SendError) -> None:
    """The token is good, so a plain refusal concerns this question alone; no answer is another matter."""
    if error.retryable or not error.certain:
        raise error
