"""Which agents' group a ticket comes to, and which team is meant."""

from collections import Counter

import pytest

from bot.domain.groups import Group, after, home, team_at, team_named, teams

MAIN = Group(chat="-1")
SECOND = Group(chat="-2")
BILLING = Group(chat="-3", team="İade ve Fatura")
REPAIRS = Group(chat="-4", team="teknik")
MORE_REPAIRS = Group(chat="-5", team="TEKNİK")
ALL = (MAIN, BILLING, SECOND, REPAIRS, MORE_REPAIRS)


def test_new_tickets_go_in_turn_to_the_groups_without_a_team_and_the_first_to_the_main_one() -> None:
    assert [home(ALL, ticket_id) for ticket_id in (1, 2, 3, 4)] == ["-1", "-2", "-1", "-2"]


def test_a_team_of_several_groups_takes_turns_too() -> None:
    assert Counter(home(ALL, ticket_id, "Teknik") for ticket_id in range(1, 11)) == {"-4": 5, "-5": 5}


@pytest.mark.parametrize(("chat", "following"), [("-1", "-3"), ("-5", "-1"), ("-9", "-1")])
def test_the_next_group_goes_round(chat: str, following: str) -> None:
    assert after(ALL, chat) == following
    assert after((MAIN,), chat) == "-1"


def test_without_any_group_there_is_no_home() -> None:
    assert home((), 1) == ""


@pytest.mark.parametrize(
    ("wanted", "team"),
    [
        ("iade ve fatura", "İade ve Fatura"),
        ("IADE VE FATURA", "İade ve Fatura"),
        (" Teknik ", "teknik"),
        ("teknık", "teknik"),
        ("muhasebe", ""),
        ("", ""),
    ],
)
def test_a_team_is_known_however_its_letters_are_written(wanted: str, team: str) -> None:
    assert team_named(ALL, wanted) == team


def test_a_group_knows_its_team() -> None:
    assert [team_at(ALL, chat) for chat in ("-1", "-3", "-9")] == ["", "İade ve Fatura", ""]


def test_every_team_is_listed_once_in_the_order_of_the_configuration() -> None:
    assert teams(ALL) == ["İade ve Fatura", "teknik"]
