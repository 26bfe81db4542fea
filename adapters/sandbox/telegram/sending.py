"""The Bot API's send methods, and copying and forwarding (core.telegram.org/bots/api#available-methods)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from adapters.sandbox.telegram.chats import GENERAL_TOPIC, Chat
from adapters.sandbox.telegram.cloud import SERVICE_FIELDS, Cloud
from adapters.sandbox.telegram.errors import Json, bad_request
from adapters.sandbox.telegram.files import KINDS, StoredFile, media_fields
from adapters.sandbox.telegram.keyboards import reply_markup
from adapters.sandbox.telegram.params import Params
from adapters.sandbox.telegram.styling import message_caption, message_text

Method = Callable[[Cloud, Params], object]
ALBUM_SIZES = range(2, 11)
_CAPTIONED = frozenset({"photo", "video", "audio", "voice", "document", "animation"})
_ALBUM_KINDS = frozenset({"photo", "video", "audio", "document"})
_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
# What stays behind when the words of a message are taken elsewhere.
_ENVELOPE = frozenset(
    {
        "message_id",
        "from",
        "chat",
        "date",
        "edit_date",
        "message_thread_id",
        "is_topic_message",
        "reply_to_message",
        "reply_markup",
        "media_group_id",
        "forward_origin",
        "quote",
        "via_bot",
        "sender_chat",
    }
)


@dataclass(frozen=True)
class Place:
    """Where a bot's message goes."""

    chat: Chat
    at: Json


def place_of(cloud: Cloud, params: Params) -> Place:
    """Chat, topic and answered message of a call, refused as Telegram refuses them."""
    chat = cloud.writable_chat(params)
    thread_id = params.number("message_thread_id")
    if thread_id is not None:
        _check_topic(cloud, chat, thread_id)
    reply_to, quote = _answered(chat, params)
    at = chat.placed(thread_id, reply_to)
    if at.get("message_thread_id") not in {None, thread_id} and at.get("is_topic_message"):
        _check_topic(cloud, chat, at["message_thread_id"])
    return Place(chat, at | quote)


def _check_topic(cloud: Cloud, chat: Chat, thread_id: int) -> None:
    if not chat.forum or thread_id == GENERAL_TOPIC or thread_id not in chat.topics:
        raise bad_request("message thread not found")
    if chat.topics[thread_id].closed and not chat.is_admin(cloud.bot_id):
        raise bad_request("TOPIC_CLOSED")


def _answered(chat: Chat, params: Params) -> tuple[int | None, Json]:
    given = params.mapping("reply_parameters") or {
        "message_id": params.number("reply_to_message_id"),
        "allow_sending_without_reply": params.flag("allow_sending_without_reply"),
    }
    message_id = given.get("message_id")
    if message_id is None:
        return None, {}
    elsewhere = given.get("chat_id") not in {None, chat.id, str(chat.id)}
    if elsewhere or int(message_id) not in chat.messages:
        if given.get("allow_sending_without_reply"):
            return None, {}
        raise bad_request("message to be replied not found")
    return int(message_id), _quote(chat.messages[int(message_id)], str(given.get("quote") or ""))


def _quote(answered: Json, quote: str) -> Json:
    if not quote:
        return {}
    position = str(answered.get("text") or answered.get("caption") or "").find(quote)
    if position < 0:
        raise bad_request("QUOTE_TEXT_INVALID")
    return {"quote": {"text": quote, "position": position, "is_manual": True}}


def deliver(cloud: Cloud, place: Place, params: Params, content: Json) -> Json:
    """Book the write and post the bot's message."""
    protected = {"has_protected_content": True} if params.flag("protect_content") else {}
    message = content | protected | reply_markup(params)
    cloud.limits.spend(place.chat.id)
    return cloud.post(place.chat, cloud.bot, message, at=place.at)


def send_message(cloud: Cloud, params: Params) -> Json:
    """sendMessage."""
    return deliver(cloud, place_of(cloud, params), params, message_text(params))


def stored_file(cloud: Cloud, params: Params, kind: str, field: str) -> StoredFile:
    """The file of a call: uploaded in this field, attached under another name, or known by its id."""
    value = params.text(field)
    name = value.removeprefix("attach://") if value.startswith("attach://") else field
    if name in params.uploads:
        return cloud.files.add_upload(kind, params.uploads[name])
    if not value or value.startswith("attach://"):
        raise bad_request(f"there is no {kind.replace('_', ' ')} in the request")
    if value.startswith(("http://", "https://")):
        # The sandbox never leaves this machine, so no address in the world answers it.
        raise bad_request("failed to get HTTP URL content")
    return cloud.files.known(kind, value)


