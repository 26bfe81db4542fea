"""One stored item to an event. Total: for any bytes it returns an `Inbound` or raises `Unparsable`."""

import re

from adapters.loose_json import loads
from adapters.whatsapp.content import chosen, content_of, error_text
from adapters.whatsapp.identity import keys_of, new_ids, person, person_ids
from adapters.whatsapp.loose import Json, mapping, sequence, text
from bot.domain.errors import Unparsable
from bot.domain.message import (
    AccountChanged,
    Edited,
    Event,
    IdentityChanged,
    Ignored,
    Inbound,
    Person,
    Pressed,
    Reacted,
    Receipt,
    ReceiptStatus,
    Revoked,
    Said,
)

_STATUSES = {
    "sent": ReceiptStatus.SENT,
    "delivered": ReceiptStatus.DELIVERED,
    "read": ReceiptStatus.READ,
    "played": ReceiptStatus.READ,  # a voice message that was listened to
    "failed": ReceiptStatus.FAILED,
}
_OF_ACCOUNT = frozenset(
    {
        "account_update",
        "message_template_components_update",
        "message_template_quality_update",
        "message_template_status_update",
        "phone_number_quality_update",
        "template_category_update",
    }
)
_RESTRICTIONS = frozenset(
    {"ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED", "ACCOUNT_RESTRICTION", "ACCOUNT_VIOLATION", "DISABLED_UPDATE"}
)
_LONGEST_CLASS = 40
_LATEST = 10**11  # seconds; later than the year 5000 is garbage, milliseconds by mistake included
# Anchored at the end: whatever a profile name imitates stands before the ids that Meta wrote.
_NEW_USER_ID = re.compile(r" changed from (\S+) to (\S+)\s*\Z")


def parse(raw: bytes, phone_number_id: str) -> Inbound:
    """What an item of `split` tells. `phone_number_id` is ours: other numbers of the account are not our business."""
    try:
        part = mapping(loads(raw))
    except (ValueError, RecursionError):
        raise Unparsable("no JSON") from None
    receiver = text(mapping(part.get("metadata")).get("phone_number_id"))
    if receiver and receiver != phone_number_id:
        return Ignored(why="another phone number")
    if isinstance(part.get("message"), dict):
        return _message(part["message"], mapping(part.get("contact")))
    if isinstance(part.get("status"), dict):
        return _receipt(part["status"])
    if isinstance(part.get("change"), dict):
        field, at = text(part.get("field")), milliseconds(part.get("time"))
        if field in _OF_ACCOUNT:
            return _account(field, part["change"], at)
        return _change(field, part["change"], mapping(part.get("contact")))
    raise Unparsable("neither a message, nor a status, nor a change")


def _message(message: Json, contact: Json) -> Inbound:
    kind = text(message.get("type"))
    if message.get("group_id"):
        return Ignored(why="group")
    if kind == "request_welcome":
        return Ignored(why="chat opened")
    if kind == "system":
        return _system(message, contact)
    author = person(person_ids(message, contact), contact)
    if not author.keys:
        raise Unparsable(f"a message of type {kind[:40]!r} without a sender")
    return _event(kind, message, author)


def _event(kind: str, message: Json, author: Person) -> Inbound:
    at, payload = milliseconds(message.get("timestamp")), mapping(message.get(kind))
    if kind == "reaction":
        target = _required(payload, "message_id")
        return Reacted(author=author, at=at, external_id=target, emoji=text(payload.get("emoji")))
    if kind == "revoke":
        return Revoked(author=author, at=at, external_id=_required(payload, "original_message_id"))
    if kind == "edit" and (target := text(payload.get("original_message_id"))):
        content = content_of(mapping(payload.get("message")))
        return Edited(author=author, at=at, external_id=target, content=content)
    choice = chosen(payload)
    token = text(payload.get("payload")) if kind == "button" else text(choice.get("id"))
    if kind in {"button", "interactive"} and token:
        title = text(payload.get("text")) if kind == "button" else text(choice.get("title"))
        quoted = text(mapping(message.get("context")).get("id"))
        return Pressed(author=author, at=at, token=token, title=title, message_id=quoted or None)
    return _said(message, Event(author=author, at=at))


