"""A ticket's history as the events its clocks are computed from."""

from collections.abc import Mapping, Sequence
from itertools import accumulate, islice

from bot.domain.sla.clocks import Event
from bot.domain.ticket import Action, Step, Ticket

_WORDS_OF_AGENTS = frozenset({Action.REPLY, Action.ASK, Action.PROPOSE})
_HOLDER = "assignee"


def events_of(ticket: Ticket, steps: Sequence[Step], facts: Mapping[str, str]) -> list[Event]:
    """Creation and every later step; `facts` are those of today, because they hold from the beginning.

    A clock that was set back must not tear the order of what happened.
    """
    first = steps[0].after if steps else ticket.status
    later = [step for step in steps if step.action is not Action.CREATE]
    moments = accumulate((step.at for step in later), max, initial=ticket.created_at)
    begun = Event(at=ticket.created_at, status=first, facts=facts)
    return [begun, *(_event(step, at) for step, at in zip(later, islice(moments, 1, None), strict=True))]


def _event(step: Step, at: int) -> Event:
    return Event(at=at, status=step.after, reply=step.action in _WORDS_OF_AGENTS, given=_HOLDER in step.details)
