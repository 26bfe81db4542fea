"""Albums travel as one where the channel knows albums, and item by item where it does not."""

import pytest

from adapters.sandbox.page.cast import ELIF, ZEYNEP
from adapters.sandbox.players import Drawn, Phone, Topic
from adapters.sandbox.world import World
from tests.journeys.agents_desk import answered, heard, opened_ticket, towards_customers


@pytest.fixture
def limits() -> bool:
    return False


PHOTOS = [b"\xff\xd8\xff\xe0 photo " + bytes([number]) * 40 for number in range(1, 4)]


def agent_sends_album(world: World, desk: Topic, caption: str, *, group: str = "77001") -> None:
    """Telegram hands an album out item by item; the words stand under the first."""
    where = {"chat_id": world.telegram.group_id, "thread_id": desk.drawn["thread_id"], "media_group_id": group}
    for number, photo in enumerate(PHOTOS):
        world.telegram.send_file(ELIF.user_id, "photo", photo, caption="" if number else caption, **where)


def photos(place: Phone | Topic) -> list[Drawn]:
    return [one for one in place.messages if one["kind"] == "photo" and one["author"]["bot"]]


def album_calls(world: World, chat_id: int) -> list[list[object]]:
    calls = [call for call in world.telegram.calls if call.method == "sendMediaGroup"]
    return [call.params["media"] for call in calls if str(call.params["chat_id"]) == str(chat_id)]


def shown_bytes(world: World, message: Drawn) -> bytes:
    _, _, _, channel, file_id = message["file"]["url"].partition("?")[0].split("/")
    return world.file_bytes(channel, file_id)


async def three(world: World, place: Phone | Topic) -> list[Drawn]:
    await world.changes.wait_for(lambda: len(photos(place)) == 3, 10, what="three photos")
    return photos(place)


async def test_a_customers_album_is_one_post_in_the_topic(world: World, zeynep: Phone) -> None:
    desk = await opened_ticket(world, zeynep)
    for number, photo in enumerate(PHOTOS):
        caption = "" if number else "Üç ekran"
        world.telegram.send_file(int(ZEYNEP.address), "photo", photo, caption=caption, media_group_id="88001")
    shown = await three(world, desk)
    assert [shown_bytes(world, one) for one in shown] == PHOTOS
    assert "👤 Zeynep" in shown[0]["text"]
    assert "Üç ekran" in shown[0]["text"]
    assert len(album_calls(world, world.telegram.group_id)) == 1
    desk.writes(ELIF.user_id, "İkincisi neydi?", reply_to=shown[1]["id"])
    assert (await zeynep.hears("İkincisi neydi?"))["reply_to"]["kind"] == "photo"


async def test_an_agents_album_is_an_album_on_telegram(world: World, zeynep: Phone) -> None:
    desk = await opened_ticket(world, zeynep)
    agent_sends_album(world, desk, "Üç adım")
    shown = await three(world, zeynep)
    assert [shown_bytes(world, one) for one in shown] == PHOTOS
    assert shown[0]["text"] == "Üç adım"
    assert len(album_calls(world, int(ZEYNEP.address))) == 1


async def test_an_agents_album_comes_photo_by_photo_on_whatsapp(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    agent_sends_album(world, desk, "Üç adım")
    shown = await three(world, ayse)
    assert [shown_bytes(world, one) for one in shown] == PHOTOS
    assert [one["text"] for one in shown] == ["Üç adım", "", ""]


async def test_an_album_under_a_note_stays_inside_as_a_whole(world: World, either: Phone) -> None:
    desk = await opened_ticket(world, either)
    agent_sends_album(world, desk, "// kanarya, bize kalsın")
    agent_sends_album(world, desk, "/note kanarya, bu da", group="77002")
    await answered(world, either, desk)
    await answered(world, either, desk, "Sonra da")
    assert not photos(either)
    assert "kanarya" not in towards_customers(world)


async def test_a_solution_under_an_album_has_its_buttons(world: World, either: Phone) -> None:
    desk = await opened_ticket(world, either)
    agent_sends_album(world, desk, "/propose Üç adımda çözülür")
    await either.hears("Üç adımda çözülür", "4 gün")
    assert sorted(shown_bytes(world, one) for one in await three(world, either)) == PHOTOS
    either.presses("Kabul")
    await either.hears("kapandı")
    assert "/propose" not in heard(either)
