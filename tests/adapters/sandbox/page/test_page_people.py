"""What a visitor does as one of the people, and what the page then draws."""

import base64
from typing import Any

import pytest

from adapters.sandbox.world import World
from tests.adapters.sandbox.page.conftest import (
    AYSE,
    AYSES_NUMBER,
    DENIZ,
    ELIF,
    EMRE,
    JOHN,
    ZEYNEP,
    ZEYNEPS_ID,
    HelpDesk,
    Visitor,
)


def buttons(*titles: str) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": title, "callback_data": f"do {title}"} for title in titles]]}


async def test_a_customer_on_telegram_is_heard_by_the_bot(visitor: Visitor, desk: HelpDesk) -> None:
    await visitor.act(do="say", who=ZEYNEP, text="Merhaba")
    [update] = await desk.telegram("getUpdates")
    assert update["message"]["text"] == "Merhaba"
    assert update["message"]["from"]["id"] == ZEYNEPS_ID


async def test_a_customer_on_whatsapp_is_shown_with_an_open_window(visitor: Visitor) -> None:
    assert not (await visitor.phone(AYSE))["window_open"]
    await visitor.act(do="say", who=AYSE, text="Merhaba")
    shown = await visitor.phone(AYSE)
    assert [message["text"] for message in shown["messages"]] == ["Merhaba"]
    assert shown["window_open"]
    assert shown["messages"][0]["out"]


async def test_an_agents_words_stand_in_the_topic_with_the_agents_name(
    world: World, visitor: Visitor, desk: HelpDesk
) -> None:
    topic = await desk.telegram("createForumTopic", chat_id=world.telegram.group_id, name="#1 Ayşe")
    thread = topic["message_thread_id"]
    await visitor.act(do="say", who=ELIF, place="desk", topic=thread, text="Bakıyorum")
    [general, shown] = (await visitor.state())["desk"]["topics"]
    assert (shown["name"], shown["thread_id"]) == ("#1 Ayşe", thread)
    assert shown["messages"][-1]["text"] == "Bakıyorum"
    assert shown["messages"][-1]["author"] == {"key": ELIF, "name": "Elif", "bot": False}
    # The topic's creation is no answer to anybody, though Telegram links every message to it.
    assert "reply_to" not in shown["messages"][-1]
    assert general["messages"] == []


async def test_a_pressed_button_reaches_the_bot_and_its_answer_the_page(visitor: Visitor, desk: HelpDesk) -> None:
    await visitor.act(do="say", who=ZEYNEP, text="/start")
    sent = await desk.telegram(
        "sendMessage", chat_id=ZEYNEPS_ID, text="Hangisi?", reply_markup=buttons("Soru", "Arıza")
    )
    pressed = await visitor.act(do="press", who=ZEYNEP, message=sent["message_id"], id="do Arıza")
    query = (await desk.telegram("getUpdates"))[-1]["callback_query"]
    assert (query["data"], query["id"]) == ("do Arıza", pressed["answer"])
    await desk.telegram("answerCallbackQuery", callback_query_id=query["id"], text="Tamam")
    assert (await visitor.state())["answers"][query["id"]]["text"] == "Tamam"


async def test_whatsapp_buttons_and_lists_are_drawn_and_pressed(visitor: Visitor, desk: HelpDesk) -> None:
    await visitor.act(do="say", who=AYSE, text="Merhaba")
    rows = [{"id": "login", "title": "Giriş", "description": "Oturum"}]
    action = {"button": "Seç", "sections": [{"title": "Bölüm", "rows": rows}]}
    offer = {"type": "list", "body": {"text": "Nerede?"}, "action": action}
    sent = await desk.whatsapp(to=AYSES_NUMBER, type="interactive", interactive=offer)
    wamid = sent["messages"][0]["id"]
    shown = (await visitor.phone(AYSE))["messages"][-1]
    assert (shown["text"], shown["list"]["button"]) == ("Nerede?", "Seç")
    assert shown["list"]["sections"] == [{"title": "Bölüm", "rows": rows}]
    await visitor.act(do="press", who=AYSE, message=wamid, id="login")
    answer = (await visitor.phone(AYSE))["messages"][-1]
    assert answer["text"] == "Giriş\nOturum"
    assert answer["reply_to"]["text"] == "Nerede?"


