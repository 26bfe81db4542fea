"""The ticket card and the topic's name: pure text from a ticket."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.domain.intake import describe
from bot.domain.outgoing import Button
from bot.domain.people import Conversation
from bot.domain.press import Verb, encode
from bot.domain.sla.clocks import Clock, ClockState
from bot.domain.sla.policy import ClockKind
from bot.domain.ticket import Status, Ticket
from bot.domain.timers import TimerKind
from bot.domain.words import clean_name
from bot.helpdesk import HelpDesk

TOPIC_NAME_LENGTH = 128
"""Bot API, createForumTopic: 1-128 characters."""

STATUS_MARK = {
    Status.NEW: "🆕",
    Status.OPEN: "🔧",
    Status.PENDING: "❓",
    Status.POSTPONED: "💤",
    Status.IN_DEVELOPMENT: "🛠",
    Status.SOLUTION_PROPOSED: "💡",
    Status.CLOSED: "✅",
}

CLOCK_MARK = {ClockState.RUNNING: "⏳", ClockState.PAUSED: "⏸", ClockState.MET: "✅", ClockState.BROKEN: "🔥"}
WARNED_MARK = "⚠️"
"""A clock that runs and of which somebody has been told."""
SHOWN = frozenset({ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION, ClockKind.NEXT_UPDATE})
"""The clocks that stand on a card."""

_STEPS = {
    Status.NEW: ("take", "history"),
    Status.OPEN: ("postpone", "history"),
    Status.PENDING: ("resume", "history"),
    Status.POSTPONED: ("resume", "history"),
    Status.IN_DEVELOPMENT: ("resume", "history"),
    Status.SOLUTION_PROPOSED: ("resume", "history"),
    Status.CLOSED: ("reopen", "history"),
}
_ARGUMENTS = {"postpone": "1d"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The first post of a topic: its text, its buttons, and the name the topic should have."""

    text: str
    rows: tuple[tuple[Button, ...], ...]
    topic_name: str


def card(
    helpdesk: HelpDesk,
    ticket: Ticket,
    conversation: Conversation,
    *,
    window_ms: int,
    earlier: tuple[str, ...],
    follow_up_of: str = "",
    clocks: Sequence[Clock] = (),
    warned: Collection[tuple[ClockKind, int]] = (),
) -> Card:
    """Number, status, priority, key data, requester, assignee, deadlines and the usual next steps.

    `warned` names rounds of clocks, by kind and start, of which somebody has been told.
    """
    lines = [
        f"{STATUS_MARK[ticket.status]} {ticket.label} · {_status(helpdesk, ticket)}",
        ticket.subject,
        "",
        *_people(helpdesk, ticket, conversation, earlier),
        *([_row(helpdesk, "follow-up", follow_up_of)] if follow_up_of else []),
        *_key_data(helpdesk, ticket),
        *_moments(helpdesk, ticket),
        *([_window(helpdesk, conversation, window_ms)] if window_ms and ticket.live else []),
        *(_clock(helpdesk, clock, warned) for clock in clocks if clock.kind in SHOWN and clock.stopped_at is None),
    ]
    return Card(text="\n".join(lines), rows=_buttons(helpdesk, ticket), topic_name=topic_name(ticket, conversation))


def topic_name(ticket: Ticket, conversation: Conversation) -> str:
    """`<status mark> #2026-000123 Ayşe · <category or first words>`, cut to what a topic's name may hold."""
    who = clean_name(conversation.requester.name, 40)
    about = ticket.category or ticket.subject
    name = f"{STATUS_MARK[ticket.status]} {ticket.label} {who} · {clean_name(about, 60)}"
    return name[:TOPIC_NAME_LENGTH]


def _status(helpdesk: HelpDesk, ticket: Ticket) -> str:
    name = helpdesk.desk_text(f"status-{ticket.status}")
    if ticket.close_reason is None:
        return name
    reason = helpdesk.desk_text(f"close-reason-{ticket.close_reason}")
    return f"{name} ({' '.join(filter(None, (reason, ticket.successor)))})"


