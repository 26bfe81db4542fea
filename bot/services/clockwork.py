"""A ticket's clocks: its history as the domain's events, and the instants its timers are armed for."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain import groups
from bot.domain.intake import TYPE
from bot.domain.sla.alarms import Alarm, alarms
from bot.domain.sla.calendar import opens_at
from bot.domain.sla.clocks import HORIZON_MS, Clock, Event, clocks, promised, views
from bot.domain.sla.happened import events_of
from bot.domain.sla.policy import ClockKind
from bot.domain.ticket import Step, Ticket
from bot.domain.timers import TimerKind
from bot.helpdesk import HelpDesk
from store import conversations, desk, escalations, tickets

_OF_THE_CONVERSATION = frozenset({"vip", "channel"})


async def deadlines(helpdesk: HelpDesk, ticket: Ticket, step: Step | None = None) -> Mapping[TimerKind, int]:
    """Every instant at which something is due; `step` is the row of history that is about to be written."""
    due = dict(helpdesk.deadlines(ticket))
    waiting = await raised_next(helpdesk, ticket, step)
    if waiting:
        due[TimerKind.SLA] = waiting[0].due_at
    return due


async def raised_next(helpdesk: HelpDesk, ticket: Ticket, step: Step | None = None) -> list[Alarm]:
    """The steps of the ticket's clocks that did not come due so far, the earliest first."""
    if not helpdesk.levels.sla.escalates or not ticket.live:
        return []
    history = await events(helpdesk, ticket, step)
    over = await escalations.of_ticket(ticket.id) if ticket.id else set()
    found = alarms(history, helpdesk.levels.sla, max(helpdesk.now(), history[-1].at))
    return [alarm for alarm in found if (alarm.clock, alarm.since, alarm.step) not in over]


async def clocks_of(helpdesk: HelpDesk, ticket: Ticket) -> tuple[Clock, ...]:
    """The ticket's clocks as they stand now."""
    if not helpdesk.levels.sla.promises:
        return ()
    history = await events(helpdesk, ticket)
    return clocks(history, helpdesk.levels.sla, max(helpdesk.now(), history[-1].at))


async def promises_differ(helpdesk: HelpDesk, ticket: Ticket) -> bool:
    """Whether any clock of the ticket was promised otherwise under the levels that held before."""
    if not helpdesk.levels.former:
        return False
    history = await events(helpdesk, ticket)
    at = max(helpdesk.now(), history[-1].at)
    as_it_is = promised(history, helpdesk.levels.sla, at)
    return any(promised(history, sla, at) != as_it_is for sla in helpdesk.levels.former)


@dataclass(frozen=True, slots=True)
class Promise:
    """Until when the first answer comes, and since when somebody is at work for it."""

    until: int
    opens_at: int


async def promise(helpdesk: HelpDesk, ticket: Ticket) -> Promise | None:
    """What a requester may be told of the first answer; `None` where nothing is promised."""
    now, sla = helpdesk.now(), helpdesk.levels.sla
    if not sla.promises:
        return None
    for view in views(await events(helpdesk, ticket), sla, max(now, ticket.created_at)):
        _, until = view.reached(view.target_ms)
        opens = opens_at(view.calendar, now, within_ms=HORIZON_MS)
        if view.kind is ClockKind.FIRST_RESPONSE and until is not None and opens is not None:
            return Promise(until, opens)
    return None


async def events(helpdesk: HelpDesk, ticket: Ticket, step: Step | None = None) -> list[Event]:
    """The ticket's history as clocks see it; `step` is the row that is about to be written."""
    steps = await tickets.history(ticket.id) if ticket.id else []
    return events_of(ticket, [*steps, *([step] if step else [])], await _facts(helpdesk, ticket))


async def _facts(helpdesk: HelpDesk, ticket: Ticket) -> dict[str, str]:
    """What rules may ask about; the conversation is read only where one of them does."""
    facts = {
        "priority": ticket.priority.value,
        "type": ticket.answers.get(TYPE, ""),
        "category": ticket.category,
    }
    if helpdesk.levels.asks & _OF_THE_CONVERSATION:
        conversation = await conversations.get(ticket.conversation_id)
        if conversation is not None:
            facts |= {"vip": "yes" if conversation.requester.vip else "no", "channel": conversation.channel}
    if "team" in helpdesk.levels.asks and ticket.id:
        topic = await desk.topic(ticket.id)
        facts["team"] = groups.team_at(helpdesk.desk.groups, topic.chat) if topic is not None else ""
    return facts
