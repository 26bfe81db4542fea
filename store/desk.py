"""The agents' side: which topic belongs to which ticket, who the agents are, and in which groups."""

from collections.abc import Collection
from typing import Any, Final

from tortoise.exceptions import IntegrityError

from bot.domain.folding import fold
from bot.domain.ledger import Topic
from bot.domain.people import Agent, Role
from store import bookmarks, fetch
from store.codec import to_json
from store.db import transaction
from store.errors import Conflict
from store.models import AgentRow, TopicRow
from store.sql import Dialects, changed, rows

_TOPIC: Final = "SELECT * FROM topic WHERE ticket_id = ?"
_TOPICS: Final = "SELECT ticket_id, chat, thread, card_id, name FROM topic WHERE ticket_id IN numbers(?)"
_TOPIC_AT: Final = "SELECT * FROM topic WHERE chat = ? AND thread = ? AND thread <> '' -- as its index has it"
_SETTLE_TOPIC: Final = """
UPDATE topic SET thread = ?, card_id = ?, name = ? WHERE ticket_id = ? AND chat = ? AND thread = ?
RETURNING ticket_id"""
_AGENT: Final = "SELECT * FROM agent WHERE id = ?"
_AGENTS: Final = "SELECT * FROM agent ORDER BY name, id"
_MOVED: Final = "moved:"
_FORMER: Final = "former:"
_READDRESS: Final = Dialects(
    sqlite="""
UPDATE outbox SET budget = ?1, payload = CASE WHEN json_extract(payload, '$.chat') = ?2
    THEN json_remove(json_set(payload, '$.chat', ?3), '$.thread', '$.external_reply_to') ELSE payload END
WHERE state IN ('pending', 'sending') AND budget = ?4 RETURNING id""",
    postgres="""
UPDATE outbox SET budget = ?1, payload = CASE WHEN payload::json ->> 'chat' = ?2
    THEN (payload::jsonb - '{thread,external_reply_to}'::text[] || jsonb_build_object('chat', CAST(?3 AS TEXT)))::text
    ELSE payload END
WHERE state IN ('pending', 'sending') AND budget = ?4 RETURNING id""",
)
_REDIRECT: Final = """
UPDATE outbox SET budget = ? WHERE ticket_id = ? AND channel = 'desk' AND state IN ('pending', 'sending')
    AND budget <> '' RETURNING id"""
_LIVE_AT: Final = """
SELECT topic.ticket_id FROM topic JOIN ticket ON ticket.id = topic.ticket_id
WHERE topic.chat = ? AND ticket.status <> 'closed' ORDER BY topic.ticket_id DESC LIMIT ?"""
_CAME: Final = """
INSERT INTO membership (agent_id, chat, present) VALUES (?, ?, TRUE) ON CONFLICT DO NOTHING RETURNING agent_id"""
_LEFT_OTHERS: Final = "SELECT 1 FROM membership WHERE agent_id = ? AND chat <> ? LIMIT 1"
_CAME_OR_LEFT: Final = """
INSERT INTO membership (agent_id, chat, present) SELECT id, ?2, ?3 FROM agent WHERE id = ?1
ON CONFLICT (agent_id, chat) DO UPDATE SET present = excluded.present"""
_LEFT_ALL: Final = "UPDATE membership SET present = FALSE WHERE agent_id = ?"
_IS_MEMBER: Final = "SELECT 1 FROM membership WHERE agent_id = ? AND chat = ? AND present"
_IS_ANYWHERE: Final = "SELECT 1 FROM membership WHERE agent_id = ? AND present LIMIT 1"
_DROP_TWINS: Final = """
DELETE FROM membership WHERE chat = ?1 AND agent_id IN (SELECT agent_id FROM membership WHERE chat = ?2)"""
_MOVE_MEMBERS: Final = "UPDATE membership SET chat = ?1 WHERE chat = ?2"


async def topic(ticket_id: int) -> Topic | None:
    row = await fetch.one(TopicRow, _TOPIC, ticket_id)
    return _to_topic(row) if row else None


async def topic_at(chat: str, thread: str) -> Topic | None:
    """The topic with this thread id; in a group without topics (empty `thread`) a place says nothing."""
    row = await fetch.one(TopicRow, _TOPIC_AT, chat, thread) if thread else None
    return _to_topic(row) if row else None


async def topics(ticket_ids: Collection[int]) -> dict[int, Topic]:
    """Where these tickets live, those without a home left out."""
    found = await rows(_TOPICS, to_json(sorted(ticket_ids)))
    return {topic.ticket_id: topic for topic in (Topic(**row) for row in found)}


async def save_topic(topic: Topic) -> None:
    """Write the whole topic; the ticket has one."""
    values = {"chat": topic.chat, "thread": topic.thread, "card_id": topic.card_id, "name": topic.name}
    await TopicRow.update_or_create(ticket_id=topic.ticket_id, defaults=values)


async def settle_topic(topic: Topic, *, over: str) -> bool:
    """Write what a call to the platform brought (thread, card, name).

    False when the ticket has left that group meanwhile, or has another thread there than `over`, the one it had.
    """
    values = (topic.thread, topic.card_id, topic.name, topic.ticket_id, topic.chat, over)
    return bool(await rows(_SETTLE_TOPIC, *values))


