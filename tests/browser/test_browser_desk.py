"""A visitor plays the agents and the world: the group's topics, the clock, the faults, the page itself."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from adapters.sandbox.world import World
from tests.adapters.sandbox.page.conftest import AYSES_NUMBER, ZEYNEPS_ID, HelpDesk

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("browser")]


def room(page: Page) -> Locator:
    return page.get_by_role("region", name="Temsilci masası")


async def open_topic(desk: HelpDesk, name: str, *posts: str) -> int:
    group = desk.world.telegram.group_id
    topic = await desk.telegram("createForumTopic", chat_id=group, name=name)
    thread = int(topic["message_thread_id"])
    for text in posts:
        await desk.telegram("sendMessage", chat_id=group, message_thread_id=thread, text=text)
    return thread


async def told_of(desk: HelpDesk, kind: str, having: str) -> dict[str, Any]:
    """The first update of this kind that carries such a field; others may come before it."""
    seen = 0
    while True:
        for update in await desk.telegram("getUpdates", timeout=5, offset=seen + 1):
            seen = update["update_id"]
            if having in update.get(kind, {}):
                found: dict[str, Any] = update[kind]
                return found


async def write(place: Locator, text: str) -> None:
    box = place.get_by_role("textbox")
    await box.fill(text)
    await box.press("Enter")
    await expect(place.get_by_role("log")).to_contain_text(text)


async def test_an_agent_writes_in_the_topic_that_is_open(page: Page, desk: HelpDesk) -> None:
    thread = await open_topic(desk, "#2026-000001 Ayşe", "Kart")
    await page.get_by_role("radio", name="Elif").click()
    await write(room(page), "Bakıyorum")
    message = await told_of(desk, "message", "text")
    assert (message["text"], message["from"]["first_name"]) == ("Bakıyorum", "Elif")
    assert message["message_thread_id"] == thread


async def test_a_card_s_button_is_pressed_by_the_chosen_agent(page: Page, desk: HelpDesk) -> None:
    thread = await open_topic(desk, "#2026-000001 Ayşe")
    keys = {"inline_keyboard": [[{"text": "Üstlen", "callback_data": "take"}]]}
    group = desk.world.telegram.group_id
    await desk.telegram("sendMessage", chat_id=group, message_thread_id=thread, text="Kart", reply_markup=keys)
    await page.get_by_role("radio", name="Mert").click()
    await room(page).get_by_role("button", name="Üstlen").click()
    query = await told_of(desk, "callback_query", "data")
    assert (query["from"]["first_name"], query["data"]) == ("Mert", "take")
    alert = {"text": "Bu talep Elif'te", "show_alert": True}
    await desk.telegram("answerCallbackQuery", callback_query_id=query["id"], **alert)
    await page.get_by_role("dialog").get_by_role("button", name="Kapat").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_other_topics_count_what_was_not_read(page: Page, desk: HelpDesk) -> None:
    await open_topic(desk, "#2026-000001 Ayşe", "Kart")
    await room(page).get_by_role("log").get_by_text("Kart").wait_for()
    await open_topic(desk, "#2026-000002 Emre", "Kart", "Emre yazdı")
    entry = room(page).get_by_role("navigation").get_by_role("button", name="#2026-000002")
    await expect(entry.get_by_label("2 okunmamış")).to_be_visible()
    await entry.click()
    await expect(room(page).get_by_role("log")).to_contain_text("Emre yazdı")
    await expect(entry.get_by_label("okunmamış")).to_have_count(0)


async def test_each_topic_keeps_its_own_draft(page: Page, desk: HelpDesk) -> None:
    await open_topic(desk, "#2026-000001 Ayşe", "Kart")
    await room(page).get_by_role("log").get_by_text("Kart").wait_for()
    await open_topic(desk, "#2026-000002 Emre", "Kart")
    await room(page).get_by_role("textbox").fill("Ayşe'ye taslak")
    topics = room(page).get_by_role("navigation")
    await topics.get_by_role("button", name="#2026-000002").click()
    await expect(room(page).get_by_role("textbox")).to_have_value("")
    await topics.get_by_role("button", name="#2026-000001").click()
    await expect(room(page).get_by_role("textbox")).to_have_value("Ayşe'ye taslak")


async def test_a_slash_offers_the_bots_commands(page: Page, desk: HelpDesk) -> None:
    menu = [{"command": "take", "description": "Üstlen"}, {"command": "propose", "description": "Çözüm öner"}]
    await desk.telegram("setMyCommands", commands=menu, scope={"type": "all_group_chats"})
    await open_topic(desk, "#2026-000001 Ayşe", "Kart")
    box = room(page).get_by_role("textbox")
    await box.press_sequentially("/p")
    await expect(room(page).get_by_role("option")).to_have_text(["/proposeÇözüm öner"])
    await box.press("Tab")
    await expect(box).to_have_value("/propose ")


async def test_a_reader_who_scrolled_up_stays_where_he_is(page: Page, desk: HelpDesk) -> None:
    thread = await open_topic(desk, "#2026-000001 Ayşe", *(f"Satır {n}" for n in range(40)))
    log = room(page).get_by_role("log")
    await expect(log.get_by_text("Satır 39")).to_be_in_viewport()
    await log.get_by_text("Satır 5", exact=True).scroll_into_view_if_needed()
    newest = room(page).get_by_role("button", name="En yeni mesaja in")
    await expect(newest).to_be_visible()
    group = desk.world.telegram.group_id
    await desk.telegram("sendMessage", chat_id=group, message_thread_id=thread, text="Yenisi")
    await log.get_by_text("Yenisi").wait_for()
    await expect(log.get_by_text("Satır 5", exact=True)).to_be_in_viewport()
    await newest.click()
    await expect(log.get_by_text("Yenisi")).to_be_in_viewport()


async def test_who_left_the_group_cannot_write_until_back(page: Page, desk: HelpDesk) -> None:
    await open_topic(desk, "#2026-000001 Ayşe", "Kart")
    await room(page).get_by_role("button", name="Konu menüsü").click()
    await room(page).get_by_role("menuitem", name="Gruptan ayrıl").click()
    await expect(room(page).get_by_role("textbox")).to_have_count(0)
    await room(page).get_by_role("button", name="Gruba katıl").click()
    await expect(room(page).get_by_role("textbox")).to_be_visible()


async def test_after_a_day_the_list_shows_dates_in_place_of_times(page: Page, world: World, desk: HelpDesk) -> None:
    await open_topic(desk, "#2026-000001 Ayşe", "Kart")
    time = room(page).get_by_role("navigation").get_by_role("button", name="#2026-000001").get_by_role("time")
    await expect(time).to_contain_text(":")
    world.act({"do": "clock", "seconds": 2 * 24 * 3600})
    await expect(time).not_to_contain_text(":")


async def test_the_clock_is_moved_for_everybody(page: Page, world: World) -> None:
    await page.get_by_role("button", name="+4 gün").click()
    await expect(page.get_by_role("group", name="Saat", exact=True)).to_contain_text("4 gün ileride")
    assert world.clock.offset == 4 * 24 * 3600


async def test_a_fault_is_switched_on_and_off(page: Page, desk: HelpDesk) -> None:
    await desk.telegram("getMe")
    switch = page.get_by_role("button", name="429")
    await switch.click()
    await expect(switch).to_have_attribute("aria-pressed", "true")
    assert (await desk.telegram("sendMessage", chat_id=ZEYNEPS_ID, text="x"))["error_code"] == 429
    await switch.click()
    await expect(switch).to_have_attribute("aria-pressed", "false")
    assert (await desk.telegram("sendMessage", chat_id=ZEYNEPS_ID, text="x"))["error_code"] == 403


async def test_a_window_that_never_opened_cannot_be_shut(page: Page, world: World) -> None:
    switch = page.get_by_role("button", name="Pencere kapalı")
    await switch.click()
    await expect(page.get_by_role("status")).to_contain_text("Önce bir müşteri")
    world.act({"do": "say", "who": f"whatsapp:{AYSES_NUMBER}", "text": "Merhaba"})
    await page.get_by_text("daha açık").wait_for()
    await switch.click()
    await expect(page.get_by_text("pencere kapalı · yalnızca şablon")).to_be_visible()


async def test_a_refusal_is_told_to_the_visitor(page: Page, world: World, desk: HelpDesk) -> None:
    await open_topic(desk, "#2026-000001 Ayşe", "Kart")
    box = room(page).get_by_role("textbox")
    await box.fill("x" * 4097)
    await box.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("4096")
    await expect(box).to_have_value("x" * 4097)
    assert len(world.telegram.messages(world.telegram.group_id)) == 2


async def test_a_message_on_the_screen_is_read(page: Page, world: World, desk: HelpDesk) -> None:
    world.act({"do": "say", "who": f"whatsapp:{AYSES_NUMBER}", "text": "Merhaba"})
    await desk.whatsapp(to=AYSES_NUMBER, type="text", text={"body": "Buyurun"})
    ayse = page.get_by_role("article", name="Ayşe Yılmaz")
    await expect(ayse.get_by_role("listitem").filter(has_text="Buyurun").get_by_label("Okundu")).to_be_visible()
    assert world.whatsapp.messages(AYSES_NUMBER)[-1]["status"] == "read"


async def test_the_page_speaks_english_too_and_keeps_what_was_typed(page: Page) -> None:
    ayse = page.get_by_role("article", name="Ayşe Yılmaz")
    await ayse.get_by_role("textbox").fill("taslak")
    await page.get_by_role("button", name="English").click()
    await expect(ayse).to_contain_text("Write the first message as Ayşe")
    await expect(ayse.get_by_role("textbox")).to_have_value("taslak")
    await expect(page.get_by_role("group", name="Clock", exact=True)).to_contain_text("+4 days")


async def test_on_a_narrow_screen_one_side_is_shown_at_a_time(page: Page, desk: HelpDesk) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await open_topic(desk, "#2026-000001 Ayşe", "Kart")
    await expect(room(page)).to_be_hidden()
    await page.get_by_role("button", name="Masa", exact=True).click()
    await expect(page.get_by_role("article", name="Ayşe Yılmaz")).to_be_hidden()
    await room(page).get_by_role("button", name="#2026-000001").click()
    await expect(room(page).get_by_role("log")).to_contain_text("Kart")
    await room(page).get_by_role("button", name="Geri").click()
    await expect(room(page).get_by_role("button", name="#2026-000001")).to_be_visible()
