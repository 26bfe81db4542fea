"""What WhatsApp can carry (Cloud API reference: messages, interactive messages, media)."""

from bot.domain.channel import Capabilities, Rate, TextUnit
from bot.domain.message import Kind

_MB = 1024 * 1024
LARGEST = {  # bytes, by message type (business-phone-numbers/media, Supported media types)
    "image": 5 * _MB,
    "video": 16 * _MB,
    "audio": 16 * _MB,
    "document": 100 * _MB,
    "sticker": 500 * 1024,
}

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
        Kind.PHOTO: LARGEST["image"],
        Kind.VIDEO: LARGEST["video"],
        Kind.VIDEO_NOTE: LARGEST["video"],
        Kind.ANIMATION: LARGEST["video"],
        Kind.AUDIO: LARGEST["audio"],
        Kind.VOICE: LARGEST["audio"],
        Kind.DOCUMENT: LARGEST["document"],
        Kind.STICKER: LARGEST["sticker"],
    },
    captions_on=frozenset({Kind.PHOTO, Kind.VIDEO, Kind.VIDEO_NOTE, Kind.ANIMATION, Kind.DOCUMENT}),
    download=100 * _MB,
    window_ms=24 * 60 * 60 * 1000,
    edits=False,
    reactions=True,
    tracker_echoed=True,
    read_marks=True,
    rate=Rate(1 / 80, 80),  # throughput of a number
    rate_per_person=Rate(6.0, 45),  # about-the-platform, pair rate limits
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
