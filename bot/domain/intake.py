"""The key-data questions of a new ticket: which comes next, and what a typed answer means."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from bot.domain.folding import fold, squeezed, tokens

TYPE = "type"
FAULT = "fault"
_LONGEST_TEXT = 500
_LONGEST_CHOICE_WORDS = 4
_PICKED = re.compile(r"\W*(?:secenek |option |numara |no )?(\d{1,2})\W*(?:secenek)?\W*")
_NUMBER = re.compile(r"([+-]?\d+(?:[.,]\d+)?)(?: [^\W\d_]+)?")
_NEGATIONS = {"degil", "degiller", "not", "isnt", "ama", "but"}
_SHORTEST_STEM = 4


class AnswerKind(StrEnum):
    CHOICE = "choice"
    TEXT = "text"
    NUMBER = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A possible answer: `titles` by locale are shown, `words` (any language) are understood as well."""

    id: str
    titles: Mapping[str, str]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One key-data question; every question can be skipped. Empty `only_for` asks it for every ticket type.

    Built-in questions have no `prompts` and `labels`: their words are the texts `intake-ask-<id>` and `field-<id>`.
    """

    id: str
    kind: AnswerKind = AnswerKind.CHOICE
    options: tuple[Option, ...] = ()
    only_for: tuple[str, ...] = ()
    prompts: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeForm:
    """The questions in the order they are asked. `version` tells one form from another."""

    questions: tuple[Question, ...]
    version: int = 0

    def concerning(self, answers: Mapping[str, str]) -> tuple[Question, ...]:
        """The questions a ticket with these answers is about."""
        return tuple(q for q in self.questions if not q.only_for or answers.get(TYPE) in q.only_for)

    def question(self, question_id: str) -> Question | None:
        return next((question for question in self.questions if question.id == question_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A stretch of a question's options. `first` is the typed number of its first option, counted from 1."""

    options: tuple[Option, ...]
    number: int
    first: int
    has_previous: bool
    has_next: bool


def _option(option_id: str, tr: str, en: str, words: str = "") -> Option:
    return Option(id=option_id, titles={"tr": tr, "en": en}, words=tuple(words.split(", ")) if words else ())


def built_in_questions(sources: tuple[Option, ...]) -> tuple[Question, ...]:
    """The questions every form starts with; without `sources` the source is not asked."""
    types = (
        _option("question", "Soru", "Question", "sorum var, bir soru, bilgi, soru sormak, ask"),
        _option("idea", "Öneri", "Idea", "fikir, fikrim var, istek, talep, geliştirme, suggestion, feature, request"),
        _option(FAULT, "Arıza", "Fault", "hata, sorun, problem, bozuk, çalışmıyor, bug, error, issue, broken"),
    )
    scope = (
        _option("everyone", "Herkeste", "Everyone", "herkes, hepimiz, hepimizde, hepsi, tüm ekip, all, all of us"),
        _option("only_me", "Sadece bende", "Only me", "bende, ben, benim, yalnız bende, yalnızca bende, me, just me"),
    )
    reproducible = (
        _option("yes", "Evet", "Yes", "her zaman, hep, her seferinde, sürekli, always, every time, yep, yeah"),
        _option("no", "Hayır", "No", "bazen, ara sıra, arada, bir kere, bir kez, sometimes, once, nope, rarely"),
    )
    source = (Question(id="source", options=sources, only_for=(FAULT,)),) if sources else ()
    return (
        Question(id=TYPE, options=types),
        *source,
        Question(id="scope", options=scope, only_for=(FAULT,)),
        Question(id="reproducible", options=reproducible, only_for=(FAULT,)),
    )


def next_question(form: IntakeForm, answers: Mapping[str, str], skipped: Collection[str]) -> Question | None:
    """The first question that concerns this ticket and is neither answered nor skipped."""
    open_ones = (q for q in form.concerning(answers) if q.id not in answers and q.id not in skipped)
    return next(open_ones, None)


