import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.intake import (
    AnswerKind,
    IntakeForm,
    Option,
    Question,
    built_in_questions,
    describe,
    match_answer,
    next_question,
    page,
)

SOURCES = (
    Option(id="login", titles={"tr": "Giriş / şifre", "en": "Login / password"}, words=("parola",)),
    Option(id="printer", titles={"tr": "Yazıcı / tarayıcı", "en": "Printer / scanner"}),
    Option(id="site", titles={"tr": "İnternet sitesi", "en": "Website"}),
    Option(id="net", titles={"tr": "İnternet", "en": "Internet"}),
)
ASSET = Question(id="asset", kind=AnswerKind.TEXT, only_for=("fault",), prompts={"tr": "Demirbaş no?"})
FLOOR = Question(id="floor", kind=AnswerKind.NUMBER)
FORM = IntakeForm(questions=(*built_in_questions(SOURCES), ASSET, FLOOR))
TYPE, SOURCE, SCOPE, REPRODUCIBLE = FORM.questions[:4]
MANY = Question(id="many", options=tuple(Option(id=f"o{i}", titles={"tr": f"Kalem {i}"}) for i in range(50)))


def asked(answers: dict[str, str], skipped: set[str]) -> list[str]:
    """The ids of the questions that come, if every further one is skipped."""
    met: list[str] = []
    while question := next_question(FORM, answers, skipped | set(met)):
        met.append(question.id)
    return met


def test_a_fault_is_asked_everything_in_order() -> None:
    assert asked({}, set())[0] == "type"
    assert asked({"type": "fault"}, set()) == ["source", "scope", "reproducible", "asset", "floor"]


@pytest.mark.parametrize("ticket_type", ["question", "idea"])
def test_other_types_are_asked_only_what_concerns_them(ticket_type: str) -> None:
    assert asked({"type": ticket_type}, set()) == ["floor"]


def test_skipping_the_type_skips_what_depends_on_it() -> None:
    assert asked({}, {"type"}) == ["floor"]


def test_answered_and_skipped_questions_do_not_come_again() -> None:
    assert asked({"type": "fault", "scope": "only_me"}, {"source", "asset"}) == ["reproducible", "floor"]


def test_after_the_last_question_nothing_is_asked() -> None:
    assert next_question(FORM, {"type": "idea", "floor": "3"}, ()) is None


def test_without_sources_the_source_is_not_asked() -> None:
    assert [question.id for question in built_in_questions(())] == ["type", "scope", "reproducible"]


@pytest.mark.parametrize(
    ("question", "typed", "answer"),
    [
        (TYPE, "arıza", "fault"),
        (TYPE, "ARIZA", "fault"),
        (TYPE, "Arıza!", "fault"),
        (TYPE, "bir arıza var", "fault"),
        (TYPE, "sorun", "fault"),
        (TYPE, "sorunum var", "fault"),
        (TYPE, "soru", "question"),
        (TYPE, "SORU", "question"),
        (TYPE, "oneri", "idea"),
        (TYPE, "Question", "question"),
        (TYPE, "2", "idea"),
        (TYPE, "2.", "idea"),
        (TYPE, "2️⃣", "idea"),
        (TYPE, "(3)", "fault"),
        (TYPE, "seçenek 1", "question"),
        (SOURCE, "yazıcıda", "printer"),
        (SOURCE, "tarayıcı", "printer"),
        (SOURCE, "şifre", "login"),
        (SOURCE, "PAROLAM", "login"),
        (SOURCE, "İNTERNET SİTESİ", "site"),
        (SOURCE, "internet sitesinde", "site"),
        (SOURCE, "internet yok", "net"),
        (SCOPE, "sadece bende", "only_me"),
        (SCOPE, "Herkeste", "everyone"),
        (SCOPE, "only me", "only_me"),
        (REPRODUCIBLE, "evet", "yes"),
        (REPRODUCIBLE, "EVETTT 👍", "yes"),
        (REPRODUCIBLE, "hayir", "no"),
        (REPRODUCIBLE, "her zaman", "yes"),
    ],
)
def test_a_typed_choice_counts_as_a_press(question: Question, typed: str, answer: str) -> None:
    assert match_answer(question, typed) == answer


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        (TYPE, "4"),
        (TYPE, "0"),
        (TYPE, ""),
        (TYPE, "👍"),
        (TYPE, "merhaba"),
        (TYPE, "soru mu?"),
        (TYPE, "arıza değil"),
        (TYPE, "soru ya da öneri"),
        (TYPE, "Yazıcı bugün sabahtan beri hata veriyor lütfen bakın"),
        (SOURCE, "yazıcı ve internet"),
        (SCOPE, "herkeste değil"),
        (REPRODUCIBLE, "evet ama bazen"),
        (REPRODUCIBLE, "Dosyayı birazdan gönderiyorum"),
    ],
)
def test_what_is_clearly_no_choice_is_a_message(question: Question, typed: str) -> None:
    assert match_answer(question, typed) is None


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("3", "3"), (" 12,5 ", "12.5"), ("-1", "-1"), ("3 adet", "3"), ("007", "007"), ("üç", None), ("3 ya da 4", None)],
)
def test_a_number_question_takes_a_number(typed: str, answer: str | None) -> None:
    assert match_answer(FLOOR, typed) == answer


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("  DMR-42 ", "DMR-42"),
        ("nerede yazıyor?", "nerede yazıyor?"),
        ("  ", None),
        ("x" * 500, "x" * 500),
        ("x" * 501, None),
    ],
)
def test_a_text_question_takes_any_text_of_reasonable_length(typed: str, answer: str | None) -> None:
    assert match_answer(ASSET, typed) == answer


@given(st.text(max_size=80), st.sampled_from(FORM.questions))
def test_any_text_gives_a_known_option_or_none(typed: str, question: Question) -> None:
    answer = match_answer(question, typed)
    assert answer is None or not question.options or answer in {option.id for option in question.options}


@pytest.mark.parametrize(
    ("number", "ids", "previous", "following"),
    [
        (0, ["o0", "o7"], False, True),
        (3, ["o24", "o31"], True, True),
        (6, ["o48", "o49"], True, False),
        (99, ["o48", "o49"], True, False),
        (-1, ["o0", "o7"], False, True),
    ],
)
def test_many_options_come_in_pages(number: int, ids: list[str], previous: bool, following: bool) -> None:
    shown = page(MANY, number, 8)
    assert [shown.options[0].id, shown.options[-1].id] == ids
    assert (shown.has_previous, shown.has_next) == (previous, following)


def test_pages_together_hold_every_option_once() -> None:
    pages = [page(MANY, number, 7) for number in range(8)]
    assert tuple(option for shown in pages for option in shown.options) == MANY.options
    assert [shown.first for shown in pages] == [1, 8, 15, 22, 29, 36, 43, 50]


def test_few_options_are_one_page() -> None:
    shown = page(SOURCE, 0, 4)
    assert (shown.options, shown.has_previous, shown.has_next) == (SOURCES, False, False)


@pytest.mark.parametrize(
    ("question_id", "value", "locale", "shown"),
    [
        ("type", "fault", "tr", "Arıza"),
        ("type", "fault", "en", "Fault"),
        ("type", "fault", "de", "Arıza"),
        ("asset", "DMR-42", "tr", "DMR-42"),
        ("source", "removed_since", "tr", "removed_since"),
        ("no_such", "x", "tr", "x"),
    ],
)
def test_answers_are_shown_in_the_readers_language(question_id: str, value: str, locale: str, shown: str) -> None:
    assert describe(FORM, question_id, value, locale) == shown
