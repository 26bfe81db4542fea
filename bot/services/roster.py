"""`/agents`: who is there, who is not and why, and how many open tickets each has."""

from bot.domain.people import Agent, Role, may
from bot.domain.sla.presence import UNTIL_BACK, Absence, absence
from bot.domain.words import clean_name
from bot.helpdesk import HelpDesk
from bot.services import rights
from bot.services.call import Call
from store import desk, presence

_THERE, _GONE = "🟢", "🚪"
_MARK = {Absence.AWAY: "🌙", Absence.OFF: "🕙", Absence.SILENT: "💤"}


async def listing(helpdesk: HelpDesk, call: Call) -> str:
    """Who could be given work now, then the others; last, who is no agent any more but still has tickets."""
    del call
    loads = await presence.loads()
    everybody = await desk.agents()
    agents = [one for one in everybody if may(rights.role_of(helpdesk, one), Role.AGENT)]
    absences = {one.id: absence(one, helpdesk.levels.sla, helpdesk.now()) for one in agents}
    agents.sort(key=lambda one: absences[one.id] is not None)
    lines = [_line(helpdesk, one, absences[one.id], loads.get(one.id, 0)) for one in agents]
    gone = [one for one in everybody if one.id in loads and one.id not in absences]
    lines += [_gone(helpdesk, one, loads[one.id]) for one in gone]
    return "\n".join((helpdesk.desk_text("agents-list"), *lines))


def _line(helpdesk: HelpDesk, agent: Agent, why: Absence | None, load: int) -> str:
    """Without an `@`, which would call everybody to the telephone."""
    role = rights.role_of(helpdesk, agent)
    leading = f" ({helpdesk.desk_text(f'role-{role}')})" if role is not Role.AGENT else ""
    mark = _THERE if why is None else _MARK[why]
    words = [f"{mark} {_name(agent)}{leading}", helpdesk.desk_text("agents-load", count=load)]
    return " · ".join((*words, *_reason(helpdesk, agent, why)))


def _reason(helpdesk: HelpDesk, agent: Agent, why: Absence | None) -> list[str]:
    match why:
        case None:
            return []
        case Absence.OFF:
            return [helpdesk.desk_text("agents-off")]
        case Absence.AWAY if agent.away_until is not None and agent.away_until < UNTIL_BACK:
            return [helpdesk.desk_text("agents-away", until=helpdesk.soon(agent.away_until))]
        case Absence.AWAY:
            return [helpdesk.desk_text("agents-away-open")]
        case Absence.SILENT if agent.seen_at:
            return [helpdesk.desk_text("agents-silent", since=helpdesk.soon(agent.seen_at))]
        case Absence.SILENT:
            return [helpdesk.desk_text("agents-unheard")]


def _gone(helpdesk: HelpDesk, agent: Agent, load: int) -> str:
    """Somebody who may not work on them any more; the numeric id names them even if another has the name by now."""
    hint = helpdesk.desk_text("agents-gone", command=f"/handover {agent.id}")
    return " · ".join((f"{_GONE} {_name(agent)}", helpdesk.desk_text("agents-load", count=load), hint))


def _name(agent: Agent) -> str:
    return clean_name(agent.name) or str(agent.id)
