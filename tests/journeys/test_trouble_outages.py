"""Platforms that are slow, shut, changed or gone: the queue is kept, health tells, and all goes on after."""

from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientSession

from adapters.sandbox.faults import error, html_502
from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Phone, Topic, comes_true, topic, topics
from adapters.sandbox.world import World
from config.app import App

NUMBER = "#2026-000001"
LOOK = 6.0
ALWAYS = 10**6


async def a_ticket(world: World, customer: Phone) -> Topic:
    customer.says("Yazıcı çalışmıyor")
    await customer.hears(NUMBER)
    desk = await topic(world, NUMBER)
    await desk.shows("👤", "Yazıcı çalışmıyor")
    await world.whatsapp.settle()
    return desk


def heard(phone: Phone, fragment: str) -> int:
    return sum(fragment in message["text"] for message in phone.messages if not message["out"])


def shown(desk: Topic, fragment: str) -> int:
    return sum(fragment in message["text"] for message in desk.messages)


async def health(app: App) -> tuple[int, dict[str, Any]]:
    async with ClientSession() as http, http.get(f"http://127.0.0.1:{app.port}/readyz") as answer:
        return answer.status, await answer.json()


async def names_trouble(world: World, app: App, fragment: str) -> None:
    async def look() -> bool:
        status, told = await looked(world, app)
        return status == 503 and any(fragment in reason for reason in told["reasons"])

    await comes_true(look, f"/readyz to name {fragment}")


async def is_well(world: World, app: App) -> None:
    async def look() -> bool:
        status, told = await looked(world, app)
        return status == 200 and not told["reasons"]

    await comes_true(look, "/readyz to be green")


async def looked(world: World, app: App) -> tuple[int, dict[str, Any]]:
    """What /readyz says once the health checks have looked again, some seconds later."""
    world.clock.move(LOOK)
    await app.watch.turn()
    return await health(app)


def telegram_error(code: int, description: str, **parameters: object) -> Any:
    return error(code, {"ok": False, "error_code": code, "description": description, "parameters": parameters})


async def test_telegrams_wish_to_wait_is_obeyed_to_the_second(world: World, app: App, zeynep: Phone) -> None:
    desk = await a_ticket(world, zeynep)
    world.telegram.faults.add("sendMessage", telegram_error(429, "Too Many Requests: retry after 1", retry_after=1))
    desk.writes(ELIF.user_id, "Birinci")
    desk.writes(ELIF.user_id, "İkinci")
    await zeynep.hears("Birinci")
    await zeynep.hears("İkinci")
    refused, sent = [call for call in world.telegram.calls if "Birinci" in str(call.params.get("text"))]
    assert not refused.ok
    assert 1.0 <= sent.at - refused.at < 6.0


async def test_a_group_that_must_rest_delays_no_customer(world: World, app: App, zeynep: Phone, ayse: Phone) -> None:
    await a_ticket(world, zeynep)
    flood = telegram_error(429, "Too Many Requests: retry after 1", retry_after=1)
    world.telegram.faults.add("createForumTopic", flood)
    ayse.says("Fatura yok")
    await ayse.hears("#2026-000002")
    zeynep.says("/status")
    await zeynep.hears("Yazıcı çalışmıyor")
    assert len(topics(world)) == 1
    await (await topic(world, "#2026-000002")).shows("👤", "Fatura yok")


async def test_a_proxys_error_pages_lose_nothing_and_are_not_hammered(world: World, app: App, zeynep: Phone) -> None:
    desk = await a_ticket(world, zeynep)
    before = len(world.telegram.calls)
    world.telegram.faults.add("sendMessage", html_502(), times=2)
    zeynep.says("Bir de kâğıt bitti")
    await desk.shows("kâğıt bitti")
    calls = [call for call in world.telegram.calls[before:] if call.method == "sendMessage"]
    assert len(calls) == 3
    assert calls[-1].at - calls[0].at > 2.0


async def test_metas_own_trouble_is_waited_out(world: World, app: App, ayse: Phone) -> None:
    await a_ticket(world, ayse)
    desk = await topic(world, NUMBER)
    body = {"error": {"message": "(#130429) Rate limit hit", "type": "OAuthException", "code": 130429}}
    world.whatsapp.faults.add("messages", error(400, body))
    desk.writes(ELIF.user_id, "Kablo takılı mı?")
    await ayse.hears("Kablo takılı mı?")
    assert heard(ayse, "Kablo takılı mı?") == 1


async def test_a_telegram_that_cannot_be_reached_holds_up_no_customer_of_whatsapp(
    world: World, app: App, ayse: Phone
) -> None:
    port = urlsplit(world.telegram.base_url).port or 0
    await world.telegram.stop()
    ayse.says("Yazıcı çalışmıyor")
    await ayse.hears(NUMBER)
    await names_trouble(world, app, "telegram")
    await world.telegram.start(port=port)
    desk = await topic(world, NUMBER)
    await desk.shows("👤", "Yazıcı çalışmıyor")
    assert shown(desk, "👤") == 1
    desk.writes(ELIF.user_id, "Geldik")
    await ayse.hears("Geldik")
    await is_well(world, app)


async def test_a_refused_token_of_meta_stops_the_channel_keeps_its_queue_and_is_named(
    world: World, app: App, ayse: Phone
) -> None:
    desk = await a_ticket(world, ayse)
    body = {"error": {"message": "Error validating access token", "type": "OAuthException", "code": 190}}
    world.whatsapp.faults.add("messages", error(401, body), times=ALWAYS)
    desk.writes(ELIF.user_id, "Birinci")
    desk.writes(ELIF.user_id, "İkinci")
    await names_trouble(world, app, "whatsapp-refused")
    world.whatsapp.faults.clear()
    assert shown(desk, "💔") == 0
    await ayse.hears("Birinci")
    await ayse.hears("İkinci")
    assert heard(ayse, "Birinci") == heard(ayse, "İkinci") == 1
    await is_well(world, app)


async def test_a_refused_token_of_telegram_is_named_and_weathered(world: World, app: App, zeynep: Phone) -> None:
    desk = await a_ticket(world, zeynep)
    world.telegram.faults.add("*", telegram_error(401, "Unauthorized"), times=ALWAYS)
    zeynep.says("Birinci")
    await names_trouble(world, app, "telegram-refused")
    world.telegram.faults.clear()
    await desk.shows("Birinci")
    await is_well(world, app)
    assert shown(desk, "Birinci") == 1


async def test_a_second_poller_shows_as_a_conflict_and_passes(world: World, app: App, zeynep: Phone) -> None:
    await a_ticket(world, zeynep)
    words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    world.telegram.faults.add("getUpdates", telegram_error(409, words), times=ALWAYS)
    zeynep.says("Birinci")
    await names_trouble(world, app, "telegram-conflict")
    world.telegram.faults.clear()
    zeynep.says("İkinci")
    await (await topic(world, NUMBER)).shows("İkinci")
    await is_well(world, app)


async def test_a_topic_that_was_deleted_comes_back_with_its_card(world: World, app: App, zeynep: Phone) -> None:
    desk = await a_ticket(world, zeynep)
    old = desk.drawn["thread_id"]
    world.telegram.delete_topic(old)
    zeynep.says("Orada mısınız?")
    again = await topic(world, NUMBER)
    await again.shows("👤", "Orada mısınız?")
    await again.shows(NUMBER, "Yeni")
    assert again.drawn["thread_id"] != old
    again.writes(ELIF.user_id, "Buradayız")
    await zeynep.hears("Buradayız")
    assert len(topics(world)) == 1