def match_answer(question: Question, text: str) -> str | None:
    """The value a typed text stands for (an option's id, or the text or number itself); `None`: not an answer."""
    if question.kind is AnswerKind.CHOICE:
        return _match_option(question.options, text)
    stripped = text.strip()
    if question.kind is AnswerKind.TEXT:
        return stripped if 0 < len(stripped) <= _LONGEST_TEXT else None
    number = _NUMBER.fullmatch(fold(stripped))
    return number[1].replace(",", ".") if number and len(number[1]) <= 20 else None


def page(question: Question, number: int, size: int) -> Page:
    """Page `number` (from 0, clamped to what exists) of `size` options; rows for leafing are the caller's to add."""
    last = max(0, (len(question.options) - 1) // size)
    current = min(max(number, 0), last)
    start = current * size
    return Page(
        options=question.options[start : start + size],
        number=current,
        first=start + 1,
        has_previous=current > 0,
        has_next=current < last,
    )


def describe(form: IntakeForm, question_id: str, value: str, locale: str) -> str:
    """An answer as people read it: the option's title in `locale`, else in any language, else the value itself."""
    question = form.question(question_id)
    option = next((option for option in question.options if option.id == value), None) if question else None
    return in_language(option.titles, locale) if option else value


def in_language(words: Mapping[str, str], locale: str) -> str:
    """The entry for `locale`, else the first one; empty where there is none."""
    return words.get(locale) or next(iter(words.values()), "")


def _match_option(options: tuple[Option, ...], text: str) -> str | None:
    picked = _PICKED.fullmatch(fold(text))
    if picked:
        index = int(picked[1]) - 1
        return options[index].id if 0 <= index < len(options) else None
    if "?" in text or not squeezed(text):
        return None
    whole = [option.id for option in options if squeezed(text) in _phrases(option)]
    return whole[0] if whole else _match_within(options, text)


def _match_within(options: tuple[Option, ...], text: str) -> str | None:
    """The only option named inside a short text ("bu bir arıza") that does not deny it."""
    words = squeezed(text).split()
    if len(words) > _LONGEST_CHOICE_WORDS or _NEGATIONS.intersection(tokens(text)):
        return None
    named = {option.id: best for option in options if (best := _best_mention(option, words))}
    clear = [name for name, mention in named.items() if not any(map(mention.outdone_by, named.values()))]
    return clear[0] if len(clear) == 1 else None


def _phrases(option: Option) -> frozenset[str]:
    """What names the option; either side of a title's slash does too ("Ağ / internet")."""
    return _phrases_of(tuple(option.titles.values()), tuple(option.words))


@lru_cache(maxsize=1024)
def _phrases_of(titles: tuple[str, ...], words: tuple[str, ...]) -> frozenset[str]:
    """Options hardly ever change, and every message of a customer is compared with all of them."""
    names = [part for title in titles for part in (title, *title.split("/"))]
    return frozenset(squeezed(phrase) for phrase in (*names, *words)) - {""}


@dataclass(frozen=True, slots=True)
class _Mention:
    """Where among the words an option is named, and how many letters of it are met."""

    start: int
    end: int
    letters: int

    def outdone_by(self, other: "_Mention") -> bool:
        """Whether the other says more with the same words: "sorun" against "soru"."""
        return other.start <= self.start and self.end <= other.end and other.letters > self.letters


def _best_mention(option: Option, words: list[str]) -> _Mention | None:
    mentions = (mention for phrase in _phrases(option) for mention in _mentions(phrase, words))
    return max(mentions, key=lambda mention: mention.letters, default=None)


def _mentions(phrase: str, words: list[str]) -> Iterator[_Mention]:
    """Where the phrase stands in the words; Turkish endings may follow a word of four letters or more."""
    wanted = phrase.split()
    for start in range(len(words) - len(wanted) + 1):
        if all(map(_is_form_of, words[start : start + len(wanted)], wanted)):
            yield _Mention(start, start + len(wanted), len(phrase))


def _is_form_of(word: str, stem: str) -> bool:
    return word == stem or (len(stem) >= _SHORTEST_STEM and word.startswith(stem))
