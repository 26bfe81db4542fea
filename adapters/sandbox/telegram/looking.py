"""The Bot API's methods that ask, and the bot's command menu (core.telegram.org/bots/api#available-methods)."""

import re

from adapters.sandbox.telegram.chats import Chat, member
from adapters.sandbox.telegram.cloud import Cloud
from adapters.sandbox.telegram.errors import Json, bad_request
from adapters.sandbox.telegram.params import Params
from adapters.sandbox.telegram.sending import Method

MAX_COMMANDS = 100
MAX_DESCRIPTION = 256
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)


def get_me(cloud: Cloud, _params: Params) -> Json:
    """getMe: `can_read_all_group_messages` is the privacy mode turned round."""
    return cloud.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": not cloud.rules.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(cloud: Cloud, params: Params) -> Json:
    """getChat: ChatFullInfo with the fields that are never left out."""
    chat = cloud.chat_named(params)
    full = chat.public() | {"accent_color_id": 0, "max_reaction_count": 11}
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    full["accepted_gift_types"] = dict.fromkeys(gifts, False)
    if chat.pinned:
        full["pinned_message"] = chat.messages.get(chat.pinned[-1])
    return full


def get_chat_member(cloud: Cloud, params: Params) -> Json:
    """getChatMember: "left" for people who are not there."""
    chat = cloud.chat_named(params)
    user_id = params.number("user_id")
    people = cloud.users | cloud.bots
    if user_id not in people:
        raise bad_request("user not found")
    return member(people[user_id], _status(chat, user_id))


def _status(chat: Chat, user_id: int) -> str:
    return "member" if chat.type == "private" else chat.members.get(user_id, "left")


def get_chat_administrators(cloud: Cloud, params: Params) -> list[Json]:
    """getChatAdministrators: owner and administrators; of all bots only this one."""
    chat = cloud.chat_named(params)
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    people = cloud.users | {cloud.bot_id: cloud.bot}
    return [member(people[at], status) for at, status in chat.members.items() if at in people and chat.is_admin(at)]


def get_chat_member_count(cloud: Cloud, params: Params) -> int:
    """getChatMemberCount."""
    chat = cloud.chat_named(params)
    return 2 if chat.type == "private" else sum(chat.has(user_id) for user_id in chat.members)


def leave_chat(cloud: Cloud, params: Params) -> bool:
    """leaveChat."""
    chat = cloud.chat_named(params)
    if chat.type == "private":
        raise bad_request("chat_id of a private chat can't be left")
    old = chat.members[cloud.bot_id]
    chat.members[cloud.bot_id] = "left"
    cloud.tell_about_bot(chat, cloud.bot, old, "left")
    return True


def get_file(cloud: Cloud, params: Params) -> Json:
    """getFile."""
    return cloud.files.downloadable(params.text("file_id"))


def set_my_commands(cloud: Cloud, params: Params) -> bool:
    """setMyCommands, kept per scope and language."""
    commands = params.objects("commands")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for one in commands:
        if not _COMMAND.fullmatch(str(one.get("command", ""))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(one.get("description", "")).strip()) <= MAX_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    cloud.commands[_shelf(cloud, params)] = [
        {"command": one["command"], "description": one["description"]} for one in commands
    ]
    return True


def get_my_commands(cloud: Cloud, params: Params) -> list[Json]:
    """getMyCommands."""
    return cloud.commands.get(_shelf(cloud, params), [])


def delete_my_commands(cloud: Cloud, params: Params) -> bool:
    """deleteMyCommands."""
    cloud.commands.pop(_shelf(cloud, params), None)
    return True


def _shelf(cloud: Cloud, params: Params) -> str:
    """The key of a command list: scope, chat, user, and the language after a slash."""
    scope = params.mapping("scope") or {"type": "default"}
    if scope.get("type") not in _SCOPES:
        raise bad_request("unsupported scope type specified")
    parts = [str(scope["type"])]
    if str(scope["type"]).startswith("chat"):
        parts.append(str(cloud.chat_named(Params(scope, {})).id))
        parts += [str(scope["user_id"])] if "user_id" in scope else []
    return f"{':'.join(parts)}/{params.text('language_code')}"


def get_webhook_info(cloud: Cloud, _params: Params) -> Json:
    """getWebhookInfo."""
    return cloud.webhook.info()


def set_webhook(cloud: Cloud, params: Params) -> bool:
    """setWebhook."""
    return cloud.webhook.set(params)


def delete_webhook(cloud: Cloud, params: Params) -> bool:
    """deleteWebhook."""
    return cloud.webhook.delete(params)


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "getFile": get_file,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "getWebhookInfo": get_webhook_info,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
}
