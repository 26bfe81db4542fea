"""Steps of clocks that come due: recorded once, acted upon, and told; many at once are told as a digest."""

from collections.abc import Mapping, Sequence

import structlog

from bot.cards import SHOWN
from bot.domain import groups
from bot.domain.ledger import Urgency
from bot.domain.outgoing import Button, Outgoing
from bot.domain.people import Agent
from bot.domain.press import Verb, encode
from bot.domain.sla.clocks import Clock
from bot.domain.sla.policy import ClockKind, Recipient
from bot.domain.ticket import Ticket
from bot.helpdesk import HelpDesk
from bot.services import addressees, clockwork, digests, errands, forgotten, happenings
from bot.services.casework import conversation_of, notify
from bot.services.homes import home_of
from store import db, escalations, presence, tickets
from store.errors import Conflict
from store.escalations import Raised

log = structlog.get_logger(__name__)

AT_ONCE = 500
CARDS = 50
"""So many cards show at once that a clock was broken or is about to be; the others do with their next change."""


async def fired(helpdesk: HelpDesk, ticket: Ticket, due_at: int) -> None:
    """The ticket's timer for `due_at` went off: record every step that is due, and arm it for the next one.

    The clock may have been set back since it went off. What was due then is: no timer would go off for it again.
    """
    until = max(helpdesk.now(), due_at)
    due = [alarm for alarm in await clockwork.raised_next(helpdesk, ticket) if alarm.due_at <= until]
    for alarm in due:
        await escalations.add(ticket.id, alarm)
    await tickets.rearm(ticket, None, await clockwork.deadlines(helpdesk, ticket))


async def tell(helpdesk: HelpDesk) -> int:
    """Act upon and tell of everything that was recorded, oldest first; returns how many steps that were.

    Each is a commit of its own, so that a day of downtime holds up no message for long.
    """
    raised = await escalations.untold(AT_ONCE)
    gathered, drawn = len(raised) > happenings.SINGLY, len(raised) <= CARDS
    moving = any(one.recipient is Recipient.ANOTHER_AGENT for one in raised)
    loads = await presence.loads() if moving else {}
    for one in raised:
        try:
            async with db.transaction():
                await _told(helpdesk, one, loads, gathered=gathered, drawn=drawn)
        except Conflict:
            log.info("somebody else was faster", escalation=one.id, ticket=one.ticket_id)
        except Exception:
            # It stays untold and is tried again with the next turn; the others do not wait for it.
            log.exception("escalation failed", escalation=one.id, ticket=one.ticket_id)
    return len(raised)


async def _told(helpdesk: HelpDesk, raised: Raised, loads: forgotten.Loads, *, gathered: bool, drawn: bool) -> None:
    if not await escalations.told(raised):
        return
    found = await _still(helpdesk, raised)
    if found is None:
        await escalations.forget(raised)
        return
    ticket, clock = found
    if drawn and raised.clock in SHOWN:
        await errands.card(helpdesk, ticket.id)
    if raised.recipient is Recipient.REQUESTER:
        await _tell_requester(helpdesk, ticket, gathered=gathered)
    elif raised.recipient is Recipient.ANOTHER_AGENT:
        await _give_away(helpdesk, ticket, raised, clock, loads, gathered=gathered)
    elif not _is_nobodys_limit(ticket, raised):
        agents = await addressees.behind(helpdesk, raised.recipient, ticket)
        await _say(helpdesk, ticket, raised, _sentence(helpdesk, ticket, raised), agents, gathered=gathered)


def _is_nobodys_limit(ticket: Ticket, raised: Raised) -> bool:
    """Nobody is reminded to take a new ticket: if nobody does, somebody gets it."""
    return raised.clock is ClockKind.STATUS_LIMIT and raised.recipient is Recipient.ASSIGNEE and ticket.assignee is None


async def _still(helpdesk: HelpDesk, raised: Raised) -> tuple[Ticket, Clock] | None:
    """The ticket and its clock, unless this round of it ended or was paused meanwhile: nothing is to be told then."""
    ticket = await tickets.get(raised.ticket_id)
    if ticket is None or not ticket.live:
        return None
    clocks = await clockwork.clocks_of(helpdesk, ticket)
    clock = next((one for one in clocks if (one.kind, one.started_at) == (raised.clock, raised.since)), None)
    if clock is None or clock.stopped_at is not None or clock.paused or clock.deadline is None:
        return None
    return ticket, clock


