"""Who may do what: numeric user ids, deny by default."""

from bot.domain.message import DeskPlace, Person
from bot.domain.people import Agent, Conversation, Role, may
from bot.domain.ticket import Actor, ActorKind
from bot.helpdesk import HelpDesk
from store import desk

_KEY = "tg:"


def user_id(person: Person) -> int | None:
    """The numeric Telegram id behind a person, if there is one: anonymous admins and channels have none."""
    for key in person.keys:
        if key.startswith(_KEY) and key[len(_KEY) :].isdigit():
            return int(key[len(_KEY) :])
    return None


async def agent_of(person: Person, place: DeskPlace | None) -> Agent | None:
    """The member of an agents' group who acts; whoever writes there is a member."""
    number = user_id(person)
    chat = place.chat if place else ""
    return None if number is None else await desk.seen(number, person.name, person.username, chat)


async def known(person: Person) -> Agent | None:
    """The agent behind a person who acts outside the groups, which makes nobody a member."""
    number = user_id(person)
    return None if number is None else await desk.agent(number)


async def acting(helpdesk: HelpDesk, person: Person, place: DeskPlace | None) -> Agent | None:
    """Whoever acts, if they may now do what agents do."""
    agent = await agent_of(person, place)
    return agent if may(role_of(helpdesk, agent), Role.AGENT) else None


def role_of(helpdesk: HelpDesk, agent: Agent | None) -> Role | None:
    """The effective role: admins of the configuration, then our own table, then membership."""
    if agent is None or not agent.present:
        return None
    if agent.id in helpdesk.policies.admins:
        return Role.ADMIN
    if agent.role is not None:
        return agent.role
    return None if helpdesk.policies.require_role else Role.AGENT


def actor(agent: Agent) -> Actor:
    return Actor(ActorKind.AGENT, agent.id, agent.name)


def requester(conversation: Conversation) -> Actor:
    """The customer of this conversation as the one who acts."""
    return Actor(ActorKind.REQUESTER, conversation.requester.id, conversation.requester.name)
