"""The clock, the faults and wrong orders, through the page's control API."""

from typing import Any

import aiohttp
import pytest

from adapters.sandbox.world import World
from tests.adapters.sandbox.page.conftest import AYSE, AYSES_NUMBER, ZEYNEP, ZEYNEPS_ID, HelpDesk, Visitor


async def test_moving_the_clock_moves_everybodys_time(world: World, visitor: Visitor) -> None:
    before = (await visitor.state())["clock"]["now"]
    await visitor.act(do="clock", seconds=4 * 3600)
    assert (await visitor.state())["clock"]["now"] >= before + 4 * 3600
    assert float(world.clock.offset_file.read_text()) == 4 * 3600


async def test_a_day_later_the_window_is_shut(visitor: Visitor) -> None:
    await visitor.act(do="say", who=AYSE, text="Merhaba")
    await visitor.act(do="clock", seconds=24 * 3600)
    shown = await visitor.state()
    assert not shown["phones"][0]["window_open"]
    assert shown["faults"]["shut_window"]


async def test_a_phone_keeps_its_pictures_longer_than_the_platform_does(visitor: Visitor) -> None:
    await visitor.act(do="send_file", who=AYSE, kind="document", name="a.pdf", mime="application/pdf", data="JVBERg==")
    address = (await visitor.phone(AYSE))["messages"][0]["file"]["url"]
    await visitor.act(do="clock", seconds=8 * 24 * 3600)
    assert (await visitor.phone(AYSE))["messages"][0]["file"]["url"] == address
    async with visitor.http.get(address) as answer:
        assert await answer.read() == b"%PDF"


async def test_time_does_not_run_backwards(world: World, visitor: Visitor) -> None:
    assert "more than 0" in await visitor.refused(do="clock", seconds=-60)
    assert world.clock.offset == 0


async def test_the_flood_switch_refuses_posts_on_both_platforms_until_it_is_off(
    visitor: Visitor, desk: HelpDesk
) -> None:
    await visitor.act(do="say", who=ZEYNEP, text="/start")
    await visitor.act(do="say", who=AYSE, text="Merhaba")
    await visitor.act(do="fault", name="flood", on=True)
    telegram = await desk.telegram("sendMessage", chat_id=ZEYNEPS_ID, text="Merhaba")
    assert (telegram["error_code"], telegram["parameters"]) == (429, {"retry_after": 5})
    whatsapp = await desk.whatsapp(to=AYSES_NUMBER, type="text", text={"body": "Merhaba"})
    assert whatsapp["error"]["code"] == 130429
    assert len(await desk.telegram("getUpdates")) == 1
    await visitor.act(do="fault", name="flood", on=False)
    assert (await desk.telegram("sendMessage", chat_id=ZEYNEPS_ID, text="Merhaba"))["text"] == "Merhaba"


async def test_a_dropped_answer_hides_one_message_that_did_arrive(visitor: Visitor, desk: HelpDesk) -> None:
    await visitor.act(do="say", who=ZEYNEP, text="/start")
    await visitor.act(do="fault", name="dropped_answer", on=True)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await desk.telegram("sendMessage", chat_id=ZEYNEPS_ID, text="geldi mi?")
    shown = await visitor.state()
    assert shown["phones"][2]["messages"][-1]["text"] == "geldi mi?"
    assert not shown["faults"]["dropped_answer"]
    assert (await desk.telegram("sendMessage", chat_id=ZEYNEPS_ID, text="ikinci"))["text"] == "ikinci"


async def test_while_the_platform_is_down_nobody_answers(visitor: Visitor, desk: HelpDesk) -> None:
    await visitor.act(do="fault", name="down", on=True)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await desk.telegram("getUpdates")
    await visitor.act(do="fault", name="down", on=False)
    assert await desk.telegram("getUpdates") == []


async def test_the_shut_window_opens_with_the_customers_next_message(visitor: Visitor) -> None:
    assert "let a customer write" in await visitor.refused(do="fault", name="shut_window", on=True)
    await visitor.act(do="say", who=AYSE, text="Merhaba")
    await visitor.act(do="fault", name="shut_window", on=True)
    assert (await visitor.state())["faults"]["shut_window"]
    assert "next message" in await visitor.refused(do="fault", name="shut_window", on=False)
    await visitor.act(do="say", who=AYSE, text="Orada mısınız?")
    assert (await visitor.phone(AYSE))["window_open"]


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ({"do": "say", "who": AYSE}, "'text' must be"),
        ({"do": "say", "who": AYSE, "text": "  "}, "'text' must be"),
        ({"do": "say", "who": "whatsapp:1", "text": "x"}, "nobody here is called"),
        ({"do": "fly", "who": AYSE}, "nobody can 'fly'"),
        ({"do": "revoke", "who": ZEYNEP, "message": 1}, "nobody can 'revoke' on Telegram"),
        ({"do": "press", "who": ZEYNEP, "message": "1", "id": "x"}, "'message' must be a whole number"),
        ({"do": "press", "who": ZEYNEP, "message": 99, "id": "x"}, "no message 99"),
        ({"do": "react", "who": AYSE, "message": "wamid.none", "emoji": "👍"}, "wamid.none"),
        ({"do": "send_file", "who": AYSE, "kind": "song", "data": "aGk="}, "'kind' must be one of"),
        ({"do": "send_file", "who": ZEYNEP, "kind": "photo", "data": "%%"}, "base64"),
        ({"do": "fault", "name": "rain", "on": True}, "no fault 'rain'"),
        ({"do": "fault", "name": "flood", "on": "yes"}, "'on' must be true or false"),
        ({"do": "clock", "seconds": "soon"}, "'seconds' must be a number"),
        ({"who": AYSE}, "'do' must be"),
    ],
)
async def test_a_wrong_order_is_refused_with_a_sentence(action: dict[str, Any], reason: str, visitor: Visitor) -> None:
    assert reason in await visitor.refused(**action)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b'{"do": "clock", "seconds": 60}', "text/plain", 415),
    ],
)
async def test_only_a_json_object_is_an_order(body: bytes, content_type: str, status: int, visitor: Visitor) -> None:
    async with visitor.http.post("/api/act", data=body, headers={"Content-Type": content_type}) as answer:
        assert answer.status == status
        assert "JSON" in (await answer.json())["error"]
