"""The agents' side: which topic belongs to which ticket, and who the agents are."""

from typing import Final

from bot.domain.folding import fold
from bot.domain.ledger import Topic
from bot.domain.people import Agent, Role
from store.db import transaction
from store.models import AgentRow, TopicRow
from store.sql import changed, rows

_MOVED: Final = "moved:"
_REMEMBER_MOVE: Final = (
    "INSERT INTO bookmark (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_MOVED_TO: Final = "SELECT value FROM bookmark WHERE name = ?"
_READDRESS: Final = """
UPDATE outbox SET budget = ?1, payload = CASE WHEN json_extract(payload, '$.chat') = ?2
    THEN json_remove(json_set(payload, '$.chat', ?3), '$.thread', '$.external_reply_to') ELSE payload END
WHERE state IN ('pending', 'sending') AND budget = ?4 RETURNING id"""


async def topic(ticket_id: int) -> Topic | None:
    row = await TopicRow.get_or_none(ticket_id=ticket_id)
    return _to_topic(row) if row else None


async def topic_at(chat: str, thread: str) -> Topic | None:
    """The topic with this thread id; in a group without topics (empty `thread`) a place says nothing."""
    row = await TopicRow.get_or_none(chat=chat, thread=thread) if thread else None
    return _to_topic(row) if row else None


async def save_topic(topic: Topic) -> None:
    """Write the whole topic; the ticket has one."""
    values = {"chat": topic.chat, "thread": topic.thread, "card_id": topic.card_id, "name": topic.name}
    await TopicRow.update_or_create(ticket_id=topic.ticket_id, defaults=values)


async def move_chat(old: str, new: str) -> int:
    """The group has a new id, for good; returns how many topics went along.

    Their cards stayed behind: what a message id meant in the old chat it does not mean in the new one.
    """
    async with transaction():
        await rows(_REMEMBER_MOVE, f"{_MOVED}{old}", int(new))
        return await TopicRow.filter(chat=old).update(chat=new, card_id="")


async def readdress(old_chat: str, new_chat: str, old_budget: str, new_budget: str) -> int:
    """Point what is still to be written into the old chat at the new one; returns how many errands that were."""
    return await changed(_READDRESS, new_budget, old_chat, new_chat, old_budget)


async def newest_chat(chat: str) -> str:
    """The id by which a group that may have moved goes now."""
    seen: set[str] = set()
    while chat not in seen:
        seen.add(chat)
        found = await rows(_MOVED_TO, f"{_MOVED}{chat}")
        chat = str(found[0]["value"]) if found else chat
    return chat


async def agent(user_id: int) -> Agent | None:
    row = await AgentRow.get_or_none(id=user_id)
    return _to_agent(row) if row else None


async def agents() -> list[Agent]:
    """Everybody we know, by name."""
    return [_to_agent(row) for row in await AgentRow.all().order_by("name", "id")]


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


async def seen(user_id: int, name: str, username: str) -> Agent:
    """Somebody wrote in the group: a new one is present and has no role, a known one keeps role and presence.

    One that was given a role before ever writing is present from now on.
    """
    async with transaction():
        row = await AgentRow.get_or_none(id=user_id)
        if row is None:
            row = await AgentRow.create(id=user_id, name=name, username=username, role=None, present=True)
        elif (row.name, row.username) != (name, username):
            row.present = row.present or not row.name
            row.name, row.username = name, username
            await row.save(update_fields=["name", "username", "present"])
    return _to_agent(row)


async def set_role(user_id: int, role: Role | None) -> None:
    """Give a role, also to somebody who has not written yet, or take it back (`None`)."""
    async with transaction():
        if not await AgentRow.filter(id=user_id).update(role=role):
            await AgentRow.create(id=user_id, name="", username="", role=role, present=False)


async def set_present(user_id: int, present: bool) -> None:
    """Somebody joined or left; unknown people stay unknown."""
    await AgentRow.filter(id=user_id).update(present=present)


def _to_topic(row: TopicRow) -> Topic:
    return Topic(
        ticket_id=row.ticket_id,
        chat=row.chat,
        thread=row.thread,
        card_id=row.card_id,
        name=row.name,
    )


def _to_agent(row: AgentRow) -> Agent:
    return Agent(id=row.id, name=row.name, username=row.username, role=row.role, present=row.present)
