"""The card and the topic's name: what agents see at a glance."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards import STATUS_MARK, TOPIC_NAME_LENGTH, Card, card, topic_name
from bot.commands import COMMANDS
from bot.domain.people import Conversation, Requester
from bot.domain.press import Verb, decode
from bot.domain.ticket import CloseReason, Priority, Status, Ticket
from tests.builders import House, house
from tests.fakes import START

DAY = 86_400_000
WHATSAPP_WINDOW = DAY


@pytest.fixture(scope="module")
def quiet_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return house(Path(tmp_path_factory.mktemp("files")))


def a_ticket(**fields: Any) -> Ticket:
    usual = Ticket(
        id=7,
        number="2026-000007",
        conversation_id=1,
        requester_id=1,
        subject="Yazıcı çalışmıyor",
        created_at=START,
        status_since=START,
    )
    return replace(usual, **fields)


def a_conversation(name: str = "Ayşe", *, vip: bool = False, **fields: Any) -> Conversation:
    requester = Requester(id=1, name=name, locale="tr", vip=vip)
    usual = Conversation(id=1, channel="whatsapp", requester=requester, keys=("phone:1",), last_inbound_at=START)
    return replace(usual, **fields)


def drawn(
    quiet_house: House,
    ticket: Ticket,
    conversation: Conversation | None = None,
    *,
    window_ms: int = WHATSAPP_WINDOW,
    earlier: tuple[str, ...] = (),
) -> Card:
    return card(quiet_house.helpdesk, ticket, conversation or a_conversation(), window_ms=window_ms, earlier=earlier)


def test_a_fresh_card_tells_number_status_requester_and_who_has_it(quiet_house: House) -> None:
    lines = drawn(quiet_house, a_ticket()).text.splitlines()
    assert lines[:2] == ["🆕 #2026-000007 · Yeni", "Yazıcı çalışmıyor"]
    assert "Müşteri: Ayşe · WhatsApp" in lines
    assert "Sorumlu: kimse" in lines
    assert "Öncelik: Orta" in lines


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"assignee": 1, "assignee_name": "Elif"}, "Sorumlu: Elif"),
        ({"priority": Priority.CRITICAL}, "Öncelik: Kritik"),
        ({"category": "Fatura"}, "Kategori: Fatura"),
        ({"reopened": 2}, "Yeniden açılma: 2"),
        ({"first_response_at": START}, "İlk yanıt: 28 May 2026 23:26"),
        ({"status": Status.POSTPONED, "postponed_until": START + DAY}, "Ertelendi: 29 May 2026 23:26"),
        ({"status": Status.IN_DEVELOPMENT, "eta": START + DAY}, "Tahmini tarih: 29 May 2026 23:26"),
        ({"status": Status.IN_DEVELOPMENT, "engineer": "can", "issue_key": "A-1"}, "Geliştirme: can · A-1"),
        ({"answers": {"type": "fault", "scope": "only_me"}}, "Kapsam: Sadece bende"),
        ({"answers": {"type": "fault"}}, "Kapsam: —"),
        (
            {"status": Status.CLOSED, "closed_at": START, "close_reason": CloseReason.NO_ANSWER},
            "✅ #2026-000007 · Kapandı (yanıt gelmedi)",
        ),
    ],
)
def test_what_matters_has_its_line(quiet_house: House, fields: dict[str, Any], line: str) -> None:
    assert any(shown.startswith(line) for shown in drawn(quiet_house, a_ticket(**fields)).text.splitlines())


def test_a_question_is_not_asked_what_only_a_fault_has(quiet_house: House) -> None:
    text = drawn(quiet_house, a_ticket(answers={"type": "question"})).text
    assert "Kapsam" not in text


def test_vip_and_earlier_tickets_are_shown(quiet_house: House) -> None:
    text = drawn(quiet_house, a_ticket(), a_conversation(vip=True), earlier=("#2026-000001", "#2026-000003")).text
    assert "Ayşe ⭐ VIP" in text
    assert "Önceki talepleri: #2026-000001, #2026-000003" in text


def test_the_end_of_whatsapps_window_is_shown_where_there_is_one(quiet_house: House) -> None:
    assert "WhatsApp penceresi: en az 29 May 2026 23:26 saatine kadar" in drawn(quiet_house, a_ticket()).text
    assert "WhatsApp penceresi" not in drawn(quiet_house, a_ticket(), window_ms=0).text
    closed = a_ticket(status=Status.CLOSED, closed_at=START, close_reason=CloseReason.ACCEPTED)
    assert "WhatsApp penceresi" not in drawn(quiet_house, closed).text


@pytest.mark.parametrize("heard_at", [START - WHATSAPP_WINDOW, None])
def test_a_window_that_is_shut_has_no_end_any_more(quiet_house: House, heard_at: int | None) -> None:
    text = drawn(quiet_house, a_ticket(), a_conversation(last_inbound_at=heard_at)).text
    assert "WhatsApp penceresi: kapalı; yanıt, müşteri yazınca gider" in text


def test_auto_close_is_shown_while_the_requester_is_awaited(quiet_house: House) -> None:
    waiting = a_ticket(status=Status.PENDING, waiting_since=START)
    shown = [line for line in drawn(quiet_house, waiting).text.splitlines() if line.startswith("Otomatik kapanış")]
    assert shown == ["Otomatik kapanış: 1 Haz 2026 23:26"]
    assert "Otomatik kapanış" not in drawn(quiet_house, replace(waiting, waiting_since=None)).text


def test_auto_close_is_not_mistaken_for_another_deadline(quiet_house: House) -> None:
    """A later end of the questions must not be shown as the end of the wait."""
    waiting = a_ticket(status=Status.PENDING, waiting_since=START, intake="type", intake_until=START + 9 * DAY)
    assert "Otomatik kapanış: 1 Haz 2026 23:26" in drawn(quiet_house, waiting).text


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_a_mark_of_its_own_and_buttons_that_are_commands(quiet_house: House, status: Status) -> None:
    assert len(set(STATUS_MARK.values())) == len(Status)
    shown = drawn(quiet_house, a_ticket(status=status))
    assert shown.topic_name.startswith(STATUS_MARK[status])
    known = {command.name for command in COMMANDS}
    for button in (button for row in shown.rows for button in row):
        press = decode(button.token)
        assert press is not None
        assert (press.verb, press.id) == (Verb.DESK, 7)
        assert press.argument(0) in known
        assert len(button.token.encode()) <= 64


def test_a_card_is_as_true_tomorrow_as_it_is_today(tmp_path: Path) -> None:
    standing = house(tmp_path)
    waiting = a_ticket(status=Status.PENDING, waiting_since=START, first_response_at=START)
    today = drawn(standing, waiting).text
    standing.clock.move(23 * 3600)  # the window is still open; a card is drawn again when it is shut
    assert drawn(standing, waiting).text == today


def test_the_topic_is_named_by_category_else_by_first_words() -> None:
    assert topic_name(a_ticket(), a_conversation()) == "🆕 #2026-000007 Ayşe · Yazıcı çalışmıyor"
    assert topic_name(a_ticket(category="Fatura"), a_conversation()) == "🆕 #2026-000007 Ayşe · Fatura"


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
)
def test_any_name_makes_a_card_and_a_topic_name_that_fits(quiet_house: House, name: str, subject: str) -> None:
    shown = drawn(quiet_house, a_ticket(subject=subject), a_conversation(name))
    assert 1 <= len(shown.topic_name) <= TOPIC_NAME_LENGTH
    assert "\n" not in shown.topic_name
    assert shown.text.startswith("🆕 #2026-000007 · Yeni\n")
