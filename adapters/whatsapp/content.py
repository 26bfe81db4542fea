"""What a WhatsApp message says: the vendor's message object to our `Content`.

Shapes: webhooks/reference/messages/<type>. A type we do not know, or one without its payload, becomes the
placeholder `unsupported` that names it: the agent sees that something came, never silence.
"""

from collections.abc import Callable, Iterable

from adapters.loose_json import loads
from adapters.whatsapp.loose import Json, mapping, number, sequence, text
from bot.domain.message import Attachment, ContactCard, Content, Kind, Location
from bot.domain.words import clean_file_name

_LONGEST_DETAIL = 500
_MEDIA = {
    "image": Kind.PHOTO,
    "video": Kind.VIDEO,
    "audio": Kind.AUDIO,
    "voice": Kind.VOICE,
    "document": Kind.DOCUMENT,
    "sticker": Kind.STICKER,
}


def content_of(message: Json) -> Content:
    """The content of a received message, or of the new version inside an edit."""
    kind = text(message.get("type"))
    read = _READERS.get(kind)
    said = read(message.get(kind)) if read else _media(kind, mapping(message.get(kind)))
    return said or unsupported(message)


def unsupported(message: Json) -> Content:
    """The named placeholder: Meta's reason where it gives one, otherwise the type."""
    kind = text(message.get("type"))
    payload = mapping(message.get(kind))
    inner = text(payload.get("type"))
    reason = error_text(message.get("errors"))
    detail = f"{reason} ({inner})" if reason and inner else reason or inner or kind
    caption = text(payload.get("caption"))
    return Content(text=caption, placeholder="unsupported", detail=detail[:_LONGEST_DETAIL])


def error_text(errors: object) -> str:
    """The title of the first error of a list, or its message."""
    first = mapping(next(iter(sequence(errors)), None))
    return text(first.get("title")) or text(first.get("message"))


def _media(kind: str, media: Json) -> Content | None:
    ref = text(media.get("id"))
    if kind not in _MEDIA or not ref:
        return None
    attachment = Attachment(
        kind=Kind.VOICE if media.get("voice") is True else _MEDIA[kind],
        ref=ref,
        name=clean_file_name(text(media.get("filename"))),
        mime=text(media.get("mime_type")),
    )
    return Content(text=text(media.get("caption")), attachment=attachment)


def _words(payload: object) -> Content | None:
    body = text(mapping(payload).get("body"))
    return Content(text=body) if body else None


def _place(payload: object) -> Content | None:
    place = mapping(payload)
    latitude, longitude = number(place.get("latitude")), number(place.get("longitude"))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    title, address = text(place.get("name")), text(place.get("address"))
    return Content(location=Location(latitude=latitude, longitude=longitude, title=title, address=address))


def _cards(payload: object) -> Content | None:
    cards = tuple(filter(None, (_card(mapping(each)) for each in sequence(payload))))
    return Content(contacts=cards) if cards else None


def _card(contact: Json) -> ContactCard | None:
    name, company = mapping(contact.get("name")), mapping(contact.get("org"))
    parts = (text(name.get("first_name")), text(name.get("last_name")))
    shown = text(name.get("formatted_name")) or " ".join(filter(None, parts)) or text(company.get("company"))
    entries = (mapping(each) for each in sequence(contact.get("phones")))
    phones = tuple(filter(None, (text(each.get("phone")) or text(each.get("wa_id")) for each in entries)))
    # A number shared through "share contact info" comes without a name.
    return ContactCard(name=shown or phones[0], phones=phones) if shown or phones else None


def _order(payload: object) -> Content | None:
    order = mapping(payload)
    lines = (_order_line(mapping(each)) for each in sequence(order.get("product_items")))
    return _placeholder("order", lines, text(order.get("text"))) if order else None


def _order_line(product: Json) -> str:
    quantity, sku = text(product.get("quantity")), text(product.get("product_retailer_id"))
    return f"{quantity} × {sku}" if quantity and sku else sku


def _interactive(payload: object) -> Content | None:
    """A filled-in form (WhatsApp Flow), or the title of a reply that lost its id."""
    interactive = mapping(payload)
    form = mapping(interactive.get("nfm_reply"))
    if form:
        return _placeholder("form", _form_lines(form), "")
    title = text(chosen(interactive).get("title"))
    return Content(text=title) if title else None


def chosen(interactive: Json) -> Json:
    """The `{id, title}` of a pressed reply button or list row; empty for anything else."""
    return mapping(interactive.get("button_reply")) or mapping(interactive.get("list_reply"))


def _form_lines(form: Json) -> Iterable[str]:
    try:
        answers = mapping(loads(text(form.get("response_json"))))
    except (ValueError, RecursionError):
        answers = {}
    lines = [f"{name}: {text(answer)}" for name, answer in answers.items() if name != "flow_token" and text(answer)]
    return map(text, lines or [text(form.get("body"))])


def _button(payload: object) -> Content | None:
    label = text(mapping(payload).get("text"))
    return Content(text=label) if label else None


def _placeholder(name: str, lines: Iterable[str], words: str) -> Content:
    detail = ", ".join(filter(None, lines))
    return Content(text=words, placeholder=name, detail=detail[:_LONGEST_DETAIL])


_READERS: dict[str, Callable[[object], Content | None]] = {
    "text": _words,
    "location": _place,
    "contacts": _cards,
    "order": _order,
    "interactive": _interactive,
    "button": _button,
}
