"""Buttons are hints, never rights: somebody else's, forged and garbled ones are refused with an answer."""

import pytest

from adapters.sandbox.page.cast import ELIF, EMRE, ZEYNEP
from adapters.sandbox.players import Phone, newest_button
from adapters.sandbox.world import World
from config.app import App
from tests.journeys.customers_phone import NUMBER, forges, group, heard, opened, proposed, status_of

GARBAGE = (
    "x",
    ":::",
    "a:1",
    "a:1:7",
    "é" * 32,
    "i:1:type:nonsense",
    "i:1:scope:everyone",
    "i:1:unknown:yes",
    "p:1:source:²",
    "n:1:99999999999999999999999999",
    "n:1:²",
    "o:1:1",
    "d:1:close:spam",
    "rs:1",
    "m:0:rm",
    "l:0:klingon",
    "zz:1:1",
    "a:000000000000000000000000000000000000000000000000000000001:1",
)


@pytest.fixture(params=[EMRE.key, ZEYNEP.key], ids=["whatsapp", "telegram"])
def stranger(request: pytest.FixtureRequest, world: World, app: App) -> Phone:
    return Phone(world, request.param)


async def test_somebody_elses_buttons_are_refused_and_change_nothing(
    world: World, ayse: Phone, stranger: Phone
) -> None:
    desk = await proposed(world, ayse)
    message, accept = newest_button(ayse.messages, "Kabul")
    _, idea = newest_button(ayse.messages, "Öneri")
    for token in (accept["id"], idea["id"], "r:1:1", "aa:1:1", "o:1:1", "n:1:1", "s:1", "p:1:type:0"):
        assert "size ait değil" in await forges(world, stranger, token)
    assert await status_of(ayse) == "Çözüm önerildi"
    assert not any(NUMBER in text or "Yazıcı" in text for text in heard(stranger))
    ayse.does("press", message=message["id"], title=accept["title"])
    await ayse.hears("kapandı")
    await desk.shows("kabul etti")


async def test_garbled_buttons_get_an_answer_and_change_nothing(world: World, stranger: Phone) -> None:
    desk = await opened(world, stranger)
    for token in GARBAGE:
        assert await forges(world, stranger, token), token
    assert await status_of(stranger) == "Yeni"
    desk.writes(ELIF.user_id, "Bakıyoruz.")
    await stranger.hears("Bakıyoruz.")
    assert not group(world)
