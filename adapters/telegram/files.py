"""Which file a message carries, as Telegram names it."""

from adapters.telegram.fields import Json, child, children, text, whole
from bot.domain.message import Attachment, Kind
from bot.domain.words import clean_file_name

# An animation also fills `document`, a live photo also fills `photo`: the fields come in the order to ask.
_FILES = (
    ("animation", Kind.ANIMATION, "video/mp4"),
    ("video", Kind.VIDEO, "video/mp4"),
    ("video_note", Kind.VIDEO_NOTE, "video/mp4"),
    ("voice", Kind.VOICE, "audio/ogg"),
    ("voice_note", Kind.VOICE, "audio/ogg"),
    ("audio", Kind.AUDIO, "audio/mpeg"),
    ("document", Kind.DOCUMENT, "application/octet-stream"),
    ("live_photo", Kind.VIDEO, "video/mp4"),
)


def attachment(message: Json) -> Attachment | None:
    """The file of a message (of a photo its largest size), or None."""
    sizes = [size for size in children(message, "photo") if text(size, "file_id")]
    if sizes:
        return _described(max(sizes, key=_area), Kind.PHOTO, "image/jpeg")
    if text(child(message, "sticker"), "file_id"):
        sticker = child(message, "sticker")
        return _described(sticker, Kind.STICKER, _sticker_mime(sticker))
    for name, kind, mime in _FILES:
        found = child(message, name)
        if text(found, "file_id"):
            return _described(found, kind, mime)
    return None


def _described(found: Json, kind: Kind, mime: str) -> Attachment:
    return Attachment(
        kind=kind,
        ref=text(found, "file_id"),
        name=clean_file_name(text(found, "file_name")),
        mime=text(found, "mime_type") or mime,
        size=whole(found, "file_size"),
    )


def _area(size: Json) -> tuple[int, int]:
    return (whole(size, "width") or 0) * (whole(size, "height") or 0), whole(size, "file_size") or 0


def _sticker_mime(sticker: Json) -> str:
    if sticker.get("is_animated") is True:
        return "application/x-tgsticker"
    return "video/webm" if sticker.get("is_video") is True else "image/webp"
