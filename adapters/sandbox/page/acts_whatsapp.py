"""What a customer with WhatsApp does on the page."""

from collections.abc import Callable, Mapping
from typing import Any

from adapters.sandbox.page.orders import Order, OrderRefused
from adapters.sandbox.whatsapp import WhatsAppServer

# The page names a file's kind as Telegram does; WhatsApp has its own words for two of them.
KINDS = {
    "photo": "image",
    "image": "image",
    "video": "video",
    "audio": "audio",
    "voice": "voice",
    "document": "document",
    "sticker": "sticker",
}


def act(server: WhatsAppServer, wa_id: str, order: Order) -> dict[str, Any]:
    """Carry out one order as that customer; OrderRefused when WhatsApp knows no such act."""
    deed = _DEEDS.get(order.text("do"))
    if deed is None:
        raise OrderRefused(f"nobody can '{order.text('do')}' on WhatsApp")
    return deed(server, wa_id, order)


def _say(server: WhatsAppServer, wa_id: str, order: Order) -> dict[str, Any]:
    return {"message": server.say(wa_id, order.text("text"), reply_to=order.optional_text("reply_to") or None)}


def _send_file(server: WhatsAppServer, wa_id: str, order: Order) -> dict[str, Any]:
    kind = KINDS.get(order.text("kind"))
    if kind is None:
        raise OrderRefused(f"'kind' must be one of {', '.join(sorted(KINDS))}")
    wamid = server.send_file(
        wa_id,
        kind,
        order.data(),
        name=order.optional_text("name"),
        mime=order.optional_text("mime"),
        caption=order.optional_text("caption"),
    )
    return {"message": wamid}


def _send_location(server: WhatsAppServer, wa_id: str, order: Order) -> dict[str, Any]:
    return {"message": server.send_location(wa_id, order.real("latitude"), order.real("longitude"))}


def _send_contact(server: WhatsAppServer, wa_id: str, order: Order) -> dict[str, Any]:
    name, phone = order.text("name"), order.text("phone")
    card = {
        "name": {"formatted_name": name, "first_name": name},
        "phones": [{"phone": phone, "type": "CELL", "wa_id": phone.lstrip("+").replace(" ", "")}],
    }
    return {"message": server.send_contacts(wa_id, [card])}


def _press(server: WhatsAppServer, wa_id: str, order: Order) -> dict[str, Any]:
    wamid = server.press(
        wa_id,
        order.text("message"),
        title=order.optional_text("title") or None,
        id=order.optional_text("id") or None,
    )
    return {"message": wamid}


def _react(server: WhatsAppServer, wa_id: str, order: Order) -> dict[str, Any]:
    server.react(wa_id, order.text("message"), order.optional_text("emoji") or None)
    return {}


def _edit(server: WhatsAppServer, wa_id: str, order: Order) -> dict[str, Any]:
    server.edit(wa_id, order.text("message"), order.text("text"))
    return {}


def _revoke(server: WhatsAppServer, wa_id: str, order: Order) -> dict[str, Any]:
    server.revoke(wa_id, order.text("message"))
    return {}


def _read(server: WhatsAppServer, wa_id: str, _order: Order) -> dict[str, Any]:
    """Open the chat: everything that arrived and was not looked at is read."""
    for message in server.messages(wa_id):
        if message["from"] == "business" and message["status"] == "delivered":
            server.read(wa_id, message["id"])
    return {}


def _block(server: WhatsAppServer, wa_id: str, order: Order) -> dict[str, Any]:
    (server.block if order.switch("on") else server.unblock)(wa_id)
    return {}


_DEEDS: Mapping[str, Callable[[WhatsAppServer, str, Order], dict[str, Any]]] = {
    "say": _say,
    "send_file": _send_file,
    "send_location": _send_location,
    "send_contact": _send_contact,
    "press": _press,
    "react": _react,
    "edit": _edit,
    "revoke": _revoke,
    "read": _read,
    "block": _block,
}
