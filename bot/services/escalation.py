"""Steps of clocks that come due: recorded once, acted upon, and told; many at once are told as a digest."""

from collections.abc import Mapping, Sequence

from bot.domain.ledger import Urgency
from bot.domain.outgoing import Button, Outgoing
from bot.domain.press import Verb, encode
from bot.domain.sla.clocks import Clock
from bot.domain.sla.policy import Recipient
from bot.domain.ticket import Ticket
from bot.helpdesk import HelpDesk
from bot.services import addressees, clockwork, errands
from bot.services.casework import conversation_of, notify
from store import db, escalations, tickets
from store.escalations import Raised

AT_ONCE = 500
SINGLY = 3
"""So many are told in their own topics; more would eat the group's budget and nobody would read them."""
LISTED = 30

Due = tuple[Raised, Ticket]


async def fired(helpdesk: HelpDesk, ticket: Ticket) -> None:
    """The ticket's timer went off: record every step that is due, and arm it for the next one."""
    now = helpdesk.now()
    due = [alarm for alarm in await clockwork.raised_next(helpdesk, ticket) if alarm.due_at <= now]
    for alarm in due:
        await escalations.add(ticket.id, alarm)
    await tickets.save(ticket, None, await clockwork.deadlines(helpdesk, ticket))


async def tell(helpdesk: HelpDesk) -> int:
    """Tell of everything that was recorded, oldest first, in one commit; returns how many steps that were."""
    async with db.transaction():
        raised = await escalations.untold(AT_ONCE)
        alive = [(one, ticket) for one in raised if (ticket := await _still(helpdesk, one)) is not None]
        inside = [due for due in alive if due[0].recipient is not Recipient.REQUESTER]
        for one, ticket in alive:
            if one.recipient is Recipient.REQUESTER:
                await _tell_requester(helpdesk, ticket)
        if len(inside) > SINGLY:
            await _digest(helpdesk, inside)
        else:
            for one, ticket in inside:
                await _line(helpdesk, ticket, one)
        await escalations.tell(raised)
    return len(raised)


async def _still(helpdesk: HelpDesk, raised: Raised) -> Ticket | None:
    """The ticket, unless its clock was stopped or paused meanwhile: then there is nothing to be told."""
    ticket = await tickets.get(raised.ticket_id)
    if ticket is None or not ticket.live:
        return None
    clock = await _clock(helpdesk, ticket, raised)
    return ticket if clock is not None and clock.stopped_at is None and clock.deadline is not None else None


async def _clock(helpdesk: HelpDesk, ticket: Ticket, raised: Raised) -> Clock | None:
    return next((one for one in await clockwork.clocks_of(helpdesk, ticket) if one.kind is raised.clock), None)


async def _tell_requester(helpdesk: HelpDesk, ticket: Ticket) -> None:
    """Nobody gave the promised update: an honest line, once in a period."""
    conversation = await conversation_of(ticket)
    await notify(helpdesk, conversation, "notice-no-news", ticket=ticket, number=ticket.label)
    await errands.line(helpdesk, ticket.id, "desk-no-news-told", urgency=Urgency.STATUS)


async def _line(helpdesk: HelpDesk, ticket: Ticket, raised: Raised) -> None:
    """In the ticket's topic, with the buttons that help; to a person directly where that is possible."""
    text = _sentence(helpdesk, ticket, raised)
    agents = await addressees.behind(helpdesk, raised.recipient, ticket)
    others = await addressees.tell(helpdesk, agents, text)
    if others:
        text = f"{text}\n{addressees.mention(others)}"
    await errands.to_topic(
        helpdesk, ticket.id, Outgoing(text=text, rows=(_buttons(helpdesk, ticket),)), urgency=Urgency.STATUS
    )


async def _digest(helpdesk: HelpDesk, dues: Sequence[Due]) -> None:
    """One message for all of them, the oldest first, and one to each person who can be written to."""
    lines = [_sentence(helpdesk, ticket, raised) for raised, ticket in dues]
    meant = [await addressees.behind(helpdesk, raised.recipient, ticket) for raised, ticket in dues]
    people = {agent.id: agent for agents in meant for agent in agents}
    text = _listed(helpdesk, lines)
    others = await addressees.tell(helpdesk, list(people.values()), text)
    words = "\n".join(filter(None, (text, addressees.mention(others))))
    await errands.to_group(helpdesk, Outgoing(text=words), chat=helpdesk.desk.group)


def _listed(helpdesk: HelpDesk, lines: Sequence[str]) -> str:
    rest = len(lines) - LISTED
    more = [helpdesk.desk_text("sla-digest-more", count=rest)] if rest > 0 else []
    return "\n".join((helpdesk.desk_text("sla-digest", count=len(lines)), *lines[:LISTED], *more))


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


def _buttons(helpdesk: HelpDesk, ticket: Ticket) -> tuple[Button, ...]:
    """What can be done about it; *take* takes over from whoever is named here, and from nobody else."""
    holder = (str(ticket.assignee),) if ticket.assignee is not None else ()
    steps = (("take", *holder), ("postpone", "1d"), ("why",))
    return tuple(
        Button(title=helpdesk.desk_text(f"step-{command}"), token=encode(Verb.DESK, ticket.id, command, *arguments))
        for command, *arguments in steps
    )
