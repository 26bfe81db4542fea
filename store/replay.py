"""Past tickets with their histories, read beside a running Gişe, and a few at a time."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bot.domain.ticket import Action, Actor, ActorKind, Priority, Status, Step, Ticket
from store.beside import Read, beside
from store.codec import mapping_from_json, to_json

_AT_ONCE: Final = 500
_TICKETS: Final = """
SELECT ticket.id, number, status, priority, category, answers, ticket.created_at, conversation.channel, requester.vip,
    topic.chat
FROM ticket JOIN conversation ON conversation.id = ticket.conversation_id
JOIN requester ON requester.id = ticket.requester_id LEFT JOIN topic ON topic.ticket_id = ticket.id
WHERE ticket.created_at >= ? AND ticket.created_at < ? AND ticket.id > ? ORDER BY ticket.id LIMIT ?"""
_STEPS: Final = """
SELECT ticket_id, at, action, before, after FROM history WHERE ticket_id IN numbers(?) ORDER BY ticket_id, id"""
_CLOSED_DAYS: Final = "SELECT day, reason FROM closed_day ORDER BY day"
_MOVED: Final = "SELECT name, value FROM bookmark WHERE name LIKE 'moved:%'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A ticket of the past with what clocks need: its steps, its requester's standing, its channel and team."""

    ticket: Ticket
    steps: tuple[Step, ...]
    channel: str
    vip: bool
    team: str = ""


async def closed_days(url: str) -> Mapping[date, str]:
    """The days that `/closed` names, with their reasons. Raises `UnusableDatabase`."""
    async with beside(url) as read:
        return {date.fromisoformat(row["day"]): row["reason"] for row in await read(_CLOSED_DAYS)}


async def past(url: str, since: int, until: int, teams: Mapping[str, str] | None = None) -> AsyncIterator[Past]:
    """Every ticket created from `since` to before `until` (epoch milliseconds). Raises `UnusableDatabase`.

    `teams` are those of agents' groups by chat id, as the settings have them; a group may have another id by now.
    """
    last = 0
    async with beside(url) as read:
        named = await _by_newest_chat(read, teams or {})
        while found := await read(_TICKETS, since, until, last, _AT_ONCE):
            last = found[-1]["id"]
            steps: dict[int, list[Step]] = defaultdict(list)
            for row in await read(_STEPS, to_json([ticket["id"] for ticket in found])):
                steps[row["ticket_id"]].append(_step(row))
            for row in found:
                ticket = _ticket(row)
                yield Past(
                    ticket=ticket,
                    steps=tuple(steps[ticket.id]),
                    channel=row["channel"],
                    vip=bool(row["vip"]),
                    team=named.get(row["chat"] or "", ""),
                )


async def _by_newest_chat(read: Read, teams: Mapping[str, str]) -> Mapping[str, str]:
    moved = {row["name"].partition(":")[2]: str(row["value"]) for row in await read(_MOVED)}
    return {_newest(chat, moved): team for chat, team in teams.items()}


def _newest(chat: str, moved: Mapping[str, str]) -> str:
    """A group that came back to a former id is found there."""
    passed: set[str] = set()
    while chat in moved and chat not in passed:
        passed.add(chat)
        chat = moved[chat]
    return chat


def _ticket(row: Mapping[str, Any]) -> Ticket:
    return Ticket(
        id=row["id"],
        number=row["number"],
        conversation_id=0,
        requester_id=0,
        status=Status(row["status"]),
        priority=Priority(row["priority"]),
        category=row["category"],
        answers=mapping_from_json(row["answers"]),
        created_at=row["created_at"],
        status_since=row["created_at"],
    )


def _step(row: Mapping[str, Any]) -> Step:
    return Step(
        ticket_id=row["ticket_id"],
        at=row["at"],
        actor=Actor(ActorKind.SYSTEM),
        action=Action(row["action"]),
        before=Status(row["before"]),
        after=Status(row["after"]),
    )
