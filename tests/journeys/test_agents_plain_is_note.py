"""GISE_DESK__PLAIN_IS_NOTE: plain words stay inside, `/reply` answers."""

import pytest

from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Phone
from adapters.sandbox.world import World
from tests.journeys.agents_desk import heard, marked, opened_ticket, towards_customers


@pytest.fixture
def limits() -> bool:
    return False


@pytest.fixture
def extra() -> dict[str, str]:
    return {"GISE_DESK__PLAIN_IS_NOTE": "true"}


async def test_plain_words_are_notes_and_reply_answers(world: World, either: Phone) -> None:
    desk = await opened_ticket(world, either)
    plain = desk.writes(ELIF.user_id, "kanarya bir")
    desk.writes(ELIF.user_id, "// kanarya iki")
    desk.sends(ELIF.user_id, "photo", b"\xff\xd8\xff kanarya", name="", mime="image/jpeg")
    await marked(world, desk, plain, "✍")
    desk.writes(ELIF.user_id, "/reply Size yazıyorum")
    await either.hears("Size yazıyorum")
    photo = b"\xff\xd8\xff for the customer"
    desk.sends(ELIF.user_id, "photo", photo, name="", mime="image/jpeg", caption="/yanıt Bu sizin")
    assert (await either.hears("Bu sizin"))["kind"] == "photo"
    assert "kanarya" not in towards_customers(world)
    assert sum(message["kind"] == "photo" for message in either.messages) == 1
    assert "/reply" not in heard(either)


async def test_help_says_that_plain_words_stay_inside(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    desk.writes(ELIF.user_id, "/help")
    await desk.shows("/reply", "grupta kalır")
