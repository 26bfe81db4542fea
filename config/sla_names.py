"""Names in `sla.toml` that stand for something: of the file itself, of tickets' facts, of the settings."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationError, ValidationInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from bot.domain.folding import fold
from bot.domain.intake import TYPE, built_in_questions
from bot.domain.ticket import Priority

ALWAYS = "always"
_TEAMS_ARE_IN = "GISE_TELEGRAM__MORE_GROUPS"
_BY_RANK = {f"P{rank}": priority.value for rank, priority in enumerate(Priority)}
_TYPES = [option.id for question in built_in_questions(()) if question.id == TYPE for option in question.options]


@dataclass(slots=True)
class Known:
    """What a file may name; without `teams` nobody here knows which there are."""

    teams: Collection[str] | None = None
    policies: list[str] = field(default_factory=list)
    calendars: list[str] = field(default_factory=list)

    def learn(self, file: Mapping[str, Any]) -> None:
        """Take down what the file itself names, whatever else is wrong with it."""
        self.policies, self.calendars = (_keys(file.get(table)) for table in ("policies", "calendars"))


def known(info: ValidationInfo) -> Known:
    """What the validation has as its context."""
    if not isinstance(info.context, Known):
        raise TypeError("names can only be looked up where the validation knows some")
    return info.context


def _keys(table: object) -> list[str]:
    return list(table) if isinstance(table, dict) else []


def _policy(name: str, info: ValidationInfo) -> str:
    names = known(info).policies
    if name not in names:
        raise ValueError(f'a policy of this file ({", ".join(names)}), not "{name}"')
    return name


def _calendar(name: str, info: ValidationInfo) -> str:
    names = known(info).calendars
    if name not in names:
        raise ValueError(f'a calendar of this file ({", ".join(names)}), not "{name}"')
    return name


def _calendar_or_always(name: str, info: ValidationInfo) -> str:
    return "" if name == ALWAYS else _calendar(name, info)


def _team(name: str, info: ValidationInfo) -> str:
    """Folded; no name at all stands for groups without a team."""
    there = known(info).teams
    if name and there is not None and fold(name) not in map(fold, there):
        names = ", ".join(sorted(filter(None, there))) or "there is none"
        raise ValueError(f'a team of {_TEAMS_ARE_IN} ({names}), not "{name}"')
    return fold(name)


def _one_of(names: Iterable[str], others: Mapping[str, str] | None = None) -> Callable[[object], object]:
    """One of these names, or another name for it."""
    others, names = others or {}, list(names)

    def checked(written: object) -> object:
        if written in names:
            return written
        if isinstance(written, str) and written in others:
            return others[written]
        raise ValueError(f'one of {", ".join([*names, *others])}, not "{written}"')

    return checked


def once(table: object, form: Callable[[str], str]) -> object:
    """The table whose keys say different things in this form. Raises an error that stands at the second of two."""
    seen: dict[str, str] = {}
    for name in _keys(table):
        first = seen.setdefault(form(name), name)
        if first != name:
            expected = PydanticCustomError("once", 'the same name only once, but there is "{first}"', {"first": first})
            line = InitErrorDetails(type=expected, loc=(name,), input=name)
            raise ValidationError.from_exception_data("names", [line])
    return table


PolicyName = Annotated[str, AfterValidator(_policy)]
CalendarName = Annotated[str, AfterValidator(_calendar)]
CalendarOrAlways = Annotated[str, AfterValidator(_calendar_or_always)]
"""Empty for "always", which is around the clock."""
TeamName = Annotated[str, AfterValidator(_team)]
Folded = Annotated[str, AfterValidator(fold)]
PriorityName = Annotated[str, BeforeValidator(_one_of(Priority, _BY_RANK))]
TypeName = Annotated[str, BeforeValidator(_one_of(_TYPES))]
ChannelName = Annotated[str, BeforeValidator(_one_of(("telegram", "whatsapp")))]
YesOrNo = Annotated[str, BeforeValidator(_one_of(("yes", "no")))]
