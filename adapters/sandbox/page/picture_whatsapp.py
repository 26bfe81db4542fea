"""A WhatsApp chat as the page draws it: Graph API payloads turned into the page's one message shape.

A drawn message is JSON: key, id, at (unix seconds), out (the phone's owner wrote it), author, kind, text,
entities (None: WhatsApp's own marks), status, edited, reactions, and, where they apply, file, header, footer,
buttons (rows), list, reply_to, location, contacts, template, error.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from adapters.sandbox.page.cast import Customer
from adapters.sandbox.whatsapp import WhatsAppServer
from adapters.sandbox.whatsapp.media import MediaStore, StoredFile

Drawn = dict[str, Any]

BUSINESS = "Gişe"
WINDOW_SECONDS = 24 * 3600
_MEDIA = frozenset({"image", "video", "audio", "document", "sticker"})


class Gallery:
    """The files as phones keep them: the platform forgets a file after 7 or 30 days, a phone does not."""

    def __init__(self, media: MediaStore) -> None:
        self._media = media
        self._kept: dict[str, StoredFile] = {}

    def file(self, media_id: str) -> StoredFile | None:
        """The file behind a media id, also after the platform forgot it, if the page ever drew it."""
        found = self._media.get(media_id)
        if found is not None:
            self._kept[media_id] = found
        return self._kept.get(media_id)


def draw_phone(server: WhatsAppServer, gallery: Gallery, customer: Customer) -> Drawn:
    """One customer's phone with its chat and the state of the 24 h window."""
    heard = server.phones.contact(customer.address).last_heard
    raw = server.messages(customer.address)
    by_id = {message["id"]: message for message in raw}
    return {
        "key": customer.key,
        "channel": "whatsapp",
        "name": customer.name,
        "about": customer.about,
        "language": customer.language,
        "blocked": not server.can_reach(customer.address),
        "typing": server.typing(customer.address),
        "window_open": server.window_open(customer.address),
        "window_until": heard and heard + WINDOW_SECONDS,
        "commands": [],
        "messages": [_draw(gallery, customer, message, by_id) for message in raw],
    }


def _draw(
    gallery: Gallery, customer: Customer, message: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]
) -> Drawn:
    out = message["from"] == "customer"
    drawn: Drawn = {
        "key": message["id"],
        "id": message["id"],
        "at": message["at"],
        "out": out,
        "author": {"key": customer.key if out else "bot", "name": customer.name if out else BUSINESS, "bot": not out},
        "kind": "text",
        "text": "",
        "entities": None,
        "status": _STATUSES.get(message["status"], message["status"]),
        "edited": bool(message.get("edited")),
        "reactions": _reactions(message),
    }
    if message.get("revoked"):
        return drawn | {"kind": "revoked", "reactions": []}
    quoted = by_id.get((message.get("context") or {}).get("id", ""))
    if quoted:
        drawn["reply_to"] = _quote(gallery, customer, quoted)
    content = message.get(message["type"]) or {}
    return drawn | _content(gallery, message["type"], content)


# The page's words: a received message was at least delivered to the business.
_STATUSES = {"received": "delivered", "accepted": "sent"}


def _reactions(message: Mapping[str, Any]) -> list[Drawn]:
    return [
        {"emoji": emoji, "count": 1, "mine": side == "customer", "by": [side]}
        for side, emoji in message["reactions"].items()
    ]


def _quote(gallery: Gallery, customer: Customer, message: Mapping[str, Any]) -> Drawn:
    content = _content(gallery, message["type"], message.get(message["type"]) or {})
    name = customer.name if message["from"] == "customer" else BUSINESS
    return {"name": name, "kind": "text", "text": ""} | {
        k: content[k] for k in ("kind", "text", "file") if k in content
    }


def _content(gallery: Gallery, kind: str, content: Any) -> Drawn:
    if kind in _MEDIA:
        return _media(gallery, kind, content)
    draw = _KINDS.get(kind)
    return draw(gallery, content) if draw else {"kind": "unsupported"}


def _text(_gallery: Gallery, content: Mapping[str, Any]) -> Drawn:
    return {"text": content["body"]}


def _media(gallery: Gallery, kind: str, content: Mapping[str, Any]) -> Drawn:
    shown = "voice" if kind == "audio" and content.get("voice") else {"image": "photo"}.get(kind, kind)
    drawn: Drawn = {"kind": shown, "text": content.get("caption", "")}
    stored = gallery.file(str(content.get("id", "")))
    if stored is None:
        return drawn
    mime = str(content.get("mime_type") or stored.mime_type)
    name = content.get("filename") or stored.name
    address = f"/api/file/whatsapp/{stored.id}?{urlencode({'type': mime, 'name': name})}"
    return drawn | {"file": {"url": address, "name": name, "mime": mime, "size": len(stored.data)}}


def _location(_gallery: Gallery, content: Mapping[str, Any]) -> Drawn:
    wanted = ("latitude", "longitude", "name", "address")
    place = {name: content[name] for name in wanted if name in content}
    place |= {name: float(place[name]) for name in ("latitude", "longitude")}
    return {"kind": "location", "location": place}


def _contacts(_gallery: Gallery, content: list[Mapping[str, Any]]) -> Drawn:
    people = []
    for card in content:
        phones = card.get("phones") or [{}]
        people.append({"name": card["name"]["formatted_name"], "phone": phones[0].get("phone", "")})
    return {"kind": "contact", "contacts": people}


def _interactive(gallery: Gallery, content: Mapping[str, Any]) -> Drawn:
    reply = content.get("button_reply") or content.get("list_reply")
    if reply:
        return {"text": "\n".join(filter(None, (reply["title"], reply.get("description"))))}
    action = content.get("action", {})
    drawn: Drawn = {"text": content.get("body", {}).get("text", "")}
    drawn |= _header(gallery, content.get("header", {}))
    if "footer" in content:
        drawn["footer"] = content["footer"]["text"]
    if "buttons" in action:
        drawn["buttons"] = [[{"id": b["reply"]["id"], "title": b["reply"]["title"]}] for b in action["buttons"]]
    if "sections" in action:
        drawn["list"] = {"button": action["button"], "sections": [_section(one) for one in action["sections"]]}
    if "parameters" in action:
        link = action["parameters"]
        drawn["buttons"] = [[{"id": link["url"], "title": link["display_text"], "url": link["url"]}]]
    return drawn


def _header(gallery: Gallery, header: Mapping[str, Any]) -> Drawn:
    kind = header.get("type")
    if kind == "text":
        return {"header": header["text"]}
    if kind not in _MEDIA:
        return {}
    return {name: value for name, value in _media(gallery, kind, header[kind]).items() if name in {"kind", "file"}}


def _section(section: Mapping[str, Any]) -> Drawn:
    rows = [
        {"id": row["id"], "title": row["title"], "description": row.get("description", "")} for row in section["rows"]
    ]
    return {"title": section.get("title", ""), "rows": rows}


def _template(_gallery: Gallery, content: Mapping[str, Any]) -> Drawn:
    buttons = [[{"id": b.get("payload", b["text"]), "title": b["text"]}] for b in content.get("buttons", [])]
    return {"text": content["body"], "template": True, "buttons": buttons}


def _button(_gallery: Gallery, content: Mapping[str, Any]) -> Drawn:
    return {"text": content["text"]}


_KINDS: Mapping[str, Callable[[Gallery, Any], Drawn]] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "template": _template,
    "button": _button,
}
