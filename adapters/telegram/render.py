"""A fitted part as one Bot API method: plain text without markup, link previews off, buttons as an inline keyboard."""

from collections.abc import Sequence
from dataclasses import dataclass
from mimetypes import guess_extension
from typing import Any

from aiogram.methods import (
    EditMessageCaption,
    EditMessageReplyMarkup,
    EditMessageText,
    SendAnimation,
    SendAudio,
    SendContact,
    SendDocument,
    SendLocation,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
    SendSticker,
    SendVenue,
    SendVideo,
    SendVideoNote,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import (
    FSInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    LinkPreviewOptions,
    ReplyParameters,
)

from adapters.telegram.errors import refused
from bot.domain.message import ContactCard, Kind, Location
from bot.domain.outgoing import Address, LocalFile, Part
from bot.domain.words import clean_file_name

Method = TelegramMethod[Any]

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
# "General" is a topic without an id: Telegram refuses its number in sends.
_GENERAL = "1"


@dataclass(frozen=True, slots=True)
class _Way:
    """How a kind of file is sent: the method, its file field, and whether words may go with it."""

    method: type[Method]
    field: str
    captioned: bool = True


_DOCUMENT = _Way(SendDocument, "document")
_WAYS = {
    Kind.PHOTO: _Way(SendPhoto, "photo"),
    Kind.VIDEO: _Way(SendVideo, "video"),
    Kind.ANIMATION: _Way(SendAnimation, "animation"),
    Kind.AUDIO: _Way(SendAudio, "audio"),
    Kind.VOICE: _Way(SendVoice, "voice"),
    Kind.VIDEO_NOTE: _Way(SendVideoNote, "video_note", captioned=False),
    Kind.STICKER: _Way(SendSticker, "sticker", captioned=False),
    Kind.DOCUMENT: _DOCUMENT,
}
_ALBUM_ITEMS = {Kind.PHOTO: InputMediaPhoto, Kind.VIDEO: InputMediaVideo, Kind.AUDIO: InputMediaAudio}
# Photos and videos may mix in an album; audio and documents only with their own kind (Bot API, sendMediaGroup).
_MIXABLE = (frozenset((Kind.PHOTO, Kind.VIDEO)), frozenset((Kind.AUDIO,)))


def sending(to: Address, part: Part, file: LocalFile | None, reply_to: str | None) -> Method:
    """The one call that carries the part. Raises `SendError` for what one call cannot carry."""
    common = target(to, reply_to) | {"reply_markup": keyboard(part)}
    if file is not None:
        return _with_file(common, part, file)
    if part.attachment is not None:
        raise refused("send-error-media-gone", "the file is not at hand")
    if part.location is not None:
        _without_words(part)
        return _with_location(common, part.location)
    if len(part.contacts) == 1 and part.contacts[0].phones:
        _without_words(part)
        return _with_contact(common, part.contacts[0])
    words = "\n".join(filter(None, (part.text, *map(_contact_line, part.contacts))))
    return SendMessage(text=words, link_preview_options=_NO_PREVIEW, **common)


def sending_album(to: Address, text: str, files: Sequence[LocalFile], reply_to: str | None) -> SendMediaGroup:
    """One post of several files; the words stand under the first. A mix that Telegram refuses goes as documents."""
    kinds = {file.kind for file in files}
    as_they_are = any(kinds <= together for together in _MIXABLE)
    media = []
    for position, file in enumerate(files):
        item = _ALBUM_ITEMS[file.kind] if as_they_are else InputMediaDocument
        media.append(item(media=input_file(file), caption=text or None if position == 0 else None))
    return SendMediaGroup(media=media, **target(to, reply_to))


def editing(chat: int | str, message: int, part: Part) -> Method:
    """Replace the words or, under a file, the caption; a message without words only changes its buttons."""
    common: dict[str, Any] = {"chat_id": chat, "message_id": message, "reply_markup": keyboard(part)}
    if part.attachment is not None:
        return EditMessageCaption(caption=part.text, **common)
    if part.text:
        return EditMessageText(text=part.text, link_preview_options=_NO_PREVIEW, **common)
    return EditMessageReplyMarkup(**common)


def keyboard(part: Part) -> InlineKeyboardMarkup | None:
    """The buttons as rows; a list is a column."""
    rows = [(button,) for row in part.rows for button in row] if part.as_list else part.rows
    lines = [
        [InlineKeyboardButton(text=button.title, callback_data=button.token) for button in row] for row in rows if row
    ]
    return InlineKeyboardMarkup(inline_keyboard=lines) if lines else None


def target(to: Address, reply_to: str | None) -> dict[str, Any]:
    """Chat, topic and quoted message; a quoted message that is gone must not keep ours from going out."""
    fields: dict[str, Any] = {"chat_id": chat_id(to.chat)}
    if to.thread and to.thread != _GENERAL:
        fields["message_thread_id"] = int(to.thread)
    if reply_to:
        quoted = ReplyParameters(message_id=message_id(reply_to), allow_sending_without_reply=True)
        fields["reply_parameters"] = quoted
    return fields


def chat_id(chat: str) -> int:
    """Raises `SendError` when no Telegram chat is called so."""
    try:
        return int(chat)
    except ValueError:
        raise refused("send-error-chat-gone", "not a chat id") from None


def message_id(external_id: str) -> int:
    """`<chat>:<message>` to the number Telegram knows. Raises `SendError`."""
    try:
        return int(external_id.rpartition(":")[2])
    except ValueError:
        raise refused("send-error-bad-request", "not a message id") from None


def input_file(file: LocalFile) -> FSInputFile | str:
    """Bytes from our disk, or a file id that Telegram already knows. Raises `SendError` when neither is there."""
    if file.ref:
        return file.ref
    if file.path is None or not file.path.is_file():
        raise refused("send-error-media-gone", "the file is not on our disk")
    return FSInputFile(file.path, filename=_shown_name(file))


def _shown_name(file: LocalFile) -> str:
    # Telegram tells a file's type by the ending of its name, so a nameless file gets one.
    return (
        clean_file_name(file.name) or f"{file.kind.value}{guess_extension(file.mime.partition(';')[0].strip()) or ''}"
    )


def _with_file(common: dict[str, Any], part: Part, file: LocalFile) -> Method:
    way = _WAYS.get(file.kind, _DOCUMENT)
    words: dict[str, Any] = {"caption": part.text or None} if way.captioned else {}
    if not way.captioned:
        _without_words(part)
    return way.method(**{way.field: input_file(file)}, **words, **common)


def _with_location(common: dict[str, Any], location: Location) -> Method:
    point: dict[str, Any] = {"latitude": location.latitude, "longitude": location.longitude}
    if not (location.title or location.address):
        return SendLocation(**point, **common)
    title = location.title or location.address
    return SendVenue(title=title, address=location.address or title, **point, **common)


def _with_contact(common: dict[str, Any], contact: ContactCard) -> Method:
    phone, *more = contact.phones
    name = " ".join(contact.name.split()) or phone
    numbers = "".join(f"TEL:{number}\n" for number in (phone, *more))
    card = f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\n{numbers}END:VCARD" if more else None
    return SendContact(phone_number=phone, first_name=name, vcard=card, **common)


def _contact_line(contact: ContactCard) -> str:
    return " ".join(filter(None, (contact.name, *contact.phones)))


def _without_words(part: Part) -> None:
    if part.text:
        raise refused("send-error-bad-request", "words cannot go with this kind of message")
