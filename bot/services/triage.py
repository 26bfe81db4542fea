"""Priority, category and key data, set by agents."""

from typing import Any

from bot.domain.errors import BadInput
from bot.domain.intake import Question, describe, in_language, match_answer
from bot.domain.ticket import Action, Priority, Ticket
from bot.domain.words import clean_name, fold
from bot.helpdesk import HelpDesk
from bot.services.call import Call
from bot.services.casework import apply

_BY_RANK = tuple(Priority)


async def priority(helpdesk: HelpDesk, call: Call) -> str:
    """`/priority high`, `P1` or `yüksek`."""
    wanted = fold(call.words("usage-priority"))
    found = next((p for p in Priority if wanted in _names(helpdesk, p)), None)
    if found is None:
        raise BadInput("usage-priority")
    return await _set(helpdesk, call, priority=found)


def _names(helpdesk: HelpDesk, rank: Priority) -> set[str]:
    titles = (helpdesk.text(locale, f"priority-{rank}") for locale in helpdesk.texts.locales)
    return {fold(rank), f"p{_BY_RANK.index(rank)}", *map(fold, titles)}


async def category(helpdesk: HelpDesk, call: Call) -> str:
    """`/category TEXT` names what the ticket is about; it stands in the topic's name."""
    return await _set(helpdesk, call, category=clean_name(call.words("usage-category"), 40))


async def field(helpdesk: HelpDesk, call: Call) -> str:
    """`/set FIELD VALUE` fills in key data the customer left open, or corrects it."""
    name, _, value = call.words("usage-set").partition(" ")
    question = _question(helpdesk, name)
    if question is None:
        raise BadInput("set-unknown-field", given=name, fields=", ".join(_fields(helpdesk)))
    answer = match_answer(question, value.strip()) if value.strip() else None
    if answer is None:
        options = ", ".join(in_language(option.titles, helpdesk.policies.locale) for option in question.options)
        raise BadInput("set-bad-value", field=name, options=options or "…")
    answers = {**call.on.answers, question.id: answer}
    await _set(helpdesk, call, answers=answers)
    shown = describe(helpdesk.form, question.id, answer, helpdesk.policies.locale)
    label = helpdesk.field_label(helpdesk.policies.locale, question.id)
    return helpdesk.desk_text("desk-set", number=call.on.label, field=label, value=shown)


def _fields(helpdesk: HelpDesk) -> list[str]:
    return [question.id for question in helpdesk.form.questions]


def _question(helpdesk: HelpDesk, name: str) -> Question | None:
    """A field by its id or by its short name in either language."""
    wanted = fold(name)
    for question in helpdesk.form.questions:
        labels = (helpdesk.field_label(locale, question.id) for locale in helpdesk.texts.locales)
        if wanted in {fold(question.id), *map(fold, labels)}:
            return question
    return None


async def _set(helpdesk: HelpDesk, call: Call, **changes: Any) -> str:
    ticket: Ticket = call.on
    await apply(helpdesk, ticket, Action.SET, actor=call.actor, **changes)
    return ""