@pytest.mark.parametrize("who", [AYSE, ZEYNEP])
async def test_a_sent_file_can_be_fetched_again(who: str, visitor: Visitor) -> None:
    data = b"%PDF-1.4 two pages"
    encoded = base64.b64encode(data).decode()
    await visitor.act(do="send_file", who=who, kind="document", name="fatura.pdf", mime="application/pdf", data=encoded)
    shown = (await visitor.phone(who))["messages"][-1]
    assert (shown["kind"], shown["file"]["name"], shown["file"]["size"]) == ("document", "fatura.pdf", len(data))
    async with visitor.http.get(shown["file"]["url"]) as answer:
        assert await answer.read() == data
        assert answer.headers["Content-Disposition"].startswith("attachment")


async def test_reactions_edits_and_deletions_are_drawn(visitor: Visitor, desk: HelpDesk) -> None:
    first = (await visitor.act(do="say", who=AYSE, text="Merhba"))["message"]
    await visitor.act(do="edit", who=AYSE, message=first, text="Merhaba")
    await desk.whatsapp(to=AYSES_NUMBER, type="text", text={"body": "Buyurun"})
    reply = (await visitor.phone(AYSE))["messages"][-1]
    await visitor.act(do="react", who=AYSE, message=reply["id"], emoji="👍")
    [mine, theirs] = (await visitor.phone(AYSE))["messages"]
    assert (mine["text"], mine["edited"]) == ("Merhaba", True)
    assert theirs["reactions"] == [{"emoji": "👍", "count": 1, "mine": True, "by": ["customer"]}]
    await visitor.act(do="revoke", who=AYSE, message=first)
    assert (await visitor.phone(AYSE))["messages"][0]["kind"] == "revoked"


async def test_reading_the_chat_reports_every_delivered_message_as_read(
    world: World, visitor: Visitor, desk: HelpDesk
) -> None:
    await visitor.act(do="say", who=AYSE, text="Merhaba")
    await desk.whatsapp(to=AYSES_NUMBER, type="text", text={"body": "Buyurun"})

    def status() -> str:
        return str(world.whatsapp.messages(AYSES_NUMBER)[-1]["status"])

    await world.changes.wait_for(lambda: status() == "delivered", what="the message on the phone")
    await visitor.act(do="read", who=AYSE)
    assert status() == "read"


async def test_a_customer_without_a_number_writes_and_is_answered_by_user_id(visitor: Visitor, desk: HelpDesk) -> None:
    await visitor.act(do="say", who=EMRE, text="Selam")
    await desk.whatsapp(recipient="TR.1000000000000102", type="text", text={"body": "Merhaba"})
    assert [message["text"] for message in (await visitor.phone(EMRE))["messages"]] == ["Selam", "Merhaba"]


@pytest.mark.parametrize("who", [AYSE, ZEYNEP])
async def test_a_place_and_a_contact_card_are_drawn(who: str, visitor: Visitor) -> None:
    await visitor.act(do="send_location", who=who, latitude=41.025, longitude=28.974)
    await visitor.act(do="send_contact", who=who, name="Selin Aksoy", phone="+90 555 000 09 09")
    [place, card] = (await visitor.phone(who))["messages"]
    assert (place["location"]["latitude"], place["location"]["longitude"]) == (41.025, 28.974)
    assert card["contacts"] == [{"name": "Selin Aksoy", "phone": "+90 555 000 09 09"}]


@pytest.mark.parametrize("who", [AYSE, JOHN])
async def test_blocking_the_business_is_shown_and_can_be_taken_back(who: str, visitor: Visitor) -> None:
    await visitor.act(do="block", who=who, on=True)
    assert (await visitor.phone(who))["blocked"]
    await visitor.act(do="block", who=who, on=False)
    assert not (await visitor.phone(who))["blocked"]


async def test_an_agent_who_left_the_group_is_shown_as_away(visitor: Visitor) -> None:
    await visitor.act(do="leave", who=DENIZ)
    members = {agent["name"]: agent["member"] for agent in (await visitor.state())["desk"]["agents"]}
    assert members == {"Deniz": False, "Elif": True, "Mert": True}
    await visitor.act(do="join", who=DENIZ)
    assert all(agent["member"] for agent in (await visitor.state())["desk"]["agents"])


async def test_the_bots_command_menu_is_offered_in_the_group(visitor: Visitor, desk: HelpDesk) -> None:
    menu = [{"command": "take", "description": "Talebi üstlen"}]
    await desk.telegram("setMyCommands", commands=menu, scope={"type": "all_group_chats"})
    assert (await visitor.state())["desk"]["commands"] == menu
    assert (await visitor.phone(ZEYNEP))["commands"] == []
