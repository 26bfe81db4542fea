"""Intake: asking for the key data, one question at a time, by buttons, lists or typed answers."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.intake import AnswerKind, Question, describe, in_language, match_answer, next_question, page
from bot.domain.ledger import Op
from bot.domain.message import Pressed
from bot.domain.outgoing import Button, Outgoing
from bot.domain.people import Conversation
from bot.domain.press import Press, Verb, encode
from bot.domain.ticket import SYSTEM, WAITING, Action, Actor, Ticket
from bot.domain.words import is_skip
from bot.helpdesk import HelpDesk
from bot.services import errands, lanes, rights
from bot.services.casework import apply, notify

SKIP = "-"
_NAVIGATION_ROWS = 3
_FALLBACK_ROWS = 12
"""Options a page shows where the channel sets no bound on list rows."""
_MINUTE_MS = 60_000


def begin(helpdesk: HelpDesk, ticket: Ticket) -> Ticket:
    """The ticket with its first question set; asking it is the caller's next step."""
    first = next_question(helpdesk.form, ticket.answers, ticket.skipped)
    until = ticket.created_at + helpdesk.policies.intake_minutes * _MINUTE_MS
    return replace(ticket, intake=first.id if first else "", intake_until=until if first else None)


def current(helpdesk: HelpDesk, ticket: Ticket) -> Question | None:
    """The question that is being asked; none once its time is over, even before the timer has said so."""
    return helpdesk.form.question(ticket.intake) if _in_time(helpdesk, ticket) else None


def _in_time(helpdesk: HelpDesk, ticket: Ticket) -> bool:
    return bool(ticket.intake) and (ticket.intake_until is None or helpdesk.now() < ticket.intake_until)


def is_overtaken(helpdesk: HelpDesk, ticket: Ticket) -> bool:
    """Whether the question that is being asked is in the file no more; with an agent's question it has time."""
    return _in_time(helpdesk, ticket) and current(helpdesk, ticket) is None and ticket.status not in WAITING


async def ask(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, *, opening: str = "") -> None:
    """Send the current question; `opening` is a sentence that stands before it in the same message."""
    question = current(helpdesk, ticket)
    if question is None:
        return
    outgoing = _question_message(helpdesk, conversation, ticket, question, number=0, opening=opening)
    await notify(
        helpdesk,
        conversation,
        "plain",
        ticket=ticket,
        rows=outgoing.rows,
        list_title=outgoing.list_title,
        text=outgoing.text,
    )


def understood(helpdesk: HelpDesk, ticket: Ticket, text: str) -> str | None:
    """The answer in a typed text: an option's id, free text, `SKIP`; `None` when it is clearly not an answer.

    While an agent waits for the requester, typed words are for the agent; the buttons of the question still count.
    """
    question = current(helpdesk, ticket)
    if question is None or not text or ticket.status in WAITING:
        return None
    return SKIP if is_skip(text) else match_answer(question, text)


def also_words(helpdesk: HelpDesk, ticket: Ticket) -> bool:
    """Whether a typed answer may be meant for the agent as well: the question takes any text, or an agent has written.

    Such an answer is shown in the topic, because nothing a customer says may be kept from the agents by a guess.
    """
    question = current(helpdesk, ticket)
    return ticket.first_response_at is not None or (question is not None and question.kind is AnswerKind.TEXT)


async def pressed(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, press: Press, event: Pressed) -> str:
    """Take a pressed answer or turn a page; returns the text key of the toast (empty: nothing to say)."""
    question, chosen = helpdesk.form.question(press.argument(0)), press.argument(1)
    if question is None or not ticket.live or question not in helpdesk.form.concerning(ticket.answers):
        return await _stale(helpdesk, conversation, ticket, question)
    if question.id in ticket.answers or (chosen == SKIP and question.id in ticket.skipped):
        return "intake-already-answered"
    if press.verb is Verb.PAGE:
        await _turn(helpdesk, conversation, ticket, question, press, event)
        return ""
    if chosen != SKIP and chosen not in {option.id for option in question.options}:
        return await _stale(helpdesk, conversation, ticket, question)
    in_time = current(helpdesk, ticket) is not None
    await _record(helpdesk, conversation, ticket, question, None if chosen == SKIP else chosen)
    return "" if in_time else "intake-noted"


async def _stale(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, question: Question | None) -> str:
    """A button that means nothing now; where a new file is why, the customer is asked what holds now."""
    if is_overtaken(helpdesk, ticket):
        await move_on(helpdesk, conversation, ticket)
        return "intake-changed"
    if question is not None and question == current(helpdesk, ticket):
        await ask(helpdesk, conversation, ticket)
        return "intake-changed"
    return "button-old"


