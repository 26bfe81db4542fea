"""The Bot API's methods that change what is already there: edits, deletions, reactions, pins, pressed buttons."""

from adapters.sandbox.telegram.chats import Chat
from adapters.sandbox.telegram.cloud import Cloud
from adapters.sandbox.telegram.errors import Json, bad_request
from adapters.sandbox.telegram.files import KINDS
from adapters.sandbox.telegram.keyboards import reply_markup
from adapters.sandbox.telegram.params import Params
from adapters.sandbox.telegram.reactions import EMOJI
from adapters.sandbox.telegram.sending import Method, input_media
from adapters.sandbox.telegram.styling import message_caption, message_text

MAX_ANSWER = 200
DELETABLE_FOR = 48 * 3600
"""Seconds in which a bot may delete a message (core.telegram.org/bots/api#deletemessage)."""

_UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
_CAPTION_FIELDS = frozenset({"caption", "caption_entities"})
_TEXT_FIELDS = frozenset({"text", "entities"})
_CAPTIONABLE = frozenset({"photo", "video", "audio", "voice", "document", "animation"})


def _own(cloud: Cloud, params: Params) -> tuple[Chat, Json]:
    chat = cloud.writable_chat(params)
    message = cloud.find(chat, params.number("message_id"), "edit")
    if message["from"]["id"] != cloud.bot_id:
        raise bad_request("message can't be edited")
    return chat, message


def _without(message: Json, *groups: frozenset[str]) -> Json:
    gone = frozenset[str]().union(*groups)
    return {name: value for name, value in message.items() if name not in gone}


def _edited(cloud: Cloud, chat: Chat, message: Json, fresh: Json) -> Json:
    if _without(fresh, frozenset({"edit_date"})) == _without(message, frozenset({"edit_date"})):
        raise bad_request(_UNCHANGED)
    cloud.limits.spend(chat.id)
    return cloud.replace(chat, message, fresh)


_KEYBOARD = frozenset({"reply_markup"})


def edit_message_text(cloud: Cloud, params: Params) -> Json:
    """editMessageText; leaving the keyboard out takes it away."""
    chat, message = _own(cloud, params)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    fresh = message_text(params) | reply_markup(params, inline_only=True)
    return _edited(cloud, chat, message, _without(message, _TEXT_FIELDS, _KEYBOARD) | fresh)


def edit_message_caption(cloud: Cloud, params: Params) -> Json:
    """editMessageCaption."""
    chat, message = _own(cloud, params)
    if not message.keys() & _CAPTIONABLE:
        raise bad_request("there is no caption in the message to edit")
    fresh = message_caption(params) | reply_markup(params, inline_only=True)
    return _edited(cloud, chat, message, _without(message, _CAPTION_FIELDS, _KEYBOARD) | fresh)


def edit_message_media(cloud: Cloud, params: Params) -> Json:
    """editMessageMedia; a text may become media, media never text."""
    chat, message = _own(cloud, params)
    content = input_media(cloud, params.mapping("media") or {}, params)
    kept = _without(message, _TEXT_FIELDS, _CAPTION_FIELDS, _KEYBOARD, KINDS)
    return _edited(cloud, chat, message, kept | content | reply_markup(params, inline_only=True))


def edit_message_reply_markup(cloud: Cloud, params: Params) -> Json:
    """editMessageReplyMarkup."""
    chat, message = _own(cloud, params)
    fresh = _without(message, _KEYBOARD) | reply_markup(params, inline_only=True)
    return _edited(cloud, chat, message, fresh)


def delete_message(cloud: Cloud, params: Params) -> bool:
    """deleteMessage: the bot's own for 48 hours; other people's, and older ones, only as a group's admin."""
    chat = cloud.chat_named(params)
    message = cloud.find(chat, params.number("message_id"), "delete")
    runs_group = chat.type != "private" and chat.is_admin(cloud.bot_id)
    own = chat.type == "private" or message["from"]["id"] == cloud.bot_id
    fresh = message["date"] > cloud.now() - DELETABLE_FOR
    if not runs_group and not (own and fresh):
        raise bad_request("message can't be deleted")
    del chat.messages[message["message_id"]]
    return True


def set_message_reaction(cloud: Cloud, params: Params) -> bool:
    """setMessageReaction: at most one, and only from Telegram's list."""
    chat = cloud.writable_chat(params)
    message = cloud.find(chat, params.number("message_id"), "react")
    given = params.objects("reaction")
    if len(given) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(one.get("type") != "emoji" or one.get("emoji") not in EMOJI for one in given):
        raise bad_request("REACTION_INVALID")
    reactions = [{"type": "emoji", "emoji": one["emoji"]} for one in given]
    chat.reactions.setdefault(message["message_id"], {})[cloud.bot_id] = reactions
    return True


def answer_callback_query(cloud: Cloud, params: Params) -> bool:
    """answerCallbackQuery: a toast or an alert of up to 200 characters."""
    query_id = params.text("callback_query_id")
    if query_id not in cloud.pressed:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(params.text("text")) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    cloud.answers[query_id] = {
        "text": params.text("text"),
        "show_alert": params.flag("show_alert"),
        "url": params.text("url"),
    }
    return True


def pin_chat_message(cloud: Cloud, params: Params) -> bool:
    """pinChatMessage: needs admin rights in groups and leaves a service message."""
    chat = cloud.writable_chat(params)
    _may_pin(cloud, chat)
    message = cloud.find(chat, params.number("message_id"), "pin")
    if message["message_id"] not in chat.pinned:
        chat.pinned.append(message["message_id"])
        pinned = {"pinned_message": _without(message, frozenset({"reply_to_message"}))}
        thread_id = message["message_thread_id"] if message.get("is_topic_message") else None
        cloud.post_service(chat, cloud.bot, pinned, thread_id)
    return True


def unpin_chat_message(cloud: Cloud, params: Params) -> bool:
    """unpinChatMessage: the one named, or the newest."""
    chat = cloud.writable_chat(params)
    _may_pin(cloud, chat)
    message_id = params.number("message_id") or (chat.pinned[-1] if chat.pinned else None)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    return True


def _may_pin(cloud: Cloud, chat: Chat) -> None:
    if not chat.is_admin(cloud.bot_id):
        raise bad_request("not enough rights to manage pinned messages in the chat")


METHODS: dict[str, Method] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "setMessageReaction": set_message_reaction,
    "answerCallbackQuery": answer_callback_query,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
}
