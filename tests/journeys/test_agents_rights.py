"""Who may do what in the agents' group: numeric ids, deny by default."""

from typing import Any

import pytest

from adapters.sandbox.page.cast import DENIZ, ELIF, MERT
from adapters.sandbox.players import General, Phone, topics
from adapters.sandbox.world import World
from config.app import App
from tests.journeys.agents_desk import answered, heard, opened_ticket, toast, told, towards_customers


@pytest.fixture
def limits() -> bool:
    return False


NO_RIGHT = "Bunun için yetkiniz yok"
AS_YOURSELF = "Kendi adınızla yazın"


async def test_leads_and_admins_commands_are_refused_to_agents_until_a_role_is_given(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    await told(world, desk, desk.writes(ELIF.user_id, "/close by_lead"), NO_RIGHT)
    await told(world, desk, desk.writes(ELIF.user_id, "/role @elif admin"), NO_RIGHT)
    await told(world, desk, desk.writes(DENIZ.user_id, "/role @elif lead"), "Elif: lider")
    await told(world, desk, desk.writes(ELIF.user_id, "/rol @elif admin"), NO_RIGHT)
    desk.writes(ELIF.user_id, "/close by_lead")
    await ayse.hears("kapatıldı")


async def test_a_role_is_listed_taken_back_and_the_first_admins_are_safe(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    desk.writes(ELIF.user_id, "/take")
    await ayse.hears("inceleniyor")
    general = General(world)
    await told(world, general, general.writes(DENIZ.user_id, "/role Elif LEAD"), "Elif: lider")
    await told(world, general, general.writes(DENIZ.user_id, "/role"), "Elif @elif", "lider", "Deniz", "yönetici")
    await told(world, general, general.writes(DENIZ.user_id, "/role @elif none"), "Elif: rolsüz")
    await told(world, general, general.writes(DENIZ.user_id, "/role @deniz none"), "GISE_ADMINS")
    await told(world, desk, desk.writes(ELIF.user_id, "/close by_lead"), NO_RIGHT)
    await answered(world, ayse, desk)


async def test_a_role_can_wait_for_somebody_who_has_not_written_yet(world: World, ayse: Phone) -> None:
    general = General(world)
    await told(world, general, general.writes(DENIZ.user_id, f"/role {MERT.user_id} lead"), "lider")
    desk = await opened_ticket(world, ayse)
    desk.writes(MERT.user_id, "/close by_lead")
    await ayse.hears("kapatıldı")


async def test_whoever_spoke_in_general_can_be_named(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    General(world).writes(MERT.user_id, "Günaydın")
    await told(world, General(world), General(world).writes(ELIF.user_id, "/status"), "Talepler")
    await told(world, desk, desk.writes(ELIF.user_id, "/assign mert"), "→ Mert")
    assert "Günaydın" not in towards_customers(world)


async def test_an_owner_sees_nothing_of_a_ticket_and_says_nothing_in_it(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    earlier = desk.writes(MERT.user_id, "Sahip olmadan önce")
    await ayse.hears("Sahip olmadan önce")
    await told(world, desk, desk.writes(DENIZ.user_id, "/role @mert owner"), "Mert: sahip")
    for typed in ("/history", "/status", "/tickets", "/help", "/take", "Sahibin sözü"):
        await told(world, desk, desk.writes(MERT.user_id, typed), NO_RIGHT)
    assert NO_RIGHT in await toast(world, desk.presses(MERT.user_id, "Geçmiş"))
    await told(world, desk, desk.writes(DENIZ.user_id, "/assign @mert"), "Mert", "atanamaz")
    desk.does(MERT.user_id, "edit", message=earlier, text="Sahibin sözü, düzeltilmiş")
    asked = next(one for one in desk.messages if "Yazıcı çalışmıyor" in one["text"] and one is not desk.card)
    desk.does(MERT.user_id, "react", message=asked["id"], emoji="🔥")
    await answered(world, ayse, desk)
    assert "Sahibin" not in heard(ayse)
    assert not ayse.messages[0]["reactions"]


async def test_who_leaves_loses_every_right_and_has_the_role_again_on_return(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    await told(world, desk, desk.writes(MERT.user_id, "/help"), "/take")
    await told(world, desk, desk.writes(DENIZ.user_id, "/role @mert lead"), "Mert: lider")
    desk.does(MERT.user_id, "leave")
    assert NO_RIGHT in await toast(world, desk.presses(MERT.user_id, "Üstlen"))
    await told(world, desk, desk.writes(MERT.user_id, "Ben gitmiştim"), NO_RIGHT)
    await told(world, desk, desk.writes(DENIZ.user_id, "/assign @mert"), "Mert", "atanamaz")
    desk.does(MERT.user_id, "join")
    assert await toast(world, desk.presses(MERT.user_id, "Üstlen")) == ""
    await ayse.hears("inceleniyor")
    desk.writes(MERT.user_id, "/close by_lead")
    await ayse.hears("kapatıldı")
    assert "gitmiştim" not in heard(ayse)


async def test_strangers_in_other_groups_reach_nothing(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    world.telegram.add_group(-1009000000009, "Başka grup")
    world.telegram.add_user(9001001, "Yabancı")
    for typed in ("/take", "/tickets", "/role @elif admin", "Merhaba"):
        world.telegram.say(9001001, typed, chat_id=-1009000000009)
    await answered(world, ayse, desk)
    assert not [call for call in world.telegram.calls if str(call.params.get("chat_id")) == "-1009000000009"]
    assert len(topics(world)) == 1


async def test_an_agent_in_private_is_a_customer(world: World, app: App) -> None:
    world.telegram.say(ELIF.user_id, "Kendi bilgisayarım açılmıyor")
    world.telegram.say(ELIF.user_id, "/take")

    def private() -> list[str]:
        return [one.get("text", "") for one in world.telegram.messages(ELIF.user_id)]

    await world.changes.wait_for(lambda: any("bilmiyoruz" in text for text in private()), 10, what="the menu")
    assert any("#2026-000001" in text for text in private())
    await world.changes.wait_for(lambda: topics(world), 10, what="a topic")
    assert "🆕" in topics(world)[0]["name"]


GROUP = {"id": -1001000000001, "type": "supergroup", "title": "Gişe"}
NEWS = {"id": -1007000000007, "type": "channel", "title": "Haberler"}
BORROWED: dict[str, dict[str, Any]] = {
    "anonymous": {
        "from": {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"},
        "sender_chat": GROUP,
        "author_signature": "Elif",
    },
    "channel": {
        "from": {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"},
        "sender_chat": NEWS,
    },
    "linked-channel": {
        "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"},
        "sender_chat": NEWS,
        "is_automatic_forward": True,
        "forward_origin": {"type": "channel", "chat": NEWS, "message_id": 7, "date": 1_790_000_000},
    },
    "forward": {"forward_origin": {"type": "hidden_user", "sender_user_name": "Biri", "date": 1_790_000_000}},
    "via-bot": {"via_bot": {"id": 4711, "is_bot": True, "first_name": "Gif", "username": "gif"}},
}


@pytest.mark.parametrize("borrowed", BORROWED.values(), ids=BORROWED)
async def test_borrowed_voices_run_no_command(world: World, ayse: Phone, borrowed: dict[str, Any]) -> None:
    desk = await opened_ticket(world, ayse)
    thread = desk.drawn["thread_id"]
    said = world.telegram.say(
        DENIZ.user_id, "/close by_lead", chat_id=world.telegram.group_id, thread_id=thread, **borrowed
    )
    await told(world, desk, said["message_id"], AS_YOURSELF)
    await answered(world, ayse, desk)
    assert "kapatıldı" not in heard(ayse)


async def test_an_anonymous_admins_words_do_not_reach_the_customer(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    thread = desk.drawn["thread_id"]
    said = world.telegram.say(
        DENIZ.user_id, "Adsız kanarya", chat_id=world.telegram.group_id, thread_id=thread, **BORROWED["anonymous"]
    )
    await told(world, desk, said["message_id"], AS_YOURSELF)
    await answered(world, ayse, desk)
    assert "kanarya" not in towards_customers(world)


async def test_a_command_that_is_edited_in_does_nothing(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    written = desk.writes(DENIZ.user_id, "Birazdan kapatacağız")
    await ayse.hears("Birazdan kapatacağız")
    desk.does(DENIZ.user_id, "edit", message=written, text="/close by_lead")
    await desk.shows("Deniz", "bu düzeltme müşteriye gönderilmedi")
    await answered(world, ayse, desk)
    assert "kapatıldı" not in heard(ayse)
    assert "/close" not in towards_customers(world)
