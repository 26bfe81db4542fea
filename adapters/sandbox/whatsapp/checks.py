"""What Graph demands of each message kind; every breach is a GraphError naming the parameter."""

from collections.abc import Callable

from adapters.sandbox.whatsapp.errors import GraphError
from adapters.sandbox.whatsapp.json_types import Json

TEXT_LENGTH, CAPTION_LENGTH, TRACKER_LENGTH = 4096, 1024, 512
FILENAME_LENGTH, EMOJI_LENGTH = 240, 32
MEDIA_KINDS = ("image", "video", "audio", "document", "sticker")


def bad(details: str) -> GraphError:
    """Code 131009: the value breaks a rule of WhatsApp's own."""
    return GraphError(131009, details)


def text_param(owner: Json, key: str, where: str, longest: int, *, required: bool = True) -> str:
    """A string of 1..longest characters under `key`; code 100 otherwise ('' when absent and optional)."""
    value = owner.get(key)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or not value.strip():
        raise GraphError(100, message=f"(#100) Param {where} must be a non-empty string.")
    if len(value) > longest:
        raise GraphError(100, message=f"(#100) Param {where} must be at most {longest} characters long.")
    return value


def object_param(owner: object, key: str) -> Json:
    """The JSON object under `key`; code 131008 when it is missing, 100 when it is something else."""
    value = owner.get(key) if isinstance(owner, dict) else None
    if value is None:
        raise GraphError(131008, f"Parameter '{key}' is mandatory.")
    if not isinstance(value, dict):
        raise GraphError(100, message=f"(#100) Param {key} must be a JSON object.")
    return value


def objects_param(owner: Json, key: str, where: str) -> list[Json]:
    """The non-empty JSON list of objects under `key`; code 100 otherwise."""
    value = owner.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        raise GraphError(100, message=f"(#100) Param {where} must be a non-empty array of JSON objects.")
    return value


def length_between(text: object, what: str, longest: int) -> str:
    """An interactive part's string of 1..longest characters; code 131009 otherwise."""
    if not isinstance(text, str) or not 1 <= len(text) <= longest:
        raise bad(f"{what} length invalid. Min length: 1, Max length: {longest}")
    return text


def check_text(body: Json) -> None:
    """Text: 1..4096 characters."""
    text_param(object_param(body, "text"), "body", "text['body']", TEXT_LENGTH)


def check_media(body: Json) -> None:
    """Media: exactly one of id and link; a caption of up to 1024 characters where the kind has captions."""
    kind = body["type"]
    check_media_object(object_param(body, kind), kind)


def check_media_object(media: Json, kind: str) -> None:
    """The object under a media kind's key, in a message or in an interactive header."""
    if ("id" in media) == ("link" in media):
        raise GraphError(100, message=f"(#100) Param {kind} must have exactly one of 'id' and 'link'.")
    if "link" in media and not str(media["link"]).startswith(("http://", "https://")):
        raise GraphError(100, message=f"(#100) Param {kind}['link'] is not a valid URI.")
    if "caption" in media:
        if kind in {"audio", "sticker"}:
            raise GraphError(100, message=f'(#100) Unexpected key "caption" on param {kind}.')
        text_param(media, "caption", f"{kind}['caption']", CAPTION_LENGTH)
    if "filename" in media and kind != "document":
        raise GraphError(100, message=f'(#100) Unexpected key "filename" on param {kind}.')
    if "filename" in media:
        text_param(media, "filename", f"{kind}['filename']", FILENAME_LENGTH)


def check_location(body: Json) -> None:
    """Location: latitude and longitude inside the globe."""
    location = object_param(body, "location")
    for key, edge in (("latitude", 90.0), ("longitude", 180.0)):
        try:
            inside = -edge <= float(location[key]) <= edge
        except (KeyError, TypeError, ValueError):
            inside = False
        if not inside:
            raise bad(f"Param location['{key}'] must be a number between -{edge:g} and {edge:g}")


def check_contacts(body: Json) -> None:
    """Contacts: each one has a formatted name and one more part of a name."""
    for nth, contact in enumerate(objects_param(body, "contacts", "contacts")):
        name = contact.get("name")
        where = f"contacts[{nth}]['name']"
        if not isinstance(name, dict):
            raise GraphError(100, message=f"(#100) Param {where} must be a JSON object.")
        text_param(name, "formatted_name", f"{where}['formatted_name']", CAPTION_LENGTH)
        if not any(name.get(part) for part in ("first_name", "last_name", "middle_name", "suffix", "prefix")):
            raise bad(f"At least one optional parameter of {where} must be given with formatted_name")


def check_reaction(body: Json) -> None:
    """Reaction: a message id and an emoji, or an empty string to take it back."""
    reaction = object_param(body, "reaction")
    text_param(reaction, "message_id", "reaction['message_id']", CAPTION_LENGTH)
    emoji = reaction.get("emoji")
    if not isinstance(emoji, str):
        raise GraphError(100, message="(#100) Param reaction['emoji'] must be a string.")
    if emoji and (emoji.isascii() or len(emoji) > EMOJI_LENGTH):
        raise bad("Param reaction['emoji'] must be a single emoji")


def check_envelope(body: Json) -> None:
    """The parts all messages share: product, tracker length, context."""
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    text_param(body, "biz_opaque_callback_data", "biz_opaque_callback_data", TRACKER_LENGTH, required=False)
    if "context" in body:
        quoted = text_param(object_param(body, "context"), "message_id", "context['message_id']", 1024)
        if not quoted.startswith("wamid."):
            raise bad("Param context['message_id'] is not a WhatsApp message id")


Check = Callable[[Json], None]
CHECKS: dict[str, Check] = {
    "text": check_text,
    "location": check_location,
    "contacts": check_contacts,
    "reaction": check_reaction,
    **dict.fromkeys(MEDIA_KINDS, check_media),
}
