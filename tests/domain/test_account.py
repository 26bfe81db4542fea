"""Whether a template may be sent: its status, its variables, its buttons, for each purpose."""

from dataclasses import replace

import pytest

from bot.domain.account import STATUS_FAULTS, WELL, AccountReport, Fault, TemplateReport, fault_of, rated

PURPOSES = ("answer", "reminder", "closed", "no_news")
FITTING = TemplateReport(name="x", language="tr", status="APPROVED", parameters=1, quick_replies=1)


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize(("status", "fault"), STATUS_FAULTS.items())
def test_the_status_decides_first(purpose: str, status: str, fault: Fault | None) -> None:
    assert fault_of(replace(FITTING, status=status), purpose) is fault
    if fault is not None:
        assert fault_of(replace(FITTING, status=status, parameters=7), purpose) is fault


@pytest.mark.parametrize("status", ["FLAGGED", "LOCKED", "LIMIT_EXCEEDED", "", "TELEPORTED"])
def test_a_status_we_do_not_know_is_left_to_the_platform(status: str) -> None:
    assert fault_of(replace(FITTING, status=status), "answer") is None


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize(
    "misfit",
    [
        replace(FITTING, parameters=0),
        replace(FITTING, parameters=2),
        replace(FITTING, positional=False),
        replace(FITTING, wants_more=True),
    ],
)
def test_only_the_tickets_number_can_be_filled_in(purpose: str, misfit: TemplateReport) -> None:
    assert fault_of(misfit, purpose) is Fault.PARAMETERS


@pytest.mark.parametrize(("purpose", "fault"), [("answer", Fault.BUTTONS), *((one, None) for one in PURPOSES[1:])])
def test_only_the_answer_needs_a_button(purpose: str, fault: Fault | None) -> None:
    assert fault_of(replace(FITTING, quick_replies=0), purpose) is fault
    assert fault_of(replace(FITTING, quick_replies=3), purpose) is None


def test_a_template_is_found_by_name_and_language() -> None:
    report = AccountReport(phone="", verified_name="", quality="", templates=(FITTING,))
    assert report.template("x", "tr") is FITTING
    assert fault_of(report.template("x", "en"), "answer") is Fault.MISSING
    assert fault_of(report.template("y", "tr"), "answer") is Fault.MISSING


def test_every_fault_has_a_key_of_its_own_that_leads_back() -> None:
    assert [Fault.told_by(fault.key) for fault in Fault] == list(Fault)
    assert Fault.told_by("send-error-template") is None


@pytest.mark.parametrize(
    ("quality", "state"), [("GREEN", WELL), ("UNKNOWN", WELL), ("", WELL), ("YELLOW", "yellow"), ("RED", "red")]
)
def test_only_a_bad_rating_is_a_state_to_be_told(quality: str, state: str) -> None:
    assert rated(quality) == state
