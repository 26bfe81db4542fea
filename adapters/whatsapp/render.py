"""A fitted `Part` to the message object of POST /{phone_number_id}/messages, as (type, payload)."""

from adapters.whatsapp.errors import impossible
from adapters.whatsapp.identity import phone_digits
from adapters.whatsapp.limits import CAPTIONED, bare, media_type
from adapters.whatsapp.loose import Json
from bot.domain.message import ContactCard, Kind, Location
from bot.domain.outgoing import Address, Button, LocalFile, Part, Template

Rendered = tuple[str, Json | tuple[Json, ...]]


def recipient(to: Address) -> dict[str, str]:
    """`to` for a phone number, `recipient` for a business-scoped user id (business-scoped-user-ids, API requests).

    Without its plus, Meta reads a number as one of our own country and may deliver to a stranger.
    """
    who = to.chat.removeprefix("bsuid:").removeprefix("phone:")
    if not who:
        raise impossible("send-error-bad-request", "no recipient")
    digits = phone_digits(who)
    return {"to": f"+{digits}"} if digits else {"recipient": who}


def render(part: Part, list_title: str) -> Rendered:
    """A part without a file. `list_title` opens a list that brings no title of its own."""
    if part.template is not None:
        return "template", _template(part.template)
    if part.location is not None:
        return "location", _location(part.location)
    if part.contacts:
        return "contacts", tuple(_contact(card) for card in part.contacts)
    if part.rows:
        return "interactive", _list(part, list_title) if part.as_list else _buttons(part)
    return "text", {"body": part.text, "preview_url": False}


def render_file(part: Part, file: LocalFile, media_id: str) -> Rendered:
    """A part with a file that lies at Meta under `media_id`. A caption its form cannot carry is refused, not lost."""
    form = media_type(file.kind, file.mime)
    media: Json = {"id": media_id}
    if part.rows or (part.text and form not in CAPTIONED):
        raise impossible("send-error-bad-request", f"words or buttons on {form}")
    if part.text:
        media["caption"] = part.text
    if form == "document" and file.name:
        media["filename"] = file.name
    if file.kind is Kind.VOICE and bare(file.mime) == "audio/ogg":
        media["voice"] = True  # without it the file is shown as music, not as a voice message
    return form, media


def _buttons(part: Part) -> Json:
    buttons = [{"type": "reply", "reply": {"id": each.token, "title": each.title}} for each in _flat(part)]
    return {"type": "button", "body": {"text": part.text}, "action": {"buttons": buttons}}


def _list(part: Part, list_title: str) -> Json:
    rows = [_row(button) for button in _flat(part)]
    action = {"button": part.list_title or list_title, "sections": [{"rows": rows}]}
    return {"type": "list", "body": {"text": part.text}, "action": action}


def _row(button: Button) -> Json:
    row = {"id": button.token, "title": button.title}
    return row | {"description": button.description} if button.description else row


def _flat(part: Part) -> list[Button]:
    return [button for row in part.rows for button in row]


def _location(place: Location) -> Json:
    point: Json = {"latitude": place.latitude, "longitude": place.longitude}
    named = {"name": place.title, "address": place.address}
    return point | {key: value for key, value in named.items() if value}


def _contact(card: ContactCard) -> Json:
    """Meta demands a second part of the name beside the formatted one."""
    phones = [{"phone": phone, "type": "CELL"} for phone in card.phones]
    contact: Json = {"name": {"formatted_name": card.name, "first_name": card.name}}
    return contact | {"phones": phones} if phones else contact


def _template(template: Template) -> Json:
    components: list[Json] = []
    if template.parameters:
        values = [{"type": "text", "text": _parameter(value)} for value in template.parameters]
        components.append({"type": "body", "parameters": values})
    for index, token in enumerate(template.buttons):
        payload = [{"type": "payload", "payload": token}]
        components.append({"type": "button", "sub_type": "quick_reply", "index": str(index), "parameters": payload})
    return {"name": template.name, "language": {"code": template.language}, "components": components}


def _parameter(value: str) -> str:
    """Meta refuses line breaks, tabs, runs of spaces and nothing at all inside a template (code 132018)."""
    return " ".join(value.split()) or "–"