def _said(message: Json, event: Event) -> Said:
    context = mapping(message.get("context"))
    # An edit that does not name its message is still what the customer wants to say.
    edited = mapping(mapping(message.get("edit")).get("message"))
    return Said(
        author=event.author,
        at=event.at,
        external_id=_required(message, "id"),
        content=content_of(edited or message),
        reply_to=text(context.get("id")) or None,
        own_words=not (context.get("forwarded") or context.get("frequently_forwarded")),
    )


def _system(message: Json, contact: Json) -> Inbound:
    """A new number or a new user id; `from` is the old number (webhooks/reference/messages/system)."""
    system = mapping(message.get("system"))
    name = text(system.get("type"))
    if name not in {"user_changed_number", "customer_changed_number", "user_changed_user_id"}:
        return Ignored(why=f"system: {name[:40]}")
    old = [text(system.get("previous_user_id")), *person_ids(message, {}), text(system.get("customer"))]
    told = _NEW_USER_ID.search(text(system.get("body")))
    if told and name == "user_changed_user_id" and told[2] == text(system.get("user_id")):
        old.append(told[1])
    at = milliseconds(message.get("timestamp"))
    return _identity(list(filter(None, old)), new_ids(system), contact, at)


def _identity(old: list[str], new: list[str], contact: Json, at: int) -> Inbound:
    old_keys = tuple(key for key in keys_of(old) if key not in keys_of(new))
    if not new or not old_keys:
        return Ignored(why="identity change without the old or the new id")
    return IdentityChanged(author=person(new, contact), at=at, old_keys=old_keys)


def _receipt(status: Json) -> Inbound:
    name = text(status.get("status")).lower()
    if status.get("recipient_type") == "group":
        return Ignored(why="group")
    if name not in _STATUSES:
        return Ignored(why=f"status: {name[:40]}")
    external_id, tracker = text(status.get("id")), text(status.get("biz_opaque_callback_data"))
    if not external_id and not tracker:
        raise Unparsable("a status of no message")
    error = mapping(next(iter(sequence(status.get("errors"))), None))
    details = text(mapping(error.get("error_data")).get("details"))
    return Receipt(
        external_id=external_id,
        status=_STATUSES[name],
        at=milliseconds(status.get("timestamp")),
        tracker=tracker,
        error_code=text(error.get("code")),
        error_detail=": ".join(dict.fromkeys(filter(None, (error_text([error]), details)))),
        cost_class=text(mapping(status.get("pricing")).get("category")).lower()[:_LONGEST_CLASS],
    )


def _change(field: str, change: Json, contact: Json) -> Inbound:
    if field == "user_id_update":
        ids = mapping(change.get("user_id"))
        new = [text(ids.get("current")), text(change.get("wa_id"))]
        old = list(filter(None, [text(ids.get("previous"))]))
        return _identity(old, list(filter(None, new)), contact, milliseconds(change.get("timestamp")))
    if field == "messages" and change.get("errors"):
        return Ignored(why=f"account error: {error_text(change.get('errors'))[:80]}")
    if field in {"", "messages"}:
        raise Unparsable("a change of unknown shape")
    return Ignored(why=f"field: {field[:40]}")


def _account(field: str, change: Json, at: int) -> Inbound:
    """News about a template, the number or the whole account (webhooks/reference/<field>)."""
    event = text(change.get("event"))
    if field == "account_update" and event not in _RESTRICTIONS:
        return Ignored(why=f"account: {event[:40]}")
    return AccountChanged(
        at=at,
        template=text(change.get("message_template_name")),
        language=text(change.get("message_template_language")),
        status=event if field == "message_template_status_update" else "",
        restriction=event if field == "account_update" else "",
    )


def milliseconds(timestamp: object) -> int:
    """Meta's unix seconds, as text or number, in milliseconds; 0 for garbage: the caller knows when it arrived."""
    digits = text(timestamp)
    seconds = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 12 else 0
    return seconds * 1000 if seconds < _LATEST else 0


def _required(payload: Json, name: str) -> str:
    value = text(payload.get(name))
    if not value:
        raise Unparsable(f"no {name}")
    return value
