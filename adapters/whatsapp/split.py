"""One webhook body into self-contained items, one per message, status or other change.

Meta batches up to 1 000 updates of many people in one POST (webhooks/create-webhook-endpoint), and what we do not
store before the 200 is gone: so nothing in a body, however odd, is dropped here, and nothing here raises.
"""

import hashlib
from collections.abc import Iterator
from itertools import islice

from adapters.loose_json import dumps, loads
from adapters.whatsapp.identity import new_ids, person_ids
from adapters.whatsapp.loose import Json, mapping, sequence, text
from bot.ports import Item

CHANNEL = "whatsapp"
MESSAGES = "messages"
UNPARSED_LANE = "wa:unparsed"
MOST_PARTS = 5_000
"""Meta puts up to 1 000 updates into a body; one of many more is kept whole, or it would hold up everybody else."""
_LONGEST_ID = 180
_ENVELOPE = frozenset({"messaging_product", "metadata", "contacts"})
_PARTS = ("messages", "statuses")


def split(body: bytes) -> list[Item]:
    """The items of a webhook body, in the order they stand there; unreadable bodies and parts become one item each."""
    try:
        items = list(islice(_items(loads(body)), MOST_PARTS + 1))
        _within_reason(len(items))
        return items
    except (ValueError, RecursionError):  # not JSON, not UTF-8, a shape we do not know, or nested beyond reason
        return [Item(channel=CHANNEL, key=_digest(body), lane=UNPARSED_LANE, raw=body)]


def _items(envelope: object) -> Iterator[Item]:
    entries = mapping(envelope).get("entry")
    if not isinstance(entries, list):
        raise ValueError("no list of entries")
    for entry in entries:
        changes = mapping(entry).get("changes")
        if not isinstance(changes, list):
            yield _odd(entry)
            continue
        for change in changes:
            yield from _changed(mapping(entry), change)


def _within_reason(parts: int) -> None:
    if parts > MOST_PARTS:
        raise ValueError("more parts than Meta puts into a body")


def _changed(entry: Json, change: object) -> Iterator[Item]:
    value = mapping(change).get("value")
    if not isinstance(change, dict) or not isinstance(value, dict):
        yield _odd(change)
        return
    field = text(change.get("field", MESSAGES))
    metadata = value.get("metadata")
    if field == MESSAGES:
        yield from _conversation(value)
    elif field == "user_id_update" and isinstance(value.get(field), list):
        contacts = sequence(value.get("contacts"))
        contact = mapping(contacts[0]) if len(contacts) == 1 else None
        for update in value[field]:
            yield _new_user_id(metadata, contact, update)
    else:
        about = {"field": field, "metadata": metadata, "change": value, "time": entry.get("time")}
        yield _other(about, _lane(metadata, "changes"))


def _conversation(value: Json) -> Iterator[Item]:
    """Messages and statuses; what else stands beside them (errors, things yet unknown) is a change of its own."""
    metadata = value.get("metadata")
    messages, statuses = sequence(value.get("messages")), sequence(value.get("statuses"))
    contacts = sequence(value.get("contacts"))
    _within_reason(max(len(messages), len(statuses), len(contacts)))
    for message, contact in zip(messages, _contacts_of(messages, contacts), strict=True):
        yield _message({"field": MESSAGES, "metadata": metadata, "contact": contact, "message": message})
    for status in statuses:
        yield _status({"field": MESSAGES, "metadata": metadata, "status": status})
    rest = {key: part for key, part in value.items() if not _is_read(key, part)}
    if rest or value.keys() <= _ENVELOPE:
        yield _other({"field": MESSAGES, "metadata": metadata, "change": rest or value}, _lane(metadata, "changes"))


def _is_read(key: str, part: object) -> bool:
    return key in _ENVELOPE or (key in _PARTS and isinstance(part, list))


def _contacts_of(messages: list[object], contacts: list[object]) -> list[Json | None]:
    """Each message's contact; never somebody else's, or words would reach the wrong ticket."""
    known = [mapping(contact) for contact in contacts]
    # A phone number and its WhatsApp id may differ (Brazil, Mexico): one contact beside one sender is that sender.
    if len(known) == 1 and len(messages) == 1:
        return [*known]
    senders = [person_ids(mapping(message), {}) for message in messages]
    if len(known) == 1 and all(ids == senders[0] for ids in senders):
        return [*known] * len(messages)
    by_id = {each: contact for contact in reversed(known) for each in person_ids({}, contact)}
    return [next((by_id[each] for each in ids if each in by_id), None) for ids in senders]


def _message(part: Json) -> Item:
    message, contact = mapping(part["message"]), mapping(part["contact"])
    ids = person_ids(message, contact)
    if "system" in message:
        # Who changed the number is found under the new one: the next words come from there and must wait for this.
        ids = new_ids(mapping(message["system"])) + ids
    raw, wamid = dumps(part), text(message.get("id"))
    return Item(
        channel=CHANNEL,
        key=f"m:{_short(wamid)}" if wamid else _digest(raw),
        lane=_lane(part["metadata"], ids[0] if ids else "nobody"),
        raw=raw,
    )


def _status(part: Json) -> Item:
    """A receipt waits for no person's lane: it must find a message even while that person's words are stuck."""
    status = mapping(part["status"])
    raw, wamid, name = dumps(part), text(status.get("id")), text(status.get("status"))
    return Item(
        channel=CHANNEL,
        key=f"s:{_short(wamid)}:{_short(name)}" if wamid and name else _digest(raw),
        lane=_lane(part["metadata"], f"status:{_short(wamid)}"),
        raw=raw,
    )


def _new_user_id(metadata: object, contact: Json | None, update: object) -> Item:
    new_id = mapping(mapping(update).get("user_id")).get("current")
    part = {"field": "user_id_update", "metadata": metadata, "contact": contact, "change": update}
    return _other(part, _lane(metadata, text(new_id) or "changes"))


def _odd(part: object) -> Item:
    return _other({"field": "", "metadata": None, "change": part}, UNPARSED_LANE)


def _other(part: Json, lane: str) -> Item:
    raw = dumps(part)
    return Item(channel=CHANNEL, key=_digest(raw), lane=lane, raw=raw)


def lanes_of(phone_number_id: str, ids: list[str]) -> list[str]:
    """The lanes of a person with these ids at that number of ours."""
    return [_lane({"phone_number_id": phone_number_id}, each) for each in ids]


def _lane(metadata: object, who: str) -> str:
    return f"wa:{_short(text(mapping(metadata).get('phone_number_id')))}:{_short(who)}"


def _short(identifier: str) -> str:
    """An id as Meta publishes them, or the hash of one that would burst a column."""
    if len(identifier) <= _LONGEST_ID and identifier.isascii() and identifier.isprintable():
        return identifier
    return hashlib.sha256(identifier.encode()).hexdigest()


def _digest(raw: bytes) -> str:
    return f"x:{hashlib.sha256(raw).hexdigest()}"