async def _tell_requester(helpdesk: HelpDesk, ticket: Ticket, *, gathered: bool) -> None:
    """Nobody gave the promised update: an honest line, once in a period; agents are told what became of it."""
    await notify(
        helpdesk,
        await conversation_of(ticket),
        "notice-no-news",
        ticket=ticket,
        template="no_news",
        outcome=happenings.outcome(happenings.NO_NEWS, gathered=gathered),
        number=ticket.label,
    )


async def _give_away(
    helpdesk: HelpDesk, ticket: Ticket, raised: Raised, clock: Clock, loads: forgotten.Loads, *, gathered: bool
) -> None:
    """A free agent gets the forgotten ticket; they, whoever had it and the leads are told, also when nobody is free."""
    concerned = await addressees.behind(helpdesk, Recipient.LEAD, ticket)
    found = await forgotten.moved(helpdesk, ticket, clock.target_ms, loads)
    if found is None:
        text = helpdesk.desk_text("forgotten-nobody-free", number=ticket.label, subject=ticket.subject)
        await _say(helpdesk, ticket, raised, text, concerned, gathered=gathered)
        return
    after, agent = found
    before = await addressees.behind(helpdesk, Recipient.ASSIGNEE, ticket)
    text = helpdesk.desk_text(
        "forgotten-moved",
        number=after.label,
        before=ticket.assignee_name or helpdesk.desk_text("nobody"),
        agent=agent.name,
        subject=after.subject,
    )
    people = {one.id: one for one in (agent, *before, *concerned)}
    await _say(helpdesk, after, raised, text, list(people.values()), gathered=gathered)


async def _say(
    helpdesk: HelpDesk, ticket: Ticket, raised: Raised, text: str, agents: Sequence[Agent], *, gathered: bool
) -> None:
    """To a person directly where that is possible; to the others in the ticket's topic, or in the group's digest."""
    elsewhere = _buttons(helpdesk, ticket)
    others = await addressees.tell(helpdesk, agents, text, rows=elsewhere, gathered=gathered)
    home = await home_of(helpdesk, ticket.id)
    chat = home.chat
    if raised.recipient is Recipient.NEXT_GROUP:
        chat = groups.after(helpdesk.desk.groups, chat)
        text = " ".join(filter(None, (text, helpdesk.desk.link(home.chat, home.thread))))
    if gathered:
        await digests.to_group(helpdesk, chat, text, [addressees.mention([one]) for one in others])
        return
    if chat != home.chat:
        await errands.to_group(helpdesk, Outgoing(text=text, rows=elsewhere), chat=chat, about=ticket.id)
        return
    words = "\n".join(filter(None, (text, addressees.mention(others))))
    message = Outgoing(text=words, rows=_buttons(helpdesk, ticket, in_topic=True))
    await errands.to_topic(helpdesk, ticket.id, message, urgency=Urgency.STATUS)


def _sentence(helpdesk: HelpDesk, ticket: Ticket, raised: Raised) -> str:
    """What is the matter and until when; the verb depends on whether the deadline is over."""
    key = "sla-broken" if raised.deadline <= helpdesk.now() else "sla-warning"
    values: Mapping[str, str] = {
        "number": ticket.label,
        "clock": helpdesk.desk_text(f"clock-{raised.clock}"),
        "deadline": helpdesk.soon(raised.deadline),
        "agent": ticket.assignee_name or helpdesk.desk_text("nobody"),
        "subject": ticket.subject,
    }
    return helpdesk.desk_text(key, **values)


def _buttons(helpdesk: HelpDesk, ticket: Ticket, *, in_topic: bool = False) -> tuple[tuple[Button, ...], ...]:
    """What can be done about it; *take* and *assign* take it from whoever is named here, and from nobody else.

    The long answer of *why* comes in the ticket's topic, so it is not offered elsewhere.
    """
    holder = str(ticket.assignee) if ticket.assignee is not None else ""
    steps = (
        (("take", holder), ("assign", f"{forgotten.ANYBODY}{holder}")),
        (("postpone", "1d"), *([("why", "")] if in_topic else [])),
    )
    return tuple(tuple(_button(helpdesk, ticket, *step) for step in row) for row in steps)


def _button(helpdesk: HelpDesk, ticket: Ticket, command: str, argument: str) -> Button:
    token = encode(Verb.DESK, ticket.id, command, *filter(None, [argument]))
    return Button(title=helpdesk.desk_text(f"step-{command}"), token=token)
