"""Whom to tell: the agents behind a recipient, by direct message where they have started the bot, else by mention."""

from collections.abc import Sequence

from bot.domain.message import Person
from bot.domain.outgoing import Outgoing
from bot.domain.people import Agent, Role
from bot.domain.sla.policy import Recipient
from bot.domain.ticket import Ticket
from bot.helpdesk import HelpDesk
from bot.services import errands, rights
from store import conversations, desk

TELEGRAM = "telegram"
"""Where direct messages go: a bot may write to people only there, and only to those who began (Bot API)."""

_ROLES = {Recipient.LEAD: Role.LEAD, Recipient.ADMIN: Role.ADMIN, Recipient.NEXT_GROUP: Role.ADMIN}


async def behind(helpdesk: HelpDesk, recipient: Recipient, ticket: Ticket) -> list[Agent]:
    """The agents who are meant; nobody when the ticket has no assignee or the desk no lead."""
    everybody = await desk.agents()
    if recipient in _ROLES:
        return [one for one in everybody if rights.role_of(helpdesk, one) is _ROLES[recipient]]
    return [one for one in everybody if one.id == ticket.assignee]


async def tell(helpdesk: HelpDesk, agents: Sequence[Agent], text: str) -> list[Agent]:
    """Send it to each who has started the bot; returns the others, who have to be mentioned."""
    return [agent for agent in agents if not await _direct(helpdesk, agent, text)]


async def _direct(helpdesk: HelpDesk, agent: Agent, text: str) -> bool:
    if TELEGRAM not in helpdesk.channels:
        return False
    conversation = await conversations.find(TELEGRAM, Person(keys=(f"tg:{agent.id}",), name=agent.name))
    if conversation is None or not conversation.reachable:
        return False
    await errands.to_customer(helpdesk, conversation, Outgoing(text=text), ticket_id=None, notice=True)
    return True


def mention(agents: Sequence[Agent]) -> str:
    """`@elif, Deniz`: whoever has a username is notified by it."""
    return ", ".join(f"@{one.username}" if one.username else one.name for one in agents)