async def move_chat(old: str, new: str) -> int:
    """The group has a new id, for good; returns how many topics went along.

    Their cards stayed behind: what a message id meant in the old chat it does not mean in the new one.
    """
    async with transaction():
        await bookmarks.write(f"{_MOVED}{old}", int(new))
        await rows(_DROP_TWINS, new, old)
        await rows(_MOVE_MEMBERS, new, old)
        return await TopicRow.filter(chat=old).update(chat=new, card_id="")


async def readdress(old_chat: str, new_chat: str, old_budget: str, new_budget: str) -> int:
    """Point what is still to be written into the old chat at the new one; returns how many errands that were."""
    return await changed(_READDRESS, new_budget, old_chat, new_chat, old_budget)


async def redirect(ticket_id: int, budget: str) -> int:
    """What still waits for the ticket's topic is written at another group's expense; returns how many errands."""
    return await changed(_REDIRECT, budget, ticket_id)


async def tickets_at(chat: str, limit: int) -> list[int]:
    """Live tickets whose home is this group, newest first."""
    return [int(row["ticket_id"]) for row in await rows(_LIVE_AT, chat, limit)]


async def remember_former(topic: Topic) -> None:
    """The ticket left this topic; whoever goes on writing there shall be told."""
    await bookmarks.write(f"{_FORMER}{topic.chat}:{topic.thread}", topic.ticket_id)


async def former_ticket(chat: str, thread: str) -> int | None:
    """The ticket that once had this topic."""
    return await bookmarks.read(f"{_FORMER}{chat}:{thread}")


async def newest_chat(chat: str) -> str:
    """The id by which a group that may have moved goes now."""
    seen: set[str] = set()
    while chat not in seen:
        seen.add(chat)
        moved = await bookmarks.read(f"{_MOVED}{chat}")
        chat = chat if moved is None else str(moved)
    return chat


async def agent(user_id: int) -> Agent | None:
    row = await fetch.one(AgentRow, _AGENT, user_id)
    return _to_agent(row) if row else None


async def agents() -> list[Agent]:
    """Everybody we know, by name."""
    return [_to_agent(row) for row in await fetch.every(AgentRow, _AGENTS)]


async def find_agent(name_or_username: str) -> list[Agent]:
    """Whom an agent means: by numeric id or username, else by full name, else by a word of the name."""
    wanted = fold(name_or_username.strip().removeprefix("@"))
    if not wanted:
        return []
    everybody = await agents()
    return (
        [one for one in everybody if wanted in {fold(one.username), str(one.id)}]
        or [one for one in everybody if fold(one.name) == wanted]
        or [one for one in everybody if wanted in fold(one.name).split()]
    )


async def seen(user_id: int, name: str, username: str, chat: str = "") -> Agent:
    """Somebody wrote in a group: a new one is present and has no role, a known one keeps role and presence.

    One that was given a role before ever writing is present from now on, and so is one that left another group and
    speaks up in this one: we had not known that they are here, too.
    """
    async with transaction():
        row = await fetch.one(AgentRow, _AGENT, user_id)
        if row is None:
            row = await _met(id=user_id, name=name, username=username, role=None, present=True)
        elif (row.name, row.username) != (name, username):
            row.present = row.present or not row.name
            row.name, row.username = name, username
            await row.save(update_fields=["name", "username", "present"])
        if chat and await rows(_CAME, user_id, chat) and not row.present and await rows(_LEFT_OTHERS, user_id, chat):
            row.present = True
            await row.save(update_fields=["present"])
    return _to_agent(row)


async def _met(**columns: Any) -> AgentRow:
    """Somebody new. Raises `Conflict` when another worker met them at the same time."""
    try:
        return await AgentRow.create(**columns)
    except IntegrityError as error:
        raise Conflict("Somebody else met this agent just now.") from error


async def set_role(user_id: int, role: Role | None) -> None:
    """Give a role, also to somebody who has not written yet, or take it back (`None`)."""
    async with transaction():
        if not await AgentRow.filter(id=user_id).update(role=role):
            await _met(id=user_id, name="", username="", role=role, present=False)


async def set_present(user_id: int, present: bool, chat: str = "") -> None:
    """Somebody joined or left a group (without a chat: all of them); unknown people stay unknown.

    Who leaves one group and is a member of another stays present.
    """
    async with transaction():
        if chat:
            await rows(_CAME_OR_LEFT, user_id, chat, present)
        elif not present:
            await rows(_LEFT_ALL, user_id)
        anywhere = present or bool(await rows(_IS_ANYWHERE, user_id))
        await AgentRow.filter(id=user_id).update(present=anywhere)


async def is_member(user_id: int, chat: str) -> bool:
    """Whether this agent is known to be in this group."""
    return bool(await rows(_IS_MEMBER, user_id, chat))


def _to_topic(row: TopicRow) -> Topic:
    return Topic(
        ticket_id=row.ticket_id,
        chat=row.chat,
        thread=row.thread,
        card_id=row.card_id,
        name=row.name,
    )


def _to_agent(row: AgentRow) -> Agent:
    return Agent(
        id=row.id,
        name=row.name,
        username=row.username,
        role=row.role,
        present=row.present,
        away_until=row.away_until,
        seen_at=row.seen_at,
    )
