"""Webhook values in Meta's published shapes of 2026 (business-scoped-user-ids, webhooks/reference/messages)."""

from typing import Any

from adapters.sandbox.whatsapp.json_types import Json
from adapters.sandbox.whatsapp.phones import Contact, Message
from adapters.sandbox.whatsapp.templates import Template


def contact_item(contact: Contact, *, with_username: bool = True) -> Json:
    """One item of `contacts`: the number is left out when WhatsApp may not tell it."""
    profile = {"name": contact.name}
    if contact.username and with_username:
        profile["username"] = f"@{contact.username.removeprefix('@')}"
    item: Json = {"profile": profile}
    if contact.phone_visible:
        item["wa_id"] = contact.wa_id
    return item | {"user_id": contact.user_id}


def message_item(contact: Contact, wamid: str, at: float, fields: Json) -> Json:
    """One item of `messages`; `fields` holds type and payload and may override everything else."""
    item: Json = {"from": contact.wa_id} if contact.phone_visible else {}
    item |= {"from_user_id": contact.user_id, "id": wamid, "timestamp": str(int(at))}
    return item | fields


def status_value(contact: Contact, message: Message, status: str, at: float) -> Json:
    """The `contacts` and `statuses` of one receipt.

    `failed` comes without contacts, and names the user id only if the message was addressed to it.
    """
    item: Json = {"id": message.id, "status": status, "timestamp": str(int(at))}
    if not message.to_user_id or contact.phone_visible:
        item["recipient_id"] = contact.wa_id
    if status != "failed" or message.to_user_id:
        item["recipient_user_id"] = contact.user_id
    if message.tracker is not None:
        item["biz_opaque_callback_data"] = message.tracker
    if status in {"sent", "delivered"} and message.pricing:
        item["pricing"] = message.pricing
    if status == "failed":
        return {"statuses": [item | {"errors": [message.error]}]}
    return {"contacts": [_recipient_item(contact, message, status)], "statuses": [item]}


def _recipient_item(contact: Contact, message: Message, status: str) -> Json:
    item = contact_item(contact, with_username=status != "sent")
    if not message.to_user_id:
        item["wa_id"] = contact.wa_id
    return item


def template_item(template: Template) -> Json:
    """How every webhook about a template names it."""
    return {
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
    }


def template_status_value(template: Template) -> Json:
    """`message_template_status_update`: the event is the new status; a pause tells its reason in `other_info`."""
    value: Json = {"event": template.status, "reason": "NONE", "message_template_category": template.category}
    if template.status == "PAUSED":
        value |= {"other_info": {"title": "FIRST_PAUSE", "description": "Paused for 3 hours because of low quality."}}
    return value | template_item(template)


def envelope(account_id: str, values: list[Json], field: str = "messages", at: float | None = None) -> Json:
    """One POST body: a single change in a single entry, several spread over two entries.

    `at`: unix seconds, which entries about the account itself carry.
    """
    changes = [{"field": field, "value": value} for value in values]
    half = len(changes) // 2 if len(changes) > 1 else 0
    groups = [group for group in (changes[:half], changes[half:]) if group]
    time = {} if at is None else {"time": int(at)}
    entries = [{"id": account_id, "changes": group} | time for group in groups]
    return {"object": "whatsapp_business_account", "entry": entries}


def merged(values: list[Json]) -> list[Json]:
    """Fewer, larger values: neighbours of one shape become a value with several items, contacts once each."""
    together: list[Json] = []
    for value in values:
        last = together[-1] if together else None
        if last is None or last.keys() != value.keys():
            together.append({key: list(v) if isinstance(v, list) else v for key, v in value.items()})
            continue
        for key, items in value.items():
            if isinstance(items, list):
                last[key] = _union(last[key], items) if key == "contacts" else last[key] + items
    return together


def _union(known: list[Any], more: list[Any]) -> list[Any]:
    return known + [item for item in more if item not in known]