def _people(helpdesk: HelpDesk, ticket: Ticket, conversation: Conversation, earlier: tuple[str, ...]) -> list[str]:
    requester = conversation.requester
    channel = helpdesk.desk_text(f"channel-{conversation.channel}")
    name = clean_name(requester.name) or helpdesk.desk_text("somebody")
    vip = " ⭐ VIP" if requester.vip else ""
    lines = [
        _row(helpdesk, "requester", f"{name}{vip} · {channel}"),
        _row(helpdesk, "assignee", ticket.assignee_name or helpdesk.desk_text("nobody")),
    ]
    if earlier:
        lines.append(_row(helpdesk, "earlier", ", ".join(earlier)))
    if ticket.reopened:
        lines.append(_row(helpdesk, "reopened", str(ticket.reopened)))
    return lines


def _key_data(helpdesk: HelpDesk, ticket: Ticket) -> list[str]:
    """Priority, every question that applies, answered or left open, and answers to questions that are asked no more."""
    lines = [_row(helpdesk, "priority", helpdesk.desk_text(f"priority-{ticket.priority}"))]
    if ticket.category:
        lines.append(_row(helpdesk, "category", ticket.category))
    if ticket.tags:
        lines.append(_row(helpdesk, "tags", " ".join(f"#{name}" for name in ticket.tags)))
    if ticket.links:
        lines.append(_row(helpdesk, "links", " ".join(f"#{number}" for number in ticket.links)))
    form, locale = helpdesk.form, helpdesk.policies.locale
    asked_no_more = [name for name in ticket.answers if form.question(name) is None]
    for name in (*(question.id for question in form.concerning(ticket.answers)), *asked_no_more):
        value = ticket.answers.get(name)
        shown = describe(form, name, value, locale) if value is not None else "—"
        lines.append(f"{helpdesk.field_label(locale, name)}: {shown}")
    return lines


def _moments(helpdesk: HelpDesk, ticket: Ticket) -> list[str]:
    """Every instant that matters now."""
    moments = {
        "opened": ticket.created_at,
        "first-response": ticket.first_response_at,
        "postponed-until": ticket.postponed_until,
        "eta": ticket.eta if ticket.status is Status.IN_DEVELOPMENT else None,
        "auto-close": helpdesk.deadlines(ticket).get(TimerKind.AUTO_CLOSE),
        "closed": ticket.closed_at,
    }
    lines = [_row(helpdesk, key, _moment(helpdesk, at)) for key, at in moments.items() if at is not None]
    if ticket.status is Status.IN_DEVELOPMENT:
        lines.append(_row(helpdesk, "development", f"{ticket.engineer} · {ticket.issue_key}"))
    return lines


def _window(helpdesk: HelpDesk, conversation: Conversation, window_ms: int) -> str:
    """Until when an answer can be written. Newer words may have moved the end by less than an hour since."""
    end = (conversation.last_inbound_at or 0) + window_ms
    if end <= helpdesk.now():
        return _row(helpdesk, "window", helpdesk.desk_text("card-window-shut"))
    return _row(helpdesk, "window", helpdesk.desk_text("card-window-open", until=_moment(helpdesk, end)))


def _clock(helpdesk: HelpDesk, clock: Clock, warned: Collection[tuple[ClockKind, int]]) -> str:
    """A promise that is still to be kept: until when, or that it stands still."""
    until = (
        _moment(helpdesk, clock.deadline) if clock.deadline is not None else helpdesk.desk_text("clock-state-paused")
    )
    is_near = clock.state is ClockState.RUNNING and (clock.kind, clock.started_at) in warned
    mark = WARNED_MARK if is_near else CLOCK_MARK[clock.state]
    return f"{mark} {helpdesk.desk_text(f'clock-{clock.kind}')}: {until}"


def _moment(helpdesk: HelpDesk, instant: int) -> str:
    """Day and time: a card stands for days, and what is tomorrow now is so no longer then."""
    return helpdesk.moment(helpdesk.policies.locale, instant)


def _row(helpdesk: HelpDesk, key: str, value: str) -> str:
    return f"{helpdesk.desk_text(f'card-{key}')}: {value}"


def _buttons(helpdesk: HelpDesk, ticket: Ticket) -> tuple[tuple[Button, ...], ...]:
    """The usual next steps; a button carries the name of the command it stands for."""
    buttons = []
    for command in _STEPS[ticket.status]:
        argument = _ARGUMENTS.get(command)
        token = encode(Verb.DESK, ticket.id, command, *([argument] if argument else []))
        buttons.append(Button(title=helpdesk.desk_text(f"step-{command}"), token=token))
    return (tuple(buttons),)
