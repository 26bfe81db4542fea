"""Who writes on which channel: conversations, the requesters behind them, and the keys that find them again."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from tortoise.exceptions import IntegrityError

from bot.domain.message import Person
from bot.domain.people import Conversation, Requester
from store.codec import list_from_json, to_json
from store.db import transaction
from store.errors import Conflict
from store.models import ConversationRow, IdentityRow, RequesterRow
from store.sql import Dialects, rows

_log = logging.getLogger(__name__)
_LOCALES: Final = ("tr", "en")

_ONE: Final = "conversation.id = ?"
_SEVERAL: Final = "conversation.id IN numbers(?)"
_CONVERSATION: Final = """
SELECT conversation.*, requester.name, requester.username, requester.phone, requester.locale, requester.vip,
    requester.banned, {} AS keys
FROM conversation JOIN requester ON requester.id = conversation.requester_id WHERE {}"""
_KEYS_IN_SQLITE: Final = """(SELECT json_group_array(key) FROM (
    SELECT key FROM identity WHERE conversation_id = conversation.id ORDER BY rank, id
))"""
_KEYS_IN_POSTGRES: Final = """(
    SELECT coalesce(json_agg(key ORDER BY rank, id)::text, '[]') FROM identity WHERE conversation_id = conversation.id
)"""
_GET, _GET_MANY = (
    Dialects(
        sqlite=_CONVERSATION.format(_KEYS_IN_SQLITE, which), postgres=_CONVERSATION.format(_KEYS_IN_POSTGRES, which)
    )
    for which in (_ONE, _SEVERAL)
)
_BY_BEST_KEY: Final = "SELECT key, conversation_id FROM identity WHERE channel = ? AND key IN texts(?)"
_SPOKE: Final = """
UPDATE conversation SET last_inbound_at = spoken.value,
    reachable = reachable OR last_inbound_at IS NULL OR last_inbound_at < spoken.value
FROM entries(?) AS spoken
WHERE conversation.id = CAST(spoken.key AS BIGINT) RETURNING id"""
_OWNERS: Final = """
SELECT identity.conversation_id AS id FROM positions(?) AS wanted
JOIN identity ON identity.channel = ? AND identity.key = wanted.value ORDER BY wanted.key"""
_SAVE: Final = """
UPDATE conversation SET ticket_id = ?, last_inbound_at = ?, awaiting = ?, reachable = ? WHERE id = ? RETURNING id"""
_DESCRIBE: Final = "UPDATE requester SET name = ?, username = ?, phone = ? WHERE id = ? RETURNING id"
_RANK: Final = """
INSERT INTO identity (channel, key, conversation_id, rank)
SELECT CAST(? AS TEXT), value, CAST(? AS BIGINT), key FROM positions(?) AS wanted WHERE true
ON CONFLICT (channel, key) DO UPDATE SET rank = excluded.rank
WHERE identity.conversation_id = excluded.conversation_id"""


async def resolve(channel: str, person: Person, now: int, default_locale: str) -> tuple[Conversation, bool]:
    """The conversation of whoever wrote, and whether it is new; learns keys, names and phone on the way.

    When the keys lead to several conversations, the best key's wins and no key is moved: two people may share one.
    Raises `Conflict` when another process was faster.
    """
    if not person.keys:
        raise ValueError("A person without keys could never be found again.")
    known = await _met(channel, person)  # the common case costs no savepoint
    if known is not None:
        return known, False
    async with transaction():
        known = await _met(channel, person)
        return (known, False) if known else (await _create(channel, person, now, default_locale), True)


async def _met(channel: str, person: Person) -> Conversation | None:
    owners = await _owners(channel, person.keys)
    return await _learn(await _known(owners[0]), person) if owners else None


async def relink(channel: str, old_keys: Sequence[str], person: Person, now: int) -> Conversation | None:
    """The person of `old_keys` goes by `person.keys` now; `None` if nobody here was known by them.

    The old keys are forgotten, because a vendor may give a released number to a stranger.
    """
    async with transaction():
        owners = await _owners(channel, old_keys)
        if not owners:
            return await _met(channel, person)
        known = await _known(owners[0])
        gone = [key for key in known.keys if key not in person.keys and (key in old_keys or _void(key, known, person))]
        await IdentityRow.filter(channel=channel, key__in=gone, conversation_id=known.id).delete()
        _log.info("conversation %d has new keys since %d", known.id, now)
        return await _learn(await _known(known.id), person)


def _void(key: str, known: Conversation, person: Person) -> bool:
    """A new best key comes with a new everything, a lesser one replaces its own kind.

    WhatsApp gives a new user id when, and only when, the phone number changes (Meta, business-scoped user ids).
    """
    renewed = _kind(person.keys[0])
    return renewed in {_kind(known.keys[0]), _kind(key)}


def _kind(key: str) -> str:
    return key.partition(":")[0]


async def find(channel: str, person: Person) -> Conversation | None:
    """The person's conversation, if there is one; nothing is learnt or made."""
    owners = await _owners(channel, person.keys)
    return await get(owners[0]) if owners else None


