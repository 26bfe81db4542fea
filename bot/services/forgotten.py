"""Agents who forget, and agents who leave: their tickets go to somebody who is free."""

from collections.abc import Iterable, Sequence

from bot.domain.errors import BadInput, NotAllowed
from bot.domain.people import Agent, Role, may
from bot.domain.sla.presence import absence
from bot.domain.ticket import SYSTEM, Action, Actor, Step, Ticket
from bot.helpdesk import HelpDesk
from bot.services import addressees, presence, rights
from bot.services.call import Call
from bot.services.casework import apply, conversation_of, notify
from bot.services.homes import home_of
from store import desk, tickets
from store import presence as there

ANYBODY = "*"
"""Stands for whoever is free, where a name is expected."""
AT_ONCE = 30
"""Tickets handed over by one command, which is one commit."""
_SPEAKS = frozenset({Action.REPLY, Action.ASK, Action.PROPOSE})


Loads = dict[int, int]
"""Open tickets by agent, as `presence.loads` counts them once for all that is given away together; kept up here."""


async def moved(helpdesk: HelpDesk, ticket: Ticket, waited_ms: int, loads: Loads) -> tuple[Ticket, Agent] | None:
    """Give a ticket that nobody cared for to a free agent; `None` when there is nobody. The history says why."""
    had_it = _holders(await tickets.history(ticket.id))
    free = _least_loaded(await _free(helpdesk, ticket, had_it), loads)
    if free is None:
        return None
    reason = helpdesk.desk_text("history-forgotten", length=helpdesk.length(waited_ms))
    given = await _given(helpdesk, ticket, free, SYSTEM, reason)
    _shift(loads, ticket, free)
    return given, free


async def assign(helpdesk: HelpDesk, call: Call) -> str:
    """`/assign *`: whoever is there and has the least in hand gets the ticket.

    Typed, it takes it from anybody; a button only from whom it was shown for, so pressed late or twice it does no harm.
    """
    ticket, holder = call.on, call.on.assignee
    if ticket.live and call.said is None and holder is not None and call.argument != f"{ANYBODY}{holder}":
        raise BadInput("already-responsible", name=ticket.assignee_name, number=ticket.label)
    free = _least_loaded(await _free(helpdesk, ticket, ()), await there.loads())
    if free is None:
        raise BadInput("assign-nobody-free", number=ticket.label)
    await _given(helpdesk, ticket, free, call.actor, "")
    return helpdesk.desk_text("desk-assigned", number=ticket.label, name=addressees.mention([free]))


async def handover(helpdesk: HelpDesk, call: Call) -> str:
    """`/handover [@who]`: the caller's open tickets, or for a lead somebody else's, go to free agents."""
    agent = call.agent
    if call.argument:
        agent = presence.must_be_known(await desk.find_agent(call.argument), call.argument)
    if agent.id != call.agent.id and not may(call.role, Role.LEAD):
        raise NotAllowed("not-your-right")
    mine = await tickets.listing(assignee=agent.id, limit=AT_ONCE)
    if not mine:
        raise BadInput("handover-nothing", name=agent.name)
    loads = await there.loads()
    lines = [await _handed(helpdesk, call, ticket, agent, loads) for ticket in reversed(mine)]
    more = [helpdesk.desk_text("handover-more")] if len(mine) == AT_ONCE else []
    return "\n".join((helpdesk.desk_text("handover-done", name=agent.name), *lines, *more))


async def _handed(helpdesk: HelpDesk, call: Call, ticket: Ticket, agent: Agent, loads: Loads) -> str:
    """One ticket's line: to whom it went, or that nobody was free."""
    free = _least_loaded(await _free(helpdesk, ticket, {agent.id}), loads)
    if free is None:
        return f"{ticket.label} → {helpdesk.desk_text('nobody')}"
    reason = helpdesk.desk_text("history-handover", name=agent.name)
    await _given(helpdesk, ticket, free, call.actor, reason)
    _shift(loads, ticket, free)
    return f"{ticket.label} → {addressees.mention([free])}"


async def _given(helpdesk: HelpDesk, before: Ticket, agent: Agent, actor: Actor, reason: str) -> Ticket:
    after = await apply(
        helpdesk,
        before,
        Action.ASSIGN,
        actor=actor,
        reason=reason,
        assignee=agent.id,
        assignee_name=agent.name,
    )
    if before.status is not after.status:
        await notify(helpdesk, await conversation_of(after), "notice-taken", ticket=after, number=after.label)
    return after


async def _free(helpdesk: HelpDesk, ticket: Ticket, but: Iterable[int]) -> list[Agent]:
    """Agents who are there and can see the ticket. Leads and admins look after the others and are not among them."""
    levels, now, left_out = helpdesk.levels.sla, helpdesk.now(), {ticket.assignee, *but}
    found = [
        agent
        for agent in await desk.agents()
        if agent.id not in left_out
        and rights.role_of(helpdesk, agent) is Role.AGENT
        and absence(agent, levels, now) is None
    ]
    if len(helpdesk.desk.groups) == 1:
        return found
    members = await there.members((await home_of(helpdesk, ticket.id)).chat)
    return [agent for agent in found if agent.id in members]


def _least_loaded(agents: Sequence[Agent], loads: Loads) -> Agent | None:
    return min(agents, key=lambda agent: (loads.get(agent.id, 0), agent.id), default=None)


def _shift(loads: Loads, before: Ticket, agent: Agent) -> None:
    """The ticket is the agent's now."""
    loads[agent.id] = loads.get(agent.id, 0) + 1
    if before.assignee is not None:
        loads[before.assignee] = loads.get(before.assignee, 0) - 1


def _holders(steps: Sequence[Step]) -> set[int]:
    """Who has had the ticket since an agent last spoke: it must not go round among those who do not answer."""
    had_it: set[int] = set()
    for step in steps:
        if step.action in _SPEAKS:
            had_it.clear()
        holder = step.details.get("assignee")
        if isinstance(holder, int):
            had_it.add(holder)
    return had_it
