"""The agents' side: which topic belongs to which ticket, and who the agents are."""

from bot.domain.folding import fold
from bot.domain.ledger import Topic
from bot.domain.people import Agent, Role
from store.db import transaction
from store.models import AgentRow, TopicRow


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
    """The group has a new id; returns how many topics went along."""
    return await TopicRow.filter(chat=old).update(chat=new)


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