async def move_on(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> None:
    """From a question that is asked no more to the next one, or to the end."""
    await _go_on(helpdesk, conversation, ticket, SYSTEM, ticket.answers, ticket.skipped)


async def take(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, answer: str) -> None:
    """Record the understood answer to the current question and go on."""
    question = current(helpdesk, ticket)
    if question is not None:
        await _record(helpdesk, conversation, ticket, question, None if answer == SKIP else answer)


async def _record(
    helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, question: Question, answer: str | None
) -> None:
    """Record the answer (or the skip), then ask what comes next or confirm."""
    answers = ticket.answers if answer is None else {**ticket.answers, question.id: answer}
    skipped = (*ticket.skipped, question.id) if answer is None else ticket.skipped
    await _go_on(helpdesk, conversation, ticket, rights.requester(conversation), answers, skipped)


async def _go_on(
    helpdesk: HelpDesk,
    conversation: Conversation,
    ticket: Ticket,
    actor: Actor,
    answers: Mapping[str, str],
    skipped: tuple[str, ...],
) -> None:
    asked = _in_time(helpdesk, ticket)
    following = next_question(helpdesk.form, answers, skipped) if asked else None
    ticket = await apply(
        helpdesk,
        ticket,
        Action.SET,
        actor=actor,
        answers=answers,
        skipped=skipped,
        intake=following.id if following else "",
        intake_until=ticket.intake_until if following else None,
    )
    if following:
        await ask(helpdesk, conversation, ticket)
    elif asked:
        await confirm(helpdesk, conversation, ticket)


async def confirm(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> None:
    """Name the number and what was understood."""
    locale = conversation.locale
    lines = [
        f"• {helpdesk.field_label(locale, key)}: {describe(helpdesk.form, key, value, locale)}"
        for key, value in ticket.answers.items()
    ]
    summary = "\n".join(lines)
    key = "intake-confirmed-summary" if summary else "intake-confirmed"
    await notify(helpdesk, conversation, key, ticket=ticket, number=ticket.label, summary=summary)


async def _turn(
    helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, question: Question, press: Press, event: Pressed
) -> None:
    """Show another page: in place where the channel can edit, as a new message elsewhere."""
    outgoing = _question_message(helpdesk, conversation, ticket, question, number=press.number(1))
    if helpdesk.channels[conversation.channel].capabilities.edits and event.message_id:
        part = lanes.single_part(helpdesk, conversation, outgoing)
        payload = {"part": part, "external_id": event.message_id}
        await errands.change_at_customer(helpdesk, conversation, Op.EDIT, payload, ticket_id=ticket.id)
    else:
        await errands.to_customer(helpdesk, conversation, outgoing, ticket_id=ticket.id, notice=True)


def _question_message(
    helpdesk: HelpDesk,
    conversation: Conversation,
    ticket: Ticket,
    question: Question,
    *,
    number: int,
    opening: str = "",
) -> Outgoing:
    locale = conversation.locale
    ask_key = f"intake-ask-{question.id}"
    prompt = in_language(question.prompts, locale) if question.prompts else helpdesk.text(locale, ask_key)
    rows = _answer_rows(helpdesk, conversation, ticket, question, number)
    return Outgoing(
        text="\n\n".join(filter(None, (opening, prompt))),
        rows=tuple((button,) for button in rows),
        list_title=helpdesk.text(locale, "button-choose"),
    )


def _answer_rows(
    helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, question: Question, number: int
) -> list[Button]:
    locale = conversation.locale
    size = (helpdesk.channels[conversation.channel].capabilities.list_rows or _FALLBACK_ROWS) - _NAVIGATION_ROWS
    shown = page(question, number, size)
    buttons = [
        Button(title=in_language(option.titles, locale), token=encode(Verb.INTAKE, ticket.id, question.id, option.id))
        for option in shown.options
    ]
    for there, key, target in ((shown.has_previous, "back", number - 1), (shown.has_next, "more", number + 1)):
        if there:
            token = encode(Verb.PAGE, ticket.id, question.id, str(target))
            buttons.append(Button(title=helpdesk.text(locale, f"button-{key}"), token=token))
    skip = encode(Verb.INTAKE, ticket.id, question.id, SKIP)
    return [*buttons, Button(title=helpdesk.text(locale, "button-skip"), token=skip, optional=True)]
