"""Roles and presence of the people in the agents' group."""

from bot.domain.errors import BadInput
from bot.domain.message import MemberChanged
from bot.domain.people import Agent, Role
from bot.domain.words import fold
from bot.helpdesk import HelpDesk
from bot.services import rights
from bot.services.call import Call
from store import audit, desk

_NONE = "none"
_LONGEST_ID = 16
"""Digits of a Telegram id: at most 52 significant bits (Bot API, User)."""


async def role(helpdesk: HelpDesk, call: Call) -> str:
    """`/role @who lead` gives a role, `/role @who none` takes it back, `/role` lists them."""
    if not call.argument:
        return await _list(helpdesk)
    who, _, wanted = call.argument.rpartition(" ")
    given = next((known for known in Role if fold(known) == fold(wanted)), None)
    if not who or (given is None and fold(wanted) != _NONE):
        raise BadInput("usage-role", roles=", ".join((*Role, _NONE)))
    agent = await _one(who.strip())
    if agent.id in helpdesk.policies.admins:
        raise BadInput("role-from-configuration", name=agent.name)
    await desk.set_role(agent.id, given)
    await audit.add(
        at=helpdesk.now(), actor_id=call.agent.id, action="role", old=str(agent.role or _NONE), new=str(given or _NONE)
    )
    return helpdesk.desk_text("role-set", name=agent.name, role=_name(helpdesk, given))


async def _one(who: str) -> Agent:
    """The agent that is meant, by @username, numeric id or name; an id may also be of somebody who is still to come."""
    found = await desk.find_agent(who.lstrip("@"))
    if not found and who.isascii() and who.isdigit() and len(who) <= _LONGEST_ID:
        return Agent(id=int(who), name=who, present=False)
    if len(found) != 1:
        raise BadInput("agent-not-found" if not found else "agent-ambiguous", given=who)
    return found[0]


async def _list(helpdesk: HelpDesk) -> str:
    lines = [
        f"{agent.name or agent.id}{f' @{agent.username}' if agent.username else ''} · {agent.id} · "
        f"{_name(helpdesk, rights.role_of(helpdesk, agent))}"
        for agent in await desk.agents()
    ]
    return "\n".join((helpdesk.desk_text("role-list"), *lines))


def _name(helpdesk: HelpDesk, given: Role | None) -> str:
    return helpdesk.desk_text(f"role-{given or _NONE}")


async def member_changed(event: MemberChanged) -> None:
    """Who leaves the last group loses every right at once; who comes back has the old role again."""
    number = rights.user_id(event.author)
    if number is not None:
        await desk.seen(number, event.author.name, event.author.username)
        await desk.set_present(number, event.present, event.desk.chat if event.desk else "")
