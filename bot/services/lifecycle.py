"""The agents' commands that move a ticket along its life."""

from dataclasses import replace

from bot.domain import groups
from bot.domain.errors import BadInput
from bot.domain.message import Said
from bot.domain.outgoing import Outgoing
from bot.domain.people import Agent, Conversation, Role, may
from bot.domain.ticket import Action, CloseReason, Ticket
from bot.domain.timers import TimerKind
from bot.domain.when import parse_when
from bot.domain.words import fold
from bot.helpdesk import HelpDesk
from bot.services import aftercare, delivery, forgotten, merging, presence, proposals, replies, rights, teams
from bot.services.call import Call
from bot.services.casework import apply, conversation_of, notify
from store import audit, conversations, desk

_DEV_WORDS = 3
_WITHOUT_END = {"frame-ask": "frame-ask-open", "frame-propose": "frame-propose-open"}
_MAY_CLOSE_WITH = (
    CloseReason.BY_LEAD,
    CloseReason.ANSWERED_BY_ARTICLE,
    CloseReason.WITHDRAWN,
    CloseReason.SPAM,
    CloseReason.MERGED,
)


async def take(helpdesk: HelpDesk, call: Call) -> str:
    """The caller becomes responsible; the customer hears of it the first time.

    Typed, it takes over from anybody. A button takes over only from whom it was shown for: the fastest press wins.
    """
    holder = call.on.assignee
    if call.on.live and call.said is None and holder is not None and call.argument != str(holder):
        raise BadInput("already-responsible", name=call.on.assignee_name, number=call.on.label)
    return await _give(helpdesk, call, call.agent, Action.TAKE)


async def assign(helpdesk: HelpDesk, call: Call) -> str:
    """Somebody else becomes responsible, or another team: a name without @ means a team first, * whoever is free."""
    wanted = call.words("usage-assign")
    if wanted.startswith(forgotten.ANYBODY):
        return await forgotten.assign(helpdesk, call)
    team = groups.team_named(helpdesk.desk.groups, wanted)
    if team:
        return await teams.assign(helpdesk, call, team)
    found = await desk.find_agent(wanted.lstrip("@"))
    if len(found) != 1:
        raise _nobody_meant(helpdesk, wanted, found)
    if not may(rights.role_of(helpdesk, found[0]), Role.AGENT):
        raise BadInput("agent-cannot", name=found[0].name)
    await _give(helpdesk, call, found[0], Action.ASSIGN)
    return helpdesk.desk_text("desk-assigned", number=call.on.label, name=presence.named(helpdesk, found[0]))


def _nobody_meant(helpdesk: HelpDesk, wanted: str, found: list[Agent]) -> BadInput:
    """Why a name says nothing: it fits nobody, or several."""
    names = groups.teams(helpdesk.desk.groups)
    if found:
        return BadInput("agent-ambiguous", given=wanted)
    if names and not wanted.startswith("@"):
        return BadInput("agent-or-team-not-found", given=wanted, teams=", ".join(names))
    return BadInput("agent-not-found", given=wanted)


async def _give(helpdesk: HelpDesk, call: Call, agent: Agent, action: Action) -> str:
    before = call.on
    if before.live and before.assignee == agent.id:
        raise BadInput("already-responsible", name=agent.name, number=before.label)
    ticket = await apply(helpdesk, before, action, actor=call.actor, assignee=agent.id, assignee_name=agent.name)
    if before.status is not ticket.status:
        await notify(helpdesk, await conversation_of(ticket), "notice-taken", ticket=ticket, number=ticket.label)
    return ""


async def ask(helpdesk: HelpDesk, call: Call) -> str:
    """Send a question and wait for the answer."""
    said = _said(call, "usage-ask")

    def frame(conversation: Conversation, ticket: Ticket) -> Outgoing:
        return Outgoing(text=_framed(helpdesk, conversation, ticket, "frame-ask", said))

    await replies.reply(helpdesk, call.on, call.agent, said, said.content, action=Action.ASK, frame=frame)
    return ""


async def propose(helpdesk: HelpDesk, call: Call) -> str:
    """Send a solution with accept and reject."""
    said = _said(call, "usage-propose")

    def frame(conversation: Conversation, ticket: Ticket) -> Outgoing:
        text = _framed(helpdesk, conversation, ticket, "frame-propose", said)
        return Outgoing(text=text, rows=(proposals.buttons(helpdesk, conversation.locale, ticket),))

    await replies.reply(helpdesk, call.on, call.agent, said, said.content, action=Action.PROPOSE, frame=frame)
    return ""


async def reply(helpdesk: HelpDesk, call: Call) -> str:
    """`/reply TEXT`: an answer, also where plain messages are notes."""
    said = _said(call, "usage-reply")
    await replies.reply(helpdesk, call.on, call.agent, said, said.content)
    return ""


