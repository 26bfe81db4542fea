"""What WhatsApp can carry (Cloud API reference: messages, interactive messages, media)."""

from bot.domain.channel import Capabilities, TextUnit
from bot.domain.message import Kind

_MB = 1024 * 1024
_IMAGE, _STREAM, _DOCUMENT, _STICKER = 5 * _MB, 16 * _MB, 100 * _MB, 500 * 1024

CAPABILITIES = Capabilities(
    text=4096,
    caption=1024,
    text_unit=TextUnit.CHARACTERS,
    text_with_buttons=1024,
    text_with_list=4096,
    buttons=3,
    button_title=20,
    list_rows=10,
    row_title=24,
    row_description=72,
    token_bytes=200,  # the id of a list row; a reply button would take 256
    media={
        Kind.PHOTO: _IMAGE,
        Kind.VIDEO: _STREAM,
        Kind.VIDEO_NOTE: _STREAM,
        Kind.ANIMATION: _STREAM,
        Kind.AUDIO: _STREAM,
        Kind.VOICE: _STREAM,
        Kind.DOCUMENT: _DOCUMENT,
        Kind.STICKER: _STICKER,
    },
    captions_on=frozenset({Kind.PHOTO, Kind.VIDEO, Kind.VIDEO_NOTE, Kind.ANIMATION, Kind.DOCUMENT}),
    download=100 * _MB,
    window_ms=24 * 60 * 60 * 1000,
    edits=False,
    reactions=True,
    tracker_echoed=True,
)

CAPTIONED = frozenset({"image", "video", "document"})
_IMAGES = frozenset({"image/jpeg", "image/png"})
_VIDEOS = frozenset({"video/mp4", "video/3gpp"})
_AUDIOS = frozenset({"audio/aac", "audio/amr", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/opus"})
_FORMS = {
    Kind.PHOTO: ("image", _IMAGES),
    Kind.VIDEO: ("video", _VIDEOS),
    Kind.VIDEO_NOTE: ("video", _VIDEOS),
    Kind.ANIMATION: ("video", _VIDEOS),
    Kind.AUDIO: ("audio", _AUDIOS),
    Kind.VOICE: ("audio", _AUDIOS),
    Kind.STICKER: ("sticker", frozenset({"image/webp"})),
}


def media_type(kind: Kind, mime: str) -> str:
    """The message type that shows a file best: `image`, `video` …, or `document` for what has no form of its own."""
    form, types = _FORMS.get(kind, ("document", frozenset()))
    return form if bare(mime) in types else "document"


def bare(mime: str) -> str:
    """The type without its parameters: `audio/ogg; codecs=opus` is `audio/ogg`."""
    return mime.partition(";")[0].strip().lower()