async def get(conversation_id: int) -> Conversation | None:
    found = await rows(_GET, conversation_id)
    return _to_conversation(found[0]) if found else None


async def by_best_key(channel: str, keys: Sequence[str]) -> dict[str, Conversation]:
    """Whose these keys are, the unknown ones left out; nothing is learnt."""
    owners = {row["key"]: int(row["conversation_id"]) for row in await rows(_BY_BEST_KEY, channel, to_json(list(keys)))}
    found = {row["id"]: _to_conversation(row) for row in await rows(_GET_MANY, to_json(sorted(set(owners.values()))))}
    return {key: found[owner] for key, owner in owners.items()}


def teaches_nothing(known: Conversation, person: Person) -> bool:
    """Whether we know the person already just as they are now."""
    return _keys_now(known, person) == known.keys and not _is_news(known.requester, _described(known, person))


async def spoke(instants: Mapping[int, int]) -> None:
    """When these conversations (by id) were last heard of (epoch ms); after anything new they can be reached."""
    if instants:
        await rows(_SPOKE, to_json(instants))


async def save(conversation: Conversation) -> None:
    """Write what a use case may change: current ticket, last inbound message, awaited answer, reachability.

    Raises `Conflict` when the ticket is another conversation's current one.
    """
    values = (conversation.ticket_id, conversation.last_inbound_at, conversation.awaiting, conversation.reachable)
    try:
        await rows(_SAVE, *values, conversation.id)
    except IntegrityError as error:
        raise Conflict("The ticket is the current one of another conversation, or there is no such ticket.") from error


async def set_locale(requester_id: int, locale: str) -> None:
    await RequesterRow.filter(id=requester_id).update(locale=locale)


async def set_banned(requester_id: int, banned: bool) -> None:
    await RequesterRow.filter(id=requester_id).update(banned=banned)


async def set_vip(requester_id: int, vip: bool) -> None:
    """What clocks are computed from is another thing then: whoever calls arms the requester's tickets anew."""
    await RequesterRow.filter(id=requester_id).update(vip=vip)


async def _owners(channel: str, keys: Sequence[str]) -> list[int]:
    """Conversations that own any of the keys, the best key's first, each once."""
    found = await rows(_OWNERS, to_json(list(keys)), channel)
    owners = list(dict.fromkeys(int(row["id"]) for row in found))
    if len(owners) > 1:
        _log.warning("one person's keys belong to conversations %s; the first is used", owners)
    return owners


async def _known(conversation_id: int) -> Conversation:
    conversation = await get(conversation_id)
    if conversation is None:
        raise Conflict(f"Conversation {conversation_id} has vanished.")
    return conversation


async def _create(channel: str, person: Person, now: int, default_locale: str) -> Conversation:
    spoken = person.locale[:2].lower()
    requester = await RequesterRow.create(
        name=person.name,
        username=person.username,
        phone=person.phone,
        locale=spoken if spoken in _LOCALES else default_locale,
        created_at=now,
    )
    row = await ConversationRow.create(channel=channel, requester_id=requester.id, created_at=now)
    await rows(_RANK, channel, row.id, to_json(list(dict.fromkeys(person.keys))))
    conversation = await _known(row.id)
    if set(conversation.keys) != set(person.keys):
        raise Conflict("Somebody else has just met this person.")
    return conversation


async def _learn(known: Conversation, person: Person) -> Conversation:
    """Keep the keys in the order of the latest message, older ones behind; an empty name says nothing new."""
    requester, described = known.requester, _described(known, person)
    if _is_news(requester, described):
        await rows(_DESCRIBE, *described, requester.id)
        name, username, phone = described
        requester = replace(requester, name=name, username=username, phone=phone)
    keys = _keys_now(known, person)
    if keys == known.keys:
        return replace(known, requester=requester)
    await rows(_RANK, known.channel, known.id, to_json(keys))
    return await _known(known.id)


def _described(known: Conversation, person: Person) -> tuple[str, str, str]:
    """Name, user name and phone number; an empty one says nothing new."""
    of = known.requester
    return person.name or of.name, person.username or of.username, person.phone or of.phone


def _is_news(requester: Requester, described: tuple[str, str, str]) -> bool:
    return described != (requester.name, requester.username, requester.phone)


def _keys_now(known: Conversation, person: Person) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person.keys + known.keys))


def _to_conversation(row: dict[str, Any]) -> Conversation:
    return Conversation(
        id=row["id"],
        channel=row["channel"],
        requester=Requester(
            id=row["requester_id"],
            name=row["name"],
            username=row["username"],
            phone=row["phone"],
            locale=row["locale"],
            vip=bool(row["vip"]),
            banned=bool(row["banned"]),
        ),
        keys=tuple(list_from_json(row["keys"])),
        ticket_id=row["ticket_id"],
        last_inbound_at=row["last_inbound_at"],
        awaiting=row["awaiting"],
        reachable=bool(row["reachable"]),
    )