async def note(helpdesk: HelpDesk, call: Call) -> str:
    """`/note TEXT` stays in the group."""
    said = _said(call, "usage-note")
    await replies.note(helpdesk, call.on, call.agent, said, said.content)
    return ""


def _said(call: Call, usage: str) -> Said:
    """The message without the command in front of it; a file may stand without words."""
    if call.said is None or not (call.argument or call.said.content.attachment):
        raise BadInput(usage)
    return replace(call.said, content=replace(call.said.content, text=call.argument))


def _framed(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, key: str, said: Said) -> str:
    """The words with the announcement of what silence will do, if it does anything."""
    locale, end = conversation.locale, helpdesk.deadlines(ticket).get(TimerKind.AUTO_CLOSE)
    if end is None:
        return helpdesk.text(locale, _WITHOUT_END[key], text=said.content.text, number=ticket.label)
    return helpdesk.text(
        locale,
        key,
        text=said.content.text,
        number=ticket.label,
        days=helpdesk.patience(ticket, locale),
        until=helpdesk.moment(locale, end),
    )


async def postpone(helpdesk: HelpDesk, call: Call) -> str:
    """`/postpone WHEN [REASON]`: sleeps until then; the customer learns until when."""
    wanted = call.words("usage-postpone")
    until, reason = parse_when(wanted, helpdesk.now(), helpdesk.policies.zone)
    ticket = await apply(
        helpdesk,
        call.on,
        Action.POSTPONE,
        actor=call.actor,
        reason=reason,
        postponed_until=until,
        postpone_reason=reason,
    )
    conversation = await conversation_of(ticket)
    moment = helpdesk.moment(conversation.locale, until)
    await notify(helpdesk, conversation, "notice-postponed", ticket=ticket, number=ticket.label, until=moment)
    return helpdesk.desk_text("desk-postponed", number=ticket.label, until=helpdesk.soon(until))


async def develop(helpdesk: HelpDesk, call: Call) -> str:
    """`/dev ENGINEER KEY ETA`: with engineering, under an issue key, until an expected day."""
    words = call.words("usage-dev").split(maxsplit=_DEV_WORDS - 1)
    if len(words) < _DEV_WORDS:
        raise BadInput("usage-dev")
    engineer, key, when = words
    eta, reason = parse_when(when, helpdesk.now(), helpdesk.policies.zone)
    ticket = await apply(
        helpdesk,
        call.on,
        Action.DEVELOP,
        actor=call.actor,
        reason=reason,
        engineer=engineer,
        issue_key=key,
        eta=eta,
    )
    conversation = await conversation_of(ticket)
    moment = helpdesk.moment(conversation.locale, eta)
    await notify(helpdesk, conversation, "notice-in-development", ticket=ticket, number=ticket.label, eta=moment)
    return helpdesk.desk_text(
        "desk-in-development", number=ticket.label, engineer=engineer, issue=key, eta=helpdesk.soon(eta)
    )


async def resume(helpdesk: HelpDesk, call: Call) -> str:
    """Back to work."""
    await apply(helpdesk, call.on, Action.RESUME, actor=call.actor)
    return ""


async def close(helpdesk: HelpDesk, call: Call) -> str:
    """A lead closes with a reason; the customer is told and can reopen."""
    given, _, rest = call.words("usage-close").partition(" ")
    reason = next((known for known in _MAY_CLOSE_WITH if fold(known) == fold(given)), CloseReason.BY_LEAD)
    words = rest if fold(reason) == fold(given) else call.argument
    ticket = await apply(helpdesk, call.on, Action.CLOSE, actor=call.actor, reason=words, close_reason=reason)
    await audit.add(
        at=helpdesk.now(),
        actor_id=call.agent.id,
        action="close",
        ticket_id=ticket.id,
        old=call.on.status.value,
        new=reason.value,
    )
    conversation = await conversation_of(ticket)
    if conversation.ticket_id == ticket.id:
        await conversations.save(replace(conversation, ticket_id=None, awaiting=""))
    await delivery.withdrawn(helpdesk, ticket)
    if reason is not CloseReason.SPAM:
        await notify(helpdesk, conversation, "closed-by-lead", ticket=ticket, template="closed", number=ticket.label)
    return ""


async def reopen(helpdesk: HelpDesk, call: Call) -> str:
    """The desk takes a closed ticket up again."""
    ticket = await apply(helpdesk, call.on, Action.REOPEN, actor=call.actor)
    conversation = await conversation_of(ticket)
    await aftercare.make_current(conversation, ticket)
    await notify(helpdesk, conversation, "reopened-by-desk", ticket=ticket, number=ticket.label)
    if call.on.merged_into:
        await merging.taken_out(helpdesk, call)
    return ""
