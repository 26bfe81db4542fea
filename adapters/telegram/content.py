"""A message's content, of every kind the Bot API 10.3 knows; what we cannot carry gets a name and a hint."""

from collections.abc import Callable

from adapters.telegram import rich
from adapters.telegram.fields import Json, child, children, number, text, whole
from adapters.telegram.files import attachment
from bot.domain.message import ContactCard, Content, Location

# Fields that describe a message without being its content.
_DESCRIPTIVE = """
    message_id date chat message_thread_id direct_messages_topic from sender_chat sender_boost_count
    sender_business_bot sender_tag guest_query_id business_connection_id forward_origin is_topic_message
    is_automatic_forward reply_to_message external_reply quote reply_to_story reply_to_checklist_task_id
    reply_to_poll_option_id via_bot guest_bot_caller_user guest_bot_caller_chat edit_date has_protected_content
    is_from_offline is_paid_post media_group_id author_signature paid_star_count text entities
    link_preview_options suggested_post_info effect_id caption caption_entities show_caption_above_media
    has_media_spoiler reply_markup receiver_user ephemeral_message_id forward_date forward_from
    forward_from_chat forward_from_message_id forward_sender_name forward_signature
"""
_ABOUT = frozenset(_DESCRIPTIVE.split())
_LONGEST_DETAIL = 300


def content(message: Json) -> Content:
    """What the message says. A kind of tomorrow becomes the placeholder `unsupported`."""
    words = _words(message)
    file = attachment(message)
    if file is not None:
        return Content(text=words, attachment=file, detail=text(child(message, "sticker"), "emoji"))
    location = _location(message)
    if location is not None:
        return Content(text=words, location=location)
    if text(child(message, "contact"), "phone_number"):
        return Content(text=words, contacts=(_contact(child(message, "contact")),))
    if "rich_message" in message:
        return _rich(child(message, "rich_message"))
    return _named(message, words)


def _words(message: Json) -> str:
    if text(message, "text"):
        return _with_links(text(message, "text"), children(message, "entities"))
    return _with_links(text(message, "caption"), children(message, "caption_entities"))


def _with_links(words: str, entities: list[Json]) -> str:
    """Write a hidden link's target behind its words. Entities count UTF-16 units."""
    units = words.encode("utf-16-le")
    hidden = [entity for entity in entities if entity.get("type") == "text_link" and text(entity, "url")]
    for entity in sorted(hidden, key=_end, reverse=True):
        url, end = text(entity, "url"), 2 * _end(entity)
        if 0 < end <= len(units) and url.rstrip("/") not in words:
            units = units[:end] + f" ({url})".encode("utf-16-le") + units[end:]
    return units.decode("utf-16-le", "replace")


def _end(entity: Json) -> int:
    return (whole(entity, "offset") or 0) + (whole(entity, "length") or 0)


def _location(message: Json) -> Location | None:
    venue = child(message, "venue")
    point = child(venue, "location") or child(message, "location")
    latitude, longitude = number(point, "latitude"), number(point, "longitude")
    if latitude is None or longitude is None:
        return None
    return Location(latitude=latitude, longitude=longitude, title=text(venue, "title"), address=text(venue, "address"))


def _contact(contact: Json) -> ContactCard:
    names = (text(contact, "first_name"), text(contact, "last_name"))
    return ContactCard(name=" ".join(filter(None, names)), phones=(text(contact, "phone_number"),))


def _rich(message: Json) -> Content:
    blocks = message.get("blocks")
    words = "\n".join(rich.lines(blocks))
    media = list(rich.media(blocks))
    files = [file for file in map(attachment, media) if file is not None]
    whole_story = bool(words or files) and len(media) <= 1 and len(files) == len(media)
    return Content(
        text=words,
        attachment=files[0] if files else None,
        placeholder="" if whole_story else "rich-message",
        detail="" if whole_story else _short(", ".join(text(block, "type") for block in media)),
    )


def _named(message: Json, words: str) -> Content:
    for name, detail in _PLACEHOLDERS.items():
        if name in message:
            hint = _short(detail(child(message, name)))
            return Content(text=words, placeholder=name.replace("_", "-"), detail=hint)
    if text(message, "text"):
        return Content(text=words)
    unknown = sorted(name for name in message if name not in _ABOUT)
    return Content(text=words, placeholder="unsupported", detail=_short(", ".join(unknown)))


def _short(detail: str) -> str:
    return detail if len(detail) <= _LONGEST_DETAIL else detail[: _LONGEST_DETAIL - 1] + "…"


def _field(name: str) -> Callable[[Json], str]:
    return lambda source: text(source, name)


def _nothing(_: Json) -> str:
    return ""


def _dice(dice: Json) -> str:
    return f"{text(dice, 'emoji')} {whole(dice, 'value') or ''}".strip()


def _poll(poll: Json) -> str:
    options = [text(option, "text") for option in children(poll, "options")]
    return " · ".join(filter(None, (text(poll, "question"), " / ".join(filter(None, options)))))


def _checklist(checklist: Json) -> str:
    tasks = [text(task, "text") for task in children(checklist, "tasks")]
    return " · ".join(filter(None, (text(checklist, "title"), " / ".join(filter(None, tasks)))))


def _stars(source: Json) -> str:
    count = whole(source, "star_count")
    return "" if count is None else f"⭐ {count}"


# Placeholder names are these fields in kebab case; each function finds the few words worth showing.
_PLACEHOLDERS: dict[str, Callable[[Json], str]] = {
    "poll": _poll,
    "checklist": _checklist,
    "dice": _dice,
    "game": _field("title"),
    "story": _nothing,
    "paid_media": _stars,
    "invoice": _field("title"),
    "giveaway": _field("prize_description"),
    "giveaway_winners": _field("prize_description"),
    "gift": _field("text"),
    "unique_gift": _field("text"),
    "gift_upgrade_sent": _field("text"),
    "web_app_data": _field("button_text"),
    "users_shared": _nothing,
    "user_shared": _nothing,
    "chat_shared": _field("title"),
    "passport_data": _nothing,
    "successful_payment": _nothing,
    # These arrive here only when they lack what makes them carriable (a file id, a phone number, a point).
    "photo": _nothing,
    "animation": _nothing,
    "audio": _field("title"),
    "document": _field("file_name"),
    "live_photo": _nothing,
    "sticker": _field("emoji"),
    "video": _nothing,
    "video_note": _nothing,
    "voice": _nothing,
    "contact": _field("first_name"),
    "venue": _field("title"),
    "location": _nothing,
}
