"""Policies, texts and lists from TOML files: the shipped ones, or those of the operator's folder, file by file."""

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Self, TypeVar
from zlib import crc32

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from bot.domain.errors import GiseError
from bot.domain.folding import squeezed
from bot.domain.intake import AnswerKind, IntakeForm, Option, Question, built_in_questions
from config.toml_lines import line_of, line_told

SHIPPED = Path(__file__).parent

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,23}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
RowTitle = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class PolicyError(GiseError):
    """A mistake in a policy file: which file, where in it (`key`, and `line` from 1), and what was expected there."""

    def __init__(self, file: Path, key: str, expected: str, line: int | None = None) -> None:
        where = f"{file}, line {line}" if line else str(file)
        super().__init__(f"{where}: {key}: {expected}" if key else f"{where}: {expected}")
        self.file = file
        self.key = key
        self.expected = expected


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Option(_Strict):
    id: Identifier
    title: Annotated[dict[Language, RowTitle], Field(min_length=1)]
    words: list[Word] = []

    def phrases(self) -> set[str]:
        return {squeezed(phrase) for phrase in (*self.title.values(), *self.words)}


class _Field(_Strict):
    id: Identifier
    kind: Annotated[AnswerKind, Field(strict=False)]
    only_for: list[Identifier] = []
    label: dict[Language, RowTitle] = {}
    ask: Annotated[dict[Language, Sentence], Field(min_length=1)]
    option: Annotated[list[_Option], Field(max_length=50)] = []

    @model_validator(mode="after")
    def _options_belong_to_choices(self) -> Self:
        if self.kind is AnswerKind.CHOICE and len(self.option) < 2:
            raise ValueError('a field of kind "choice" needs at least two [[field.option]]')
        if self.kind is not AnswerKind.CHOICE and self.option:
            raise ValueError(f'a field of kind "{self.kind}" has no [[field.option]]')
        _check_distinct(self.option)
        return self


class _Intake(_Strict):
    source: Annotated[list[_Option], Field(max_length=50)] = []
    field: Annotated[list[_Field], Field(max_length=20)] = []

    @model_validator(mode="after")
    def _ids_are_distinct(self) -> Self:
        _check_distinct(self.source)
        built_in = built_in_questions((Option(id="any", titles={}),))
        _check_once([*(question.id for question in built_in), *(field.id for field in self.field)], "field id")
        types = {option.id for option in built_in[0].options}
        for unknown in (name for field in self.field for name in field.only_for if name not in types):
            raise ValueError(f'only_for knows {", ".join(sorted(types))}, not "{unknown}"')
        return self


_Model = TypeVar("_Model", bound=BaseModel)


def load_intake(folder: Path | None) -> IntakeForm:
    """The intake form of `intake.toml` in `folder`, else the shipped one. Raises `PolicyError`."""
    intake = read_policy(folder, "intake.toml", _Intake)
    built_in = built_in_questions(tuple(map(_domain_option, intake.source)))
    fields = (
        Question(
            id=field.id,
            kind=field.kind,
            options=tuple(map(_domain_option, field.option)),
            only_for=tuple(field.only_for),
            prompts=field.ask,
            labels=field.label or field.ask,
        )
        for field in intake.field
    )
    questions = (*built_in, *fields)
    return IntakeForm(questions=questions, version=crc32(repr(questions).encode()))


def read_policy(folder: Path | None, name: str, model: type[_Model]) -> _Model:
    """The policy file `name`, from `folder` if it is there, checked against `model`. Raises `PolicyError`."""
    return read_policy_file(policy_file(folder, name), model)


def read_policy_file(file: Path, model: type[_Model], context: object = None) -> _Model:
    """One policy file, checked against `model`, which may look at `context`. Raises `PolicyError`."""
    text = ""
    try:
        text = file.read_text(encoding="utf-8-sig")
        return model.model_validate(tomllib.loads(text), context=context)
    except OSError as error:
        raise PolicyError(file, "", f"expected a readable file ({error.strerror})") from error
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        raise PolicyError(
            file, "", f"expected UTF-8 text, byte {error.start} is not", 1 + before.count(b"\n")
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(file, "", f"expected TOML: {error}", line_told(text, str(error))) from error
    except ValidationError as error:
        first = error.errors()[0]
        line = line_of(text, first["loc"]) if first["loc"] else None
        raise PolicyError(file, _key(first["loc"]), _expected(first["msg"]), line) from error


def policy_file(folder: Path | None, name: str) -> Path:
    """Where `name` is read from. Raises `PolicyError` if `folder` is given but is no folder."""
    if folder is None:
        return SHIPPED / name
    if not folder.is_dir():
        raise PolicyError(folder, "", "expected a folder (GISE_CONFIG__DIR)")
    own = folder / name
    return own if own.exists() else SHIPPED / name


def _domain_option(option: _Option) -> Option:
    return Option(id=option.id, titles=option.title, words=tuple(option.words))


def _check_distinct(options: Sequence[_Option]) -> None:
    _check_once((option.id for option in options), "option id")
    _check_once((phrase for option in options for phrase in option.phrases()), "title or word")


def _check_once(names: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f'every {what} only once, but "{name}" comes twice')
        seen.add(name)


def _key(location: tuple[int | str, ...]) -> str:
    """`('source', 2, 'title', 'tr')` as people count: `source 3, title, tr`."""
    parts: list[str] = []
    for step in location:
        if isinstance(step, int) and parts:
            parts[-1] += f" {step + 1}"
        elif step != "[key]":
            parts.append(str(step))
    return ", ".join(parts)


def _expected(message: str) -> str:
    plain = message.removeprefix("Value error, ")
    return "expected no such key" if plain.startswith("Extra inputs") else f"expected: {plain}"
