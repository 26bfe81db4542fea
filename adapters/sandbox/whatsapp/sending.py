"""POST /{phone_id}/messages: who is meant, what is sent, and whether WhatsApp would carry it."""

import re

from adapters.sandbox.whatsapp import receipts
from adapters.sandbox.whatsapp.account import Account
from adapters.sandbox.whatsapp.checks import (
    CHECKS,
    MEDIA_KINDS,
    bad,
    check_envelope,
    object_param,
    objects_param,
    text_param,
)
from adapters.sandbox.whatsapp.errors import GraphError
from adapters.sandbox.whatsapp.interactive import check_interactive
from adapters.sandbox.whatsapp.json_types import Json
from adapters.sandbox.whatsapp.media import TYPES, bare_type
from adapters.sandbox.whatsapp.phones import Contact, Message, new_wamid

# Business-scoped user ids: country, perhaps ENT, up to 128 letters and digits (business-scoped-user-ids).
USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
TYPING_SECONDS = 25


def send(account: Account, body: Json) -> Json:
    """Take a message and answer as Graph does; GraphError when it is refused at once."""
    check_envelope(body)
    contact, address = _recipient(account, body)
    message = _message(account, contact, body, to_user_id="wa_id" not in address)
    _refuse_at_once(account, contact, message)
    if account.limits:
        account.rates.count(contact.wa_id)
    failure = _late_failure(account, contact, message)
    if message.type == "reaction" and failure is None:
        _put_reaction(account, message)
    account.keep(message)
    receipts.start(account, message, failure)
    sent: Json = {"id": message.id}
    if message.type == "template":
        sent["message_status"] = "accepted"
    return {"messaging_product": "whatsapp", "contacts": [address], "messages": [sent]}


def mark_read(account: Account, body: Json) -> Json:
    """Set a received message and those before it to read, and perhaps show the typing dots for 25 s."""
    message = account.phones.find(text_param(body, "message_id", "message_id", 1024))
    if body.get("status") != "read" or message is None or message.sender != "customer":
        raise bad("Param message_id is not the id of a message received on this number")
    for earlier in account.phones.thread(message.wa_id):
        if earlier.sender == "customer" and earlier.at <= message.at:
            earlier.status = "read"
    if "typing_indicator" in body:
        if object_param(body, "typing_indicator").get("type") != "text":
            raise bad("Param typing_indicator['type'] must be 'text'")
        contact = account.phones.contact(message.wa_id)
        contact.typing_until = account.clock.now() + TYPING_SECONDS
    account.changes.changed()
    return {"success": True}


def _recipient(account: Account, body: Json) -> tuple[Contact, Json]:
    """The person meant and the answer's contact item; `to` wins over `recipient`."""
    if body.get("recipient_type", "individual") != "individual":
        raise bad("Recipient type is not supported on this number. Supported types: individual")
    if to := str(body.get("to") or ""):
        wa_id = re.sub(r"[+\-\s()]", "", to)
        if not re.fullmatch(r"[1-9]\d{5,15}", wa_id):
            raise bad("The phone number is malformed: Please use the format: +1234567890.")
        contact = account.phones.contacts.get(wa_id) or receipts.stranger(wa_id)
        return contact, {"input": to, "wa_id": wa_id}
    user_id = body.get("recipient")
    if not isinstance(user_id, str) or not user_id:
        raise GraphError(100, message="(#100) The parameter to is required.")
    known = account.phones.with_user_id(user_id)
    if known is None or not USER_ID.fullmatch(user_id):
        raise bad("The recipient is not a business-scoped user id of this business portfolio")
    return known, {"input": user_id, "user_id": user_id}


def _message(account: Account, contact: Contact, body: Json, *, to_user_id: bool) -> Message:
    kind = str(body.get("type", "text"))
    content = _template(account, body) if kind == "template" else _content(account, body, kind)
    quoted = body.get("context", {}).get("message_id")
    return Message(
        new_wamid(),
        contact.wa_id,
        "business",
        kind,
        content,
        account.clock.now(),
        # A quote of a message this chat does not hold is sent without its bubble.
        context_id=quoted if account.phones.find(quoted or "") else None,
        status="accepted",
        tracker=body.get("biz_opaque_callback_data"),
        to_user_id=to_user_id,
        pricing=_pricing(kind, content, contact.window_open(account.clock.now())),
    )


def _content(account: Account, body: Json, kind: str) -> Json | list[Json]:
    if kind == "interactive":
        check_interactive(body)
        header = body["interactive"].get("header", {})
        media = {header["type"]: header[header["type"]]} if header.get("type") in MEDIA_KINDS else {}
    elif kind in CHECKS:
        CHECKS[kind](body)
        media = {kind: body[kind]} if kind in MEDIA_KINDS else {}
    else:
        raise GraphError(131051, f"Unsupported message type: {kind}")
    for media_kind, item in media.items():
        if "id" in item and account.media.get(str(item["id"])) is None:
            raise GraphError(
                100,
                message=f"(#100) Param {media_kind}['id'] is not a valid whatsapp business account media attachment ID",
            )
    content: Json | list[Json] = body[kind]
    return content


def _template(account: Account, body: Json) -> Json:
    asked = object_param(body, "template")
    name = text_param(asked, "name", "template['name']", 512)
    language = text_param(object_param(asked, "language"), "code", "template['language']['code']", 20)
    where = "template['components']"
    components = objects_param(asked, "components", where) if asked.get("components") else []
    return account.templates.sendable(name, language).filled(components)


def _pricing(kind: str, content: object, window_open: bool) -> Json:
    """Since July 2025: templates are billed, except utility inside the window; the rest is free."""
    category = str(content["category"]).lower() if isinstance(content, dict) and kind == "template" else ""
    free = not category or (category == "utility" and window_open)
    return {
        "billable": not free,
        "pricing_model": "PMP",
        "type": "free_customer_service" if free else "regular",
        "category": category or "service",
    }


def _outside_window(account: Account, contact: Contact, message: Message) -> bool:
    return message.type != "template" and not contact.window_open(account.clock.now())


def _refuse_at_once(account: Account, contact: Contact, message: Message) -> None:
    if account.window_errors == "sync" and _outside_window(account, contact, message):
        raise GraphError(131047)


def _late_failure(account: Account, contact: Contact, message: Message) -> int | None:
    """The code of the `failed` receipt this message will get, or None."""
    if not account.can_reach(contact.wa_id):
        return 131026
    if _outside_window(account, contact, message):
        return 131047
    if message.type in MEDIA_KINDS and not _fits(account, message):
        return 131053
    if message.type == "reaction" and not _reaction_target(account, message):
        return 131009
    return None


def _fits(account: Account, message: Message) -> bool:
    """Whether the uploaded file's type belongs in this kind of message; linked files are not looked at."""
    file = account.media.get(str(message.content.get("id")))
    allowed = ("audio/ogg",) if message.content.get("voice") else TYPES[message.type]
    return file is None or bare_type(file.mime_type) in allowed


def _reaction_target(account: Account, message: Message) -> Message | None:
    target = account.phones.find(message.content["message_id"])
    return target if target and target.wa_id == message.wa_id and target.type != "reaction" else None


def _put_reaction(account: Account, message: Message) -> None:
    target = _reaction_target(account, message)
    if target is None:
        return
    target.reactions.pop("business", None)
    if message.content["emoji"]:
        target.reactions["business"] = message.content["emoji"]
