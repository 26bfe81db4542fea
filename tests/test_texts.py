import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fluent.syntax import ast, parse
from fluent.syntax.serializer import serialize_message

from bot.domain.message import Kind
from bot.domain.ticket import CloseReason, Priority, Status
from bot.texts import Texts, TextsError
from config.policies import load_intake

SHIPPED = Path(__file__).parents[1] / "config" / "locales"
ISTANBUL = ZoneInfo("Europe/Istanbul")


@pytest.fixture
def texts() -> Texts:
    return Texts([SHIPPED])


def millis(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ISTANBUL).timestamp() * 1000)


def variables(locale: str) -> dict[str, set[str]]:
    entries = parse((SHIPPED / f"{locale}.ftl").read_text(encoding="utf-8")).body
    messages = {entry.id.name: serialize_message(entry) for entry in entries if isinstance(entry, ast.Message)}
    return {key: set(re.findall(r"\$([\w-]+)", source)) for key, source in messages.items()}


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.ftl").write_text(content, encoding="utf-8")
    return folder


def test_both_languages_have_the_same_texts_with_the_same_variables() -> None:
    assert variables("tr") == variables("en")


def test_both_languages_keep_their_texts_in_the_same_order() -> None:
    assert list(variables("tr")) == list(variables("en"))


def expected_keys() -> Iterator[str]:
    yield from (f"kind-{kind}" for kind in Kind)
    yield from (f"status-{status}" for status in Status)
    yield from (f"close-reason-{reason}" for reason in CloseReason)
    yield from (f"priority-{priority}" for priority in Priority)
    for question in load_intake(None).questions:
        yield from (f"intake-ask-{question.id}", f"field-{question.id}")


@pytest.mark.parametrize("key", list(expected_keys()))
def test_whatever_can_be_named_has_its_words(texts: Texts, key: str) -> None:
    assert texts.has(key)


@pytest.mark.parametrize("key", ["button-skip", "button-more", "button-back", "button-choose"])
@pytest.mark.parametrize("locale", ["tr", "en"])
def test_common_buttons_fit_the_narrowest_channel(texts: Texts, key: str, locale: str) -> None:
    assert 0 < len(texts.text(locale, key)) <= 20


def test_values_are_put_in_without_invisible_marks(texts: Texts) -> None:
    assert texts.text("tr", "day-tomorrow", time="09:00") == "yarın 09:00"


@pytest.mark.parametrize(
    ("name", "beginning"), [("photo", "Fotoğraf çok büyük: 6 MB."), ("tatil.jpg", "“tatil.jpg” çok büyük: 6 MB.")]
)
def test_a_file_without_a_name_is_called_by_its_kind(texts: Texts, name: str, beginning: str) -> None:
    assert texts.text("tr", "too-large", name=name, size_mb=6, limit_mb=5).startswith(beginning)


@pytest.mark.parametrize(
    ("locale", "status"),
    [("tr", "Yeni"), ("en", "New"), ("en-US", "New"), ("EN-gb", "New"), ("de", "Yeni"), ("", "Yeni")],
)
def test_an_unknown_language_falls_back_to_the_default(texts: Texts, locale: str, status: str) -> None:
    assert texts.text(locale, "status-new") == status


def test_the_default_language_can_be_chosen() -> None:
    texts = Texts([SHIPPED], default="en")
    assert (texts.text("de", "status-new"), texts.locales) == ("New", ("en", "tr"))


def test_a_text_nobody_wrote_is_our_mistake(texts: Texts) -> None:
    assert not texts.has("no-such-text")
    with pytest.raises(KeyError, match="no-such-text"):
        texts.text("tr", "no-such-text")


def test_a_value_nobody_gave_is_our_mistake(texts: Texts) -> None:
    with pytest.raises(KeyError, match="time"):
        texts.text("tr", "day-today")


def test_an_own_file_takes_the_place_of_the_shipped_words_and_keeps_the_rest(tmp_path: Path) -> None:
    texts = Texts([SHIPPED, write(tmp_path, tr="status-new = Sırada")])
    assert texts.text("tr", "status-new") == "Sırada"
    assert texts.text("tr", "status-open") == "İnceleniyor"
    assert texts.keys("tr") == texts.keys("en")


def test_an_own_file_is_read_anew_when_it_changed_and_changes_nobody_elses_words(tmp_path: Path) -> None:
    before = Texts([SHIPPED, write(tmp_path, tr="status-new = Sırada")])
    own = write(tmp_path, tr="status-new = Bekliyor")
    os.utime(own / "tr.ftl", (0, 0))  # a change within one tick of the file system's clock would not show
    found = [one.text("tr", "status-new") for one in (before, Texts([SHIPPED, own]), Texts([SHIPPED]))]
    assert found == ["Sırada", "Bekliyor", "Yeni"]


def test_a_further_language_borrows_what_it_lacks_from_the_default(tmp_path: Path) -> None:
    texts = Texts([SHIPPED, write(tmp_path, de="status-new = Neu")])
    assert texts.locales == ("tr", "de", "en")
    assert (texts.text("de", "status-new"), texts.text("de", "status-open")) == ("Neu", "İnceleniyor")


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("tr", "status-new = Sırada\nbu satır bozuk", "not understood: bu satır bozuk"),
        ("tr", "a-b = bir\na-b = iki", "comes twice: a-b"),
        ("notes", "a-b = bir", "must be a language"),
    ],
)
def test_a_malformed_file_stops_the_start(tmp_path: Path, name: str, content: str, complaint: str) -> None:
    with pytest.raises(TextsError, match=complaint):
        Texts([SHIPPED, write(tmp_path, **{name: content})])


def test_a_file_that_is_not_utf8_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "tr.ftl").write_bytes("a-b = ş".encode("iso8859-9"))
    with pytest.raises(TextsError, match=r"tr\.ftl"):
        Texts([SHIPPED, tmp_path])


def test_the_default_language_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(TextsError, match=r"no tr\.ftl"):
        Texts([write(tmp_path, en="a-b = one")])


def test_instants_are_written_in_the_zones_wall_time(texts: Texts) -> None:
    instant = int(datetime(2026, 12, 1, 12, 0, tzinfo=UTC).timestamp() * 1000)
    assert texts.date_time("tr", instant, ISTANBUL) == "1 Ara 2026 15:00"
    assert texts.date_time("en", instant, ISTANBUL) == "1 Dec 2026 15:00"


@pytest.mark.parametrize(
    ("moment", "tr", "en"),
    [
        ("2026-11-18T17:30", "bugün 17:30", "today 17:30"),
        ("2026-11-19T00:00", "yarın 00:00", "tomorrow 00:00"),
        ("2026-11-17T23:59", "dün 23:59", "yesterday 23:59"),
        ("2026-11-20T09:00", "Cuma 09:00", "Friday 09:00"),
        ("2026-11-24T09:00", "Salı 09:00", "Tuesday 09:00"),
        ("2026-11-25T09:00", "25 Kas 09:00", "25 Nov 09:00"),
        ("2026-11-16T09:00", "16 Kas 09:00", "16 Nov 09:00"),
        ("2027-01-05T09:00", "5 Oca 2027 09:00", "5 Jan 2027 09:00"),
    ],
)
def test_near_days_are_called_by_name(texts: Texts, moment: str, tr: str, en: str) -> None:
    now = millis("2026-11-18T14:00")
    assert texts.day_time("tr", millis(moment), now, ISTANBUL) == tr
    assert texts.day_time("en", millis(moment), now, ISTANBUL) == en