def send_media(kind: str, cloud: Cloud, params: Params) -> Json:
    """sendPhoto, sendVideo and their likes."""
    place = place_of(cloud, params)
    caption = message_caption(params) if kind in _CAPTIONED else {}
    return deliver(cloud, place, params, media_fields(stored_file(cloud, params, kind, kind)) | caption)


def send_media_group(cloud: Cloud, params: Params) -> list[Json]:
    """sendMediaGroup: 2 to 10 items; documents and audio only among themselves."""
    place = place_of(cloud, params)
    items = params.objects("media")
    if len(items) not in ALBUM_SIZES:
        raise bad_request("expected from 2 to 10 media in the group")
    kinds = {str(item.get("type")) for item in items}
    if not kinds <= _ALBUM_KINDS or (len(kinds) > 1 and kinds & {"audio", "document"}):
        raise bad_request("media of these types can't be grouped together")
    contents = [input_media(cloud, item, params) for item in items]
    cloud.limits.spend(place.chat.id, len(contents))
    album = {"media_group_id": cloud.number()}
    return [cloud.post(place.chat, cloud.bot, content | album, at=place.at) for content in contents]


def input_media(cloud: Cloud, item: Json, params: Params) -> Json:
    """The content of one InputMedia object."""
    kind = str(item.get("type"))
    if kind not in KINDS:
        raise bad_request(f'type "{kind}" of the media is unsupported')
    one = Params(item, params.uploads)
    return media_fields(stored_file(cloud, one, kind, "media")) | message_caption(one)


def send_location(cloud: Cloud, params: Params) -> Json:
    """sendLocation."""
    return deliver(cloud, place_of(cloud, params), params, {"location": _location(params)})


def send_venue(cloud: Cloud, params: Params) -> Json:
    """sendVenue."""
    title, address = params.text("title"), params.text("address")
    if not title or not address:
        raise bad_request("venue title and address must be non-empty")
    location = _location(params)
    venue = {"location": location, "title": title, "address": address}
    return deliver(cloud, place_of(cloud, params), params, {"venue": venue, "location": location})


def _location(params: Params) -> Json:
    latitude, longitude = params.decimal("latitude"), params.decimal("longitude")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("wrong location coordinates specified")
    return {"latitude": latitude, "longitude": longitude}


def send_contact(cloud: Cloud, params: Params) -> Json:
    """sendContact."""
    names = ("phone_number", "first_name", "last_name", "vcard")
    contact = {name: params.text(name) for name in names if params.has(name)}
    for name in names[:2]:
        if name not in contact:
            raise bad_request(f"{name.replace('_', ' ')} must be non-empty")
    return deliver(cloud, place_of(cloud, params), params, {"contact": contact})


def send_chat_action(cloud: Cloud, params: Params) -> bool:
    """sendChatAction."""
    cloud.writable_chat(params)
    if params.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def _source(cloud: Cloud, params: Params, what: str) -> tuple[Json, Json]:
    message = cloud.find(cloud.chat_named(params, "from_chat_id"), params.number("message_id"), what)
    content: dict[str, Any] = {name: value for name, value in message.items() if name not in _ENVELOPE}
    if content.keys() & SERVICE_FIELDS:
        raise bad_request(f"the message can't be {'copied' if what == 'copy' else 'forwarded'}")
    return message, content


def copy_message(cloud: Cloud, params: Params) -> Json:
    """copyMessage: the content without its origin; a new caption replaces the old one."""
    place = place_of(cloud, params)
    _message, content = _source(cloud, params, "copy")
    if "caption" in params.fields and "text" not in content:
        content = {k: v for k, v in content.items() if k not in {"caption", "caption_entities"}}
        content |= message_caption(params)
    return {"message_id": deliver(cloud, place, params, content)["message_id"]}


def forward_message(cloud: Cloud, params: Params) -> Json:
    """forwardMessage: the content and where it came from."""
    place = place_of(cloud, params)
    message, content = _source(cloud, params, "forward")
    origin = {"type": "user", "sender_user": message["from"], "date": message["date"]}
    return deliver(cloud, place, params, content | {"forward_origin": message.get("forward_origin", origin)})


_MEDIA_METHODS: dict[str, Method] = {
    f"send{''.join(word.capitalize() for word in kind.split('_'))}": partial(send_media, kind) for kind in KINDS
}
METHODS: dict[str, Method] = _MEDIA_METHODS | {
    "sendMessage": send_message,
    "sendMediaGroup": send_media_group,
    "sendLocation": send_location,
    "sendVenue": send_venue,
    "sendContact": send_contact,
    "sendChatAction": send_chat_action,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
}
