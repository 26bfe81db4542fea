"""Who is there: `/away`, `/back`, and agents who are heard of although they said to be away."""

from bot.domain.errors import BadInput
from bot.domain.message import DeskPlace
from bot.domain.outgoing import Button, Outgoing
from bot.domain.people import Agent
from bot.domain.press import Verb, encode
from bot.domain.sla.presence import UNTIL_BACK, is_away
from bot.domain.when import parse_when
from bot.helpdesk import HelpDesk
from bot.services import errands
from bot.services.call import Call
from store import presence, tickets

HEARD_EVERY_MS = 60_000
DEAF_MS = 10 * 60_000
"""So long without a process is a downtime; what agents said meanwhile is only read after it. A smaller jump of the
clock makes nobody silent, and nobody present."""
CARDS = 50
"""So many cards follow at once when somebody goes or comes; the others do with their next change."""
SPEAKS_OF_IT = frozenset({"away", "back", "handover"})
"""Commands after which nobody needs to be reminded of being away."""


async def away(helpdesk: HelpDesk, call: Call) -> str:
    """`/away [UNTIL]`: no forgotten ticket comes to the caller until then; what they have can be handed over."""
    until, agent = UNTIL_BACK, call.agent
    if call.argument:
        until, _ = parse_when(call.argument, helpdesk.now(), helpdesk.policies.zone)
    await presence.set_away(agent.id, until)
    mine = await _cards_follow(helpdesk, agent)
    told = said_of(helpdesk, agent.name, until)
    if not mine:
        return told
    offer = helpdesk.desk_text("away-has-tickets", count=await presence.load(agent.id))
    button = Button(title=helpdesk.desk_text("step-handover"), token=encode(Verb.DESK, 0, "handover", str(agent.id)))
    await _say(helpdesk, call.place, Outgoing(text=f"{told} {offer}", rows=((button,),)))
    return ""


async def back(helpdesk: HelpDesk, call: Call) -> str:
    """`/back`: here again; saying so twice does no harm."""
    await presence.set_away(call.agent.id, None)
    await _cards_follow(helpdesk, call.agent)
    return helpdesk.desk_text("back-done", name=call.agent.name)


async def heard(helpdesk: HelpDesk, agent: Agent, place: DeskPlace, command: str = "") -> None:
    """The agent wrote or pressed something. Being away does not end by that, but it is said once."""
    await presence.spoke(agent.id, helpdesk.now(), HEARD_EVERY_MS)
    if command in SPEAKS_OF_IT or not is_away(agent, helpdesk.now()) or not await presence.remind(agent):
        return
    name = f"@{agent.username}" if agent.username else agent.name
    button = Button(title=helpdesk.desk_text("step-back"), token=encode(Verb.DESK, 0, "back"))
    text = said_of(helpdesk, name, agent.away_until or 0)
    hint = helpdesk.desk_text("away-reminder")
    await _say(helpdesk, place, Outgoing(text=f"{text} {hint}", rows=((button,),)))


async def listens(helpdesk: HelpDesk) -> None:
    """At a start and every minute: a downtime of ours is no silence of theirs.

    Neither is a clock that is set: what is counted after it went forward is taken off again when it goes back.
    """
    now = helpdesk.now()
    gap = now - (await presence.listens(now) or now)
    if abs(gap) > DEAF_MS:
        await presence.heard_later(gap, now)


def said_of(helpdesk: HelpDesk, name: str, until: int) -> str:
    """Somebody is away, and until when if that is known."""
    if until >= UNTIL_BACK:
        return helpdesk.desk_text("away-open-end", name=name)
    return helpdesk.desk_text("away-until", name=name, until=helpdesk.moment(helpdesk.policies.locale, until))


def named(helpdesk: HelpDesk, agent: Agent) -> str:
    """The agent's name, on a card for instance, which says when they are away."""
    return said_of(helpdesk, agent.name, agent.away_until or 0) if is_away(agent, helpdesk.now()) else agent.name


async def _cards_follow(helpdesk: HelpDesk, agent: Agent) -> int:
    """The cards of the agent's tickets say that they went or came; returns how many those are."""
    mine = await tickets.listing(assignee=agent.id, limit=CARDS)
    for ticket in mine:
        await errands.card(helpdesk, ticket.id)
    return len(mine)


async def _say(helpdesk: HelpDesk, place: DeskPlace, message: Outgoing) -> None:
    await errands.to_group(helpdesk, message, chat=place.chat, thread=place.thread)


def must_be_known(agents: list[Agent], given: str) -> Agent:
    """The one agent a name means. Raises `BadInput`."""
    if len(agents) != 1:
        raise BadInput("agent-ambiguous" if agents else "agent-not-found", given=given)
    return agents[0]
