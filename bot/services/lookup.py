"""Looking: one ticket's state and history, the list of tickets."""

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

from bot.domain.errors import BadInput
from bot.domain.ledger import Delivery, LedgerMessage, Visibility
from bot.domain.ticket import Status, Step, Ticket
from bot.domain.words import excerpt, fold
from bot.helpdesk import HelpDesk
from bot.services import changes, relay
from bot.services.call import Call
from bot.services.casework import conversation_of
from bot.services.summary import card_of
from store import messages, tickets

_LISTED = 20
_RECENT = 30
_EXCERPT = 120


async def status(helpdesk: HelpDesk, call: Call) -> str:
    """The card again, down here; outside a topic how many tickets are in which status."""
    if call.ticket is None and not call.argument:
        return await _counts(helpdesk)
    ticket = await named_or_here(call)
    return (await card_of(helpdesk, ticket)).text


async def _counts(helpdesk: HelpDesk) -> str:
    counts = await tickets.count_by_status()
    lines = [f"{_status_name(helpdesk, status)}: {counts.get(status, 0)}" for status in Status]
    return "\n".join((helpdesk.desk_text("status-counts"), *lines))


async def named_or_here(call: Call) -> Ticket:
    """The ticket whose number is the argument, else the one of this topic. Raises `BadInput`."""
    if not call.argument:
        return call.on
    ticket = await tickets.by_number(call.argument.lstrip("#"))
    if ticket is None:
        raise BadInput("ticket-unknown", given=call.argument)
    return ticket


async def history(helpdesk: HelpDesk, call: Call) -> str:
    """Every step and the latest words, oldest first."""
    ticket = await named_or_here(call)
    steps = await tickets.history(ticket.id)
    said = await messages.of_ticket(ticket.id, limit=_RECENT, newest_first=True)
    rows = list(_step_lines(helpdesk, steps))
    rows += [(message.at, _message_line(helpdesk, message)) for message in said]
    lines = (f"{helpdesk.soon(at)} · {text}" for at, text in sorted(rows, key=itemgetter(0)))
    conversation = await conversation_of(ticket)
    heading = helpdesk.desk_text("history-of", number=ticket.label, name=conversation.requester.name)
    return "\n".join((heading, *lines))


def _step_lines(helpdesk: HelpDesk, steps: Sequence[Step]) -> Iterator[tuple[int, str]]:
    """Each step with its instant; what it changed is told against what the steps before it left behind."""
    known: dict[str, Any] = {}
    for step in steps:
        yield step.at, " · ".join((_step_line(helpdesk, step), *changes.told(helpdesk, step, known)))
        known |= step.details


def _step_line(helpdesk: HelpDesk, step: Step) -> str:
    who = step.actor.name or helpdesk.desk_text(f"actor-{step.actor.kind}")
    what = helpdesk.desk_text(f"action-{step.action}")
    moved = f" → {_status_name(helpdesk, step.after)}" if step.after is not step.before else ""
    why = f" ({step.reason})" if step.reason else ""
    return f"{who}: {what}{moved}{why}"


def _message_line(helpdesk: HelpDesk, message: LedgerMessage) -> str:
    who = message.author_name or helpdesk.desk_text(f"actor-{message.author}")
    mark = "📝 " if message.visibility is Visibility.NOTE else ""
    words = relay.words_of(helpdesk, helpdesk.policies.locale, message.content)
    kind = helpdesk.desk_text(f"kind-{message.content.kind.value}")
    said = excerpt(words, _EXCERPT) or kind
    return f"{mark}{who}: «{said}»{_fate(helpdesk, message)}"


def _fate(helpdesk: HelpDesk, message: LedgerMessage) -> str:
    """What became of a message of ours, why if it is not there, and what the platform counts it as."""
    if message.delivery is Delivery.RECEIVED:
        return ""
    words = [helpdesk.desk_text(f"state-{message.delivery}")]
    if message.failure:
        words.append(helpdesk.desk_text(message.failure))
    if message.cost_class:
        words.append(helpdesk.desk_text("cost-class", **{"class": message.cost_class}))
    return f" [{' · '.join(words)}]"


async def listing(helpdesk: HelpDesk, call: Call) -> str:
    """`/tickets`, `/tickets mine`, `/tickets pending`: live tickets, newest first."""
    wanted = fold(call.argument)
    mine = wanted in {fold("mine"), fold("benim")}
    chosen = next((s for s in Status if wanted in {fold(s), fold(_status_name(helpdesk, s))}), None)
    if wanted and not mine and chosen is None:
        raise BadInput("usage-tickets", states=", ".join(Status))
    found = await tickets.listing(
        status=chosen,
        assignee=call.agent.id if mine else None,
        live_only=chosen is not Status.CLOSED,
        limit=_LISTED + 1,
    )
    if not found:
        return helpdesk.desk_text("tickets-none-here")
    lines = [_ticket_line(helpdesk, ticket) for ticket in found[:_LISTED]]
    more = [helpdesk.desk_text("tickets-more")] if len(found) > _LISTED else []
    return "\n".join(lines + more)


def _ticket_line(helpdesk: HelpDesk, ticket: Ticket) -> str:
    who = ticket.assignee_name or helpdesk.desk_text("nobody")
    return f"{ticket.label} · {_status_name(helpdesk, ticket.status)} · {who} · {ticket.subject}"


def _status_name(helpdesk: HelpDesk, status: Status) -> str:
    return helpdesk.desk_text(f"status-{status}")
