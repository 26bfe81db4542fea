"""Who is there: what agents said of themselves, when they were last heard of, and how much they have in hand."""

from typing import Final

from bot.domain.people import Agent
from store import bookmarks
from store.models import AgentRow
from store.sql import look, rows

_SPOKE: Final = "UPDATE agent SET seen_at = ? WHERE id = ? AND seen_at < ? RETURNING id"
_MEMBERS: Final = "SELECT agent_id FROM membership WHERE chat = ? AND present = TRUE"
_LOAD: Final = "SELECT count(*) AS load FROM ticket WHERE assignee = ? AND status <> 'closed'"
LOADS: Final = """
SELECT assignee, count(*) AS load FROM ticket WHERE status <> 'closed' AND assignee IS NOT NULL GROUP BY assignee"""
_LISTENED: Final = "listened"
_MOVED: Final = """
UPDATE agent SET seen_at = CASE WHEN seen_at + ?1 < ?2 THEN seen_at + ?1 ELSE ?2 END WHERE seen_at <> 0 RETURNING id"""
_REMINDED: Final = "away-told:"


async def spoke(agent_id: int, at: int, every_ms: int) -> None:
    """The agent wrote or pressed something; within `every_ms` of the last time it costs no write."""
    await rows(_SPOKE, at, agent_id, at - every_ms)


async def set_away(agent_id: int, until: int | None) -> None:
    """Away until then, or back (`None`); who is reminded of it is reminded anew."""
    await bookmarks.forget(f"{_REMINDED}{agent_id}")
    await AgentRow.filter(id=agent_id).update(away_until=until)


async def remind(agent: Agent) -> bool:
    """Whether this is the first time that somebody who is away was heard of."""
    return await bookmarks.write_new(f"{_REMINDED}{agent.id}", agent.away_until or 0)


async def listens(at: int) -> int | None:
    """Somebody listens to the agents now; returns when that was so before."""
    before = await bookmarks.read(_LISTENED)
    await bookmarks.write(_LISTENED, at)
    return before


async def heard_later(gap_ms: int, now: int) -> None:
    """Whoever was heard of counts as heard so much later, or earlier for less than nothing, but not later than now."""
    await rows(_MOVED, gap_ms, now)


async def members(chat: str) -> frozenset[int]:
    """The agents who are known to be in this group."""
    return frozenset(int(row["agent_id"]) for row in await rows(_MEMBERS, chat))


async def load(agent_id: int) -> int:
    """How many tickets that are not closed the agent has."""
    return int((await rows(_LOAD, agent_id))[0]["load"])


async def loads() -> dict[int, int]:
    """How many tickets that are not closed each agent has; who has none is not there."""
    return {int(row["assignee"]): int(row["load"]) for row in await look(LOADS)}
