"""Who is there to be given a ticket, and if not, why: pure, the time is passed in."""

from enum import StrEnum

from bot.domain.folding import fold
from bot.domain.people import Agent
from bot.domain.sla.calendar import Calendar, working
from bot.domain.sla.policy import Sla, Target

UNTIL_BACK = 253_370_764_800_000
"""Away without an end (the year 9999): until the agent says to be back."""

_LONG_MS = 60 * 24 * 3_600_000
"""Nobody works through two months in silence; looking at longer stretches day by day would only cost time."""


class Absence(StrEnum):
    """`AWAY` was said by the agent, `OFF` by their calendar, `SILENT` by nobody: they were not heard of."""

    AWAY = "away"
    OFF = "off"
    SILENT = "silent"


def is_away(agent: Agent, at: int) -> bool:
    """Whether the agent said to be away at that instant."""
    return agent.away_until is not None and agent.away_until > at


def absence(agent: Agent, sla: Sla, at: int) -> Absence | None:
    """Why the agent cannot be given work at that instant; `None` when they can."""
    if is_away(agent, at):
        return Absence.AWAY
    hours = hours_of(agent, sla)
    if hours is not None and not any(working(hours, at, at + 1)):
        return Absence.OFF
    silence = sla.presence.silence
    return Absence.SILENT if silence is not None and _silent(agent, silence, sla, at) else None


def hours_of(agent: Agent, sla: Sla) -> Calendar | None:
    """The agent's own calendar, if they have one."""
    named = next((sla.presence.hours[name] for name in _names(agent) if name in sla.presence.hours), None)
    return sla.calendars[named] if named is not None else None


def _names(agent: Agent) -> tuple[str, ...]:
    return (str(agent.id), fold(agent.username))


def _silent(agent: Agent, silence: Target, sla: Sla, at: int) -> bool:
    """Whether more of the calendar's time than that went by without a word of theirs."""
    if at - agent.seen_at <= silence.ms:
        return False
    if not silence.calendar or at - agent.seen_at > _LONG_MS:
        return True
    return sum(end - start for start, end in working(sla.calendars[silence.calendar], agent.seen_at, at)) > silence.ms
