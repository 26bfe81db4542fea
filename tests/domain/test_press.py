"""Tokens of buttons: what goes in comes out, and nothing that comes in does harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.press import MAX_TOKEN_BYTES, Press, Verb, decode, encode

PLAIN = st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]), min_size=1, max_size=6)
ROW_IDS = st.integers(0, 10**18 - 1)


@given(st.sampled_from(Verb), ROW_IDS, st.lists(PLAIN, max_size=2))
def test_a_token_says_again_what_it_was_told(verb: Verb, row_id: int, arguments: list[str]) -> None:
    token = encode(verb, row_id, *arguments)
    assert decode(token) == Press(verb, row_id, tuple(arguments))
    assert len(token.encode()) <= MAX_TOKEN_BYTES


@given(st.sampled_from(Verb), ROW_IDS, st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4))
def test_a_token_fits_every_channel_or_is_not_made(verb: Verb, row_id: int, arguments: list[str]) -> None:
    try:
        token = encode(verb, row_id, *arguments)
    except ValueError:
        assert len(":".join((verb, str(row_id), *arguments)).encode()) > 64
    else:
        assert len(token.encode()) <= 64


@given(st.text(st.characters()) | st.from_regex(r"\A[a-z]{0,3}:?[0-9²٣-]{0,25}:?.{0,9}\Z"))
def test_garbage_is_nobodys_button(token: str) -> None:
    press = decode(token)
    assert press is None or (press.verb in set(Verb) and 0 <= press.id < 10**18)


@pytest.mark.parametrize(
    "token",
    [
        "",
        ":",
        "a",
        "a:",
        "a:x",
        "a:-1",
        "a:1.0",
        "a:²",
        "a:٣",
        "a:1" + "0" * 18,
        "A:1",
        "zz:1",
        "1:a",
        " a:1",
        "a :1",
        "a\n:1",
    ],
)
def test_what_is_not_ours_is_nothing(token: str) -> None:
    assert decode(token) is None


def test_a_missing_argument_is_empty() -> None:
    press = decode("i:7:type")
    assert press is not None
    assert (press.argument(0), press.argument(1)) == ("type", "")


def test_verbs_are_told_apart_by_their_letters() -> None:
    assert len({verb.value for verb in Verb}) == len(Verb)
    assert not any(":" in verb for verb in Verb)
