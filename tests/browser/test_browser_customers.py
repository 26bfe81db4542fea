"""A visitor plays the customers: what is typed, pressed and sent on a phone reaches the help desk."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from adapters.sandbox.world import World
from tests.adapters.sandbox.page.conftest import AYSES_NUMBER, ZEYNEPS_ID, HelpDesk

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("browser")]


def phone(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name)


async def write(place: Locator, text: str) -> None:
    """Type into the place's box and send with Enter; the words stand in the chat afterwards."""
    box = place.get_by_role("textbox")
    await box.fill(text)
    await box.press("Enter")
    await expect(place.get_by_role("log")).to_contain_text(text)


async def updates(desk: HelpDesk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await desk.telegram("getUpdates", timeout=5)
    return found


async def test_what_a_customer_types_on_telegram_reaches_the_bot(page: Page, desk: HelpDesk) -> None:
    zeynep = phone(page, "Zeynep Demir")
    await write(zeynep, "Raporlar boş açılıyor")
    assert (await updates(desk))[-1]["message"]["text"] == "Raporlar boş açılıyor"
    await expect(zeynep.get_by_role("textbox")).to_have_value("")


async def test_what_a_customer_types_on_whatsapp_is_answered_on_the_phone(page: Page, desk: HelpDesk) -> None:
    ayse = phone(page, "Ayşe Yılmaz")
    await write(ayse, "Merhaba")
    await desk.whatsapp(to=AYSES_NUMBER, type="text", text={"body": "Numaranız *#2026-000001*"})
    await expect(ayse.get_by_role("log").locator("strong")).to_have_text("#2026-000001")


async def test_a_pressed_inline_button_shows_the_bots_answer(page: Page, desk: HelpDesk) -> None:
    zeynep = phone(page, "Zeynep Demir")
    await zeynep.get_by_role("button", name="/start").click()
    await zeynep.get_by_role("log").get_by_text("/start").wait_for()
    keys = {"inline_keyboard": [[{"text": "Arıza", "callback_data": "fault"}]]}
    await desk.telegram("sendMessage", chat_id=ZEYNEPS_ID, text="Hangisi?", reply_markup=keys)
    key = zeynep.get_by_role("button", name="Arıza")
    await key.click()
    await expect(key).to_have_attribute("aria-busy", "true")
    query = (await updates(desk))[-1]["callback_query"]
    assert query["data"] == "fault"
    await desk.telegram("answerCallbackQuery", callback_query_id=query["id"], text="Arıza seçildi")
    await expect(page.get_by_role("status")).to_contain_text("Arıza seçildi")
    await expect(key).to_have_attribute("aria-busy", "false")


async def test_a_row_of_a_whatsapp_list_is_chosen_in_the_sheet(page: Page, world: World, desk: HelpDesk) -> None:
    ayse = phone(page, "Ayşe Yılmaz")
    await write(ayse, "Merhaba")
    rows = [{"id": "login", "title": "Giriş ekranı"}, {"id": "reports", "title": "Raporlar"}]
    offer = {
        "type": "list",
        "body": {"text": "Nerede?"},
        "action": {"button": "Bölümü seç", "sections": [{"rows": rows}]},
    }
    await desk.whatsapp(to=AYSES_NUMBER, type="interactive", interactive=offer)
    await ayse.get_by_role("button", name="Bölümü seç").click()
    sheet = ayse.get_by_role("dialog", name="Bölümü seç")
    await expect(sheet.get_by_role("button", name="Gönder")).to_be_disabled()
    await sheet.get_by_text("Raporlar").click()
    await sheet.get_by_role("button", name="Gönder").click()
    await expect(sheet).to_have_count(0)
    await expect(ayse.get_by_role("log").get_by_role("listitem").last).to_contain_text("Raporlar")
    reply = world.whatsapp.messages(AYSES_NUMBER)[-1]
    assert reply["interactive"]["list_reply"]["id"] == "reports"


async def test_a_file_from_the_visitors_machine_is_sent(
    page: Page, world: World, desk: HelpDesk, tmp_path: Path
) -> None:
    document = tmp_path / "fatura.pdf"
    await asyncio.to_thread(document.write_bytes, b"%PDF-1.4 invoice")
    zeynep = phone(page, "Zeynep Demir")
    await zeynep.get_by_role("textbox").fill("Faturam ekte")
    await zeynep.get_by_role("button", name="Dosya ekle").click()
    async with page.expect_file_chooser() as chooser:
        await zeynep.get_by_role("menuitem", name="Dosya veya fotoğraf seç").click()
    await (await chooser.value).set_files(document)
    await expect(zeynep.get_by_role("log")).to_contain_text("fatura.pdf")
    sent = (await updates(desk))[-1]["message"]
    assert sent["caption"] == "Faturam ekte"
    assert world.telegram.file_bytes(sent["document"]["file_id"]) == b"%PDF-1.4 invoice"


@pytest.mark.parametrize(("entry", "kind"), [("Örnek fotoğraf", "image"), ("Örnek sesli mesaj", "audio")])
async def test_a_sample_can_be_sent_without_having_a_file(page: Page, world: World, entry: str, kind: str) -> None:
    ayse = phone(page, "Ayşe Yılmaz")
    await ayse.get_by_role("button", name="Dosya ekle").click()
    await ayse.get_by_role("menuitem", name=entry).click()
    await ayse.get_by_role("log").get_by_role("listitem").nth(1).wait_for()
    message = world.whatsapp.messages(AYSES_NUMBER)[-1]
    assert message["type"] == kind
    assert len(world.whatsapp.media_bytes(message[kind]["id"])) > 1000


async def test_words_that_look_like_markup_stay_words(page: Page) -> None:
    zeynep = phone(page, "Zeynep Demir")
    await write(zeynep, "<img src=x onerror=alert(1)> <b>kalın</b>")
    bubble = zeynep.get_by_role("log").get_by_role("listitem").last
    await expect(bubble).to_contain_text("<b>kalın</b>")
    await expect(bubble.locator("img")).to_have_count(0)


async def test_a_draft_survives_what_arrives_and_a_look_at_another_phone(page: Page, desk: HelpDesk) -> None:
    ayse = phone(page, "Ayşe Yılmaz")
    await write(ayse, "Merhaba")
    await ayse.get_by_role("textbox").fill("Henüz bitirmedim")
    await desk.whatsapp(to=AYSES_NUMBER, type="text", text={"body": "Buyurun"})
    await ayse.get_by_text("Buyurun").wait_for()
    await page.get_by_role("tab", name="Emre Kaya").click()
    await expect(phone(page, "Emre Kaya")).to_be_visible()
    await page.get_by_role("tab", name="Ayşe Yılmaz").click()
    await expect(ayse.get_by_role("textbox")).to_have_value("Henüz bitirmedim")


async def test_a_message_is_edited_answered_and_reacted_to(page: Page, world: World, desk: HelpDesk) -> None:
    ayse = phone(page, "Ayşe Yılmaz")
    await write(ayse, "Merhba")
    own = ayse.get_by_role("log").get_by_role("listitem").filter(has_text="Mer")
    await own.get_by_text("Merhba").hover()
    await own.get_by_role("button", name="Düzenle").click()
    await write(ayse, "Merhaba")
    await expect(own).to_contain_text("düzenlendi")
    await desk.whatsapp(to=AYSES_NUMBER, type="text", text={"body": "Buyurun"})
    theirs = ayse.get_by_role("log").get_by_role("listitem").filter(has_text="Buyurun")
    await theirs.get_by_text("Buyurun").hover()
    await theirs.get_by_role("button", name="Tepki ver").click()
    await theirs.get_by_role("button", name="👍").click()
    await expect(theirs.get_by_role("group", name="Tepkiler")).to_contain_text("👍")
    await theirs.get_by_text("Buyurun").hover()
    await theirs.get_by_role("button", name="Yanıtla").click()
    await write(ayse, "Teşekkürler")
    _, answered, answer = world.whatsapp.messages(AYSES_NUMBER)
    assert answered["reactions"] == {"customer": "👍"}
    assert answer["context"]["id"] == answered["id"]
