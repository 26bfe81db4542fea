"""Whom to tell: the agents behind a recipient, by direct message where they have started the bot, else by mention."""

from collections.abc import Sequence

from bot.domain.message import Person
from bot.domain.outgoing import Button, Outgoing
from bot.domain.people import Agent, Conversation, Role
from bot.domain.sla.policy import Recipient
from bot.domain.sla.presence import is_away
from bot.domain.ticket import Ticket
from bot.helpdesk import HelpDesk
from bot.services import digests, errands, rights
from store import conversations, desk

TELEGRAM = "telegram"
"""Where direct messages go: a bot may write to people only there, and only to those who began (Bot API)."""

_LEADING = (Role.LEAD, Role.ADMIN)


async def behind(helpdesk: HelpDesk, recipient: Recipient, ticket: Ticket) -> list[Agent]:
    """The agents who are meant: leads stand in for an assignee who is away, and admins for leads a desk does not have.

    Nobody when the ticket has no assignee, or when another group is told, where everybody is meant.
    """
    everybody = await desk.agents()
    elsewhere = recipient is Recipient.NEXT_GROUP and len(helpdesk.desk.groups) > 1
    if elsewhere or recipient is Recipient.REQUESTER:
        return []
    if recipient in {Recipient.ADMIN, Recipient.NEXT_GROUP}:
        return _with_role(helpdesk, everybody, Role.ADMIN)
    theirs = [one for one in everybody if one.id == ticket.assignee]
    if recipient is Recipient.ASSIGNEE and not any(is_away(one, helpdesk.now()) for one in theirs):
        return theirs
    return next(filter(None, (_with_role(helpdesk, everybody, role) for role in _LEADING)), [])


def _with_role(helpdesk: HelpDesk, agents: Sequence[Agent], role: Role) -> list[Agent]:
    return [one for one in agents if rights.role_of(helpdesk, one) is role]


async def tell(
    helpdesk: HelpDesk,
    agents: Sequence[Agent],
    text: str,
    *,
    rows: tuple[tuple[Button, ...], ...] = (),
    gathered: bool = False,
) -> list[Agent]:
    """Send it to each who has started the bot; returns the others, who have to be mentioned.

    A `gathered` line becomes part of a digest, which has no buttons.
    """
    message = Outgoing(text=text, rows=rows)
    return [agent for agent in agents if not await _direct(helpdesk, agent, message, gathered=gathered)]


async def _direct(helpdesk: HelpDesk, agent: Agent, message: Outgoing, *, gathered: bool) -> bool:
    if TELEGRAM not in helpdesk.channels:
        return False
    conversation = await private_chat(agent)
    if conversation is None or not conversation.reachable:
        return False
    if gathered:
        await digests.to_person(helpdesk, conversation, message.text)
    else:
        await errands.to_customer(helpdesk, conversation, message, ticket_id=None, notice=True)
    return True


async def private_chat(agent: Agent) -> Conversation | None:
    """The agent's own conversation with the bot, if they have begun one."""
    return await conversations.find(TELEGRAM, Person(keys=(f"tg:{agent.id}",), name=agent.name))


def mention(agents: Sequence[Agent]) -> str:
    """`@elif, Deniz`: whoever has a username is notified by it."""
    return ", ".join(f"@{one.username}" if one.username else one.name for one in agents)
