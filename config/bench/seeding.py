"""Tickets by the hundred thousand, written by the database itself: the house would take hours."""

from typing import Final

from adapters.sandbox.bench.posts import phone_of
from config.bench.paper import GROUP
from store.db import transaction
from store.sql import Dialects, rows

_STEP: Final = 50_000
_NUMBERS: Final = "WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {end}) "
_STATEMENTS: Final = (
    """INSERT INTO requester (id, name, phone, locale, created_at)
    {numbers} SELECT i + 1, 'Person ' || substr(CAST({phone} + i AS TEXT), -6), '+' || CAST({phone} + i AS TEXT),
        'tr', {at} FROM n""",
    """INSERT INTO conversation (id, channel, requester_id, last_inbound_at, created_at)
    {numbers} SELECT i + 1, 'whatsapp', i + 1, {at}, {at} FROM n""",
    """INSERT INTO identity (channel, key, conversation_id, rank)
    {numbers} SELECT 'whatsapp', 'phone:' || CAST({phone} + i AS TEXT), i + 1, 0 FROM n""",
    """INSERT INTO ticket (
        id, number, year, sequence, conversation_id, requester_id, status, priority, category, subject, answers,
        skipped, intake, assignee_name, created_at, status_since, first_response_at, proposal, reopened,
        postpone_reason, engineer, issue_key, tags, version
    ) {numbers} SELECT i + 1, '2020-' || CAST(i + 1 AS TEXT), 2020, i + 1, i + 1, i + 1, 'open', 'medium', '',
        'A question of long ago', '{{}}', '[]', '', '', {at}, {at}, {at}, 0, 0, '', '', '', '[]', 1 FROM n""",
    """INSERT INTO history (
        ticket_id, at, actor_kind, actor_id, actor_name, action, before, after, reason, details
    ) {numbers} SELECT i + 1, {at}, 'requester', i + 1, 'Person', 'create', 'new', 'new', '', '{{}}' FROM n""",
    """INSERT INTO topic (ticket_id, chat, thread, card_id, name)
    {numbers} SELECT i + 1, '{group}', CAST(i + 10 AS TEXT), CAST(i + 10 AS TEXT), 'A question' FROM n""",
    """UPDATE conversation SET ticket_id = id WHERE id > {first} AND id <= {end}""",
)
_KINDS: Final = ("intake_end", "auto_close_reminder", "auto_close", "wake", "eta")
_TIMERS: Final = """INSERT INTO timer (ticket_id, kind, due_at)
    {numbers} SELECT i + 1, '{kind}', {at} + i FROM n"""


async def live_tickets(count: int, at: int) -> None:
    """So many customers with an open ticket each, ids and phones from the first on; the database must be empty.

    `at` is when all of it happened, in epoch milliseconds.
    """
    for first in range(0, count, _STEP):
        end = min(count, first + _STEP)
        async with transaction():
            for statement in _STATEMENTS:
                await rows(_filled(statement, first, end, at))
    await settled()


async def timers(tickets: int, count: int, at: int) -> int:
    """Armed timers on these tickets, the earliest due at `at`, one more every millisecond; returns how many."""
    for nth, kind in enumerate(_KINDS):
        missing = min(tickets, count - nth * tickets)
        for first in range(0, max(0, missing), _STEP):
            end = min(missing, first + _STEP)
            await rows(_filled(_TIMERS, first, end, at + nth * tickets, kind))
    await settled()
    return min(count, tickets * len(_KINDS))


def _filled(statement: str, first: int, end: int, at: int, kind: str = "") -> str:
    numbers = _NUMBERS.format(first=first, end=end)
    return statement.format(numbers=numbers, first=first, end=end, at=at, phone=phone_of(0), group=GROUP, kind=kind)


async def settled() -> None:
    """Let the database look at what it holds now and tidy up after the seeding, as it does by itself in time."""
    await rows(Dialects(sqlite="ANALYZE", postgres="VACUUM ANALYZE"))
