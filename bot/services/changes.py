"""What a row of history changed, in words: from which value to which, as far as the rows before it say."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.intake import describe
from bot.domain.ticket import Priority, Step
from bot.helpdesk import HelpDesk

_NOTHING = "—"


def told(helpdesk: HelpDesk, step: Step, known: Mapping[str, Any]) -> list[str]:
    """Each change as `name: before → after`; `known` are the values that the earlier rows left behind.

    What a row says by itself (tags, links and merging stand in its reason) is not said again.
    """
    return [
        words
        for name, value in step.details.items()
        if name in _WORDS and value != known.get(name)
        for words in _WORDS[name](helpdesk, known.get(name), value)
    ]


def _moved(helpdesk: HelpDesk, label: str, before: str, after: str) -> list[str]:
    return [] if before == after else [f"{helpdesk.desk_text(label)}: {before} → {after}"]


def _priority(helpdesk: HelpDesk, before: Any, after: Any) -> list[str]:
    was, now = (helpdesk.desk_text(f"priority-{rank or Priority.MEDIUM}") for rank in (before, after))
    return _moved(helpdesk, "card-priority", was, now)


def _category(helpdesk: HelpDesk, before: Any, after: Any) -> list[str]:
    return _moved(helpdesk, "card-category", before or _NOTHING, after or _NOTHING)


def _holder(helpdesk: HelpDesk, before: Any, after: Any) -> list[str]:
    nobody = helpdesk.desk_text("nobody")
    return _moved(helpdesk, "card-assignee", before or nobody, after or nobody)


def _answers(helpdesk: HelpDesk, before: Any, after: Any) -> list[str]:
    """Every question whose answer is another one now."""
    locale, earlier = helpdesk.policies.locale, before or {}
    names = [name for name in {**earlier, **after} if earlier.get(name) != after.get(name)]
    shown = [[_answer(helpdesk, name, answers) for answers in (earlier, after)] for name in names]
    labels = [helpdesk.field_label(locale, name) for name in names]
    return [f"{label}: {was} → {now}" for label, (was, now) in zip(labels, shown, strict=True)]


def _answer(helpdesk: HelpDesk, name: str, answers: Mapping[str, str]) -> str:
    value = answers.get(name)
    return _NOTHING if value is None else describe(helpdesk.form, name, value, helpdesk.policies.locale)


def _moment(label: str) -> Callable[[HelpDesk, Any, Any], list[str]]:
    """A day that was set; when it is over it is taken away without a word."""

    def words(helpdesk: HelpDesk, before: Any, after: Any) -> list[str]:
        days = [helpdesk.moment(helpdesk.policies.locale, day) for day in (before, after) if day]
        return [f"{helpdesk.desk_text(label)}: {' → '.join(days)}"] if after else []

    return words


def _plain(label: str) -> Callable[[HelpDesk, Any, Any], list[str]]:
    """Words of agents, as they are now."""

    def words(helpdesk: HelpDesk, _before: Any, after: Any) -> list[str]:
        return [f"{helpdesk.desk_text(label)}: {after}"] if after else []

    return words


def _reason(helpdesk: HelpDesk, _before: Any, after: Any) -> list[str]:
    return [helpdesk.desk_text(f"close-reason-{after}")] if after else []


_WORDS: Mapping[str, Callable[[HelpDesk, Any, Any], list[str]]] = {
    "priority": _priority,
    "category": _category,
    "assignee_name": _holder,
    "answers": _answers,
    "postponed_until": _moment("card-postponed-until"),
    "engineer": _plain("card-development"),
    "issue_key": _plain("card-development"),
    "eta": _moment("card-eta"),
    "close_reason": _reason,
}
