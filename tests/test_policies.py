from pathlib import Path

import pytest

from bot.domain.intake import AnswerKind, match_answer
from config.policies import PolicyError, load_intake

CUSTOM = """
[[source]]
id = "till"
title = { tr = "Yazar kasa", en = "Till" }
words = ["pos", "kasa"]

[[field]]
id = "branch"
kind = "choice"
only_for = ["fault", "question"]
label = { tr = "Şube" }
ask = { tr = "Hangi şube?", en = "Which branch?" }
option = [{ id = "ankara", title = { tr = "Ankara" } }, { id = "izmir", title = { tr = "İzmir" } }]

[[field]]
id = "asset"
kind = "text"
ask = { tr = "Demirbaş no?" }
"""


def write(folder: Path, content: str) -> Path:
    (folder / "intake.toml").write_text(content, encoding="utf-8")
    return folder


def source(number: int, **changes: str) -> str:
    values = {"id": f'"s{number}"', "title": f'{{ tr = "Kaynak {number}" }}'} | changes
    return "\n".join(["[[source]]", *(f"{key} = {value}" for key, value in values.items()), ""])


def test_the_shipped_form_asks_a_fault_for_source_scope_and_reproducibility() -> None:
    form = load_intake(None)
    assert [question.id for question in form.questions] == ["type", "source", "scope", "reproducible"]
    sources = form.questions[1].options
    assert 8 <= len(sources) <= 12
    assert all(set(option.titles) == {"tr", "en"} for option in sources)
    assert all(len(title) <= 24 for option in sources for title in option.titles.values())


def test_every_shipped_title_and_word_names_its_own_option() -> None:
    for question in load_intake(None).questions:
        for option in question.options:
            for phrase in (*option.titles.values(), *option.words):
                assert match_answer(question, phrase) == option.id, phrase


def test_the_commented_example_of_the_shipped_file_works(tmp_path: Path) -> None:
    shipped = (Path(__file__).parents[1] / "config" / "intake.toml").read_text(encoding="utf-8")
    example = shipped[shipped.index("# [[field]]\n") :]
    form = load_intake(write(tmp_path, "\n".join(line.removeprefix("# ") for line in example.splitlines())))
    assert [option.id for option in form.questions[-1].options] == ["ankara", "izmir"]


def test_an_own_file_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    form = load_intake(write(tmp_path, CUSTOM))
    branch, asset = form.questions[-2:]
    assert [option.id for option in form.questions[1].options] == ["till"]
    assert (branch.kind, branch.only_for, branch.labels) == (AnswerKind.CHOICE, ("fault", "question"), {"tr": "Şube"})
    assert (asset.kind, asset.prompts, asset.labels) == (
        AnswerKind.TEXT,
        {"tr": "Demirbaş no?"},
        {"tr": "Demirbaş no?"},
    )


def test_a_folder_without_the_file_leaves_the_shipped_one(tmp_path: Path) -> None:
    assert load_intake(tmp_path) == load_intake(None)


def test_a_file_without_sources_asks_for_none(tmp_path: Path) -> None:
    assert load_intake(write(tmp_path, "")).question("source") is None


def test_a_file_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert load_intake(write(tmp_path, "\ufeff" + source(1))).question("source")


@pytest.mark.parametrize(
    ("content", "key", "expected"),
    [
        (source(1, title=f'{{ tr = "{"x" * 25}" }}'), "source 1, title, tr", "24 characters"),
        (source(1) + source(2, title='{ tr = "" }'), "source 2, title, tr", "at least 1 character"),
        (source(1, title="{ turkish = 'x' }"), "source 1, title, turkish", "match pattern"),
        (source(1, id='"Büyük Harf"'), "source 1, id", "match pattern"),
        (source(1, id="7"), "source 1, id", "valid string"),
        (source(1, titel="'x'"), "source 1, titel", "no such key"),
        ("".join(source(number) for number in range(51)), "source", "at most 50"),
        (source(1) + source(1, title='{ tr = "b" }'), "", '"s1" comes twice'),
        (source(1) + source(2, title='{ en = "KAYNAK 1" }'), "", '"kaynak 1" comes twice'),
        ("[[field]]\nid = 'f'\nkind = 'date'\nask = { tr = '?' }", "field 1, kind", "'choice', 'text' or 'number'"),
        ("[[field]]\nid = 'f'\nkind = 'choice'\nask = { tr = '?' }", "field 1", "at least two"),
        ("[[field]]\nid = 'f'\nkind = 'text'\nask = {}", "field 1, ask", "at least 1 item"),
        ("[[field]]\nid = 'f'\nkind = 'text'", "field 1, ask", "Field required"),
        ("[[field]]\nid = 'scope'\nkind = 'text'\nask = { tr = '?' }", "", '"scope" comes twice'),
        ("[[field]]\nid = 'f'\nkind = 'text'\nonly_for = ['bug']\nask = { tr = '?' }", "", 'not "bug"'),
        ("[[source]\nid = 1", "", "expected TOML"),
    ],
)
def test_a_mistake_names_file_key_and_what_was_expected(tmp_path: Path, content: str, key: str, expected: str) -> None:
    with pytest.raises(PolicyError) as mistake:
        load_intake(write(tmp_path, content))
    assert (mistake.value.file, mistake.value.key) == (tmp_path / "intake.toml", key)
    assert expected in mistake.value.expected
    assert str(mistake.value).startswith(str(tmp_path / "intake.toml"))


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "intake.toml").write_bytes("[[source]]\nid = 'ş'".encode("iso8859-9"))
    with pytest.raises(PolicyError, match="UTF-8"):
        load_intake(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="expected a folder"):
        load_intake(tmp_path / "none")
