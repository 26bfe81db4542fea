"""Several bots at one server: the same groups, and everything else apart."""

from typing import Any

import orjson
import pytest

from adapters.sandbox.faults import error
from tests.adapters.sandbox.telegram.conftest import AYSE, DENIZ, GROUP, OpenSandbox, Sandbox

HELPER = 4343
TOKEN = f"{HELPER}:HELPER"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
async def pair(open_sandbox: OpenSandbox) -> Sandbox:
    """The main bot and another one in a forum; Ayşe has written to the main one."""
    opened = await open_sandbox(more_tokens=[TOKEN])
    opened.server.say(AYSE, "/start")
    return opened


async def helper_calls(sandbox: Sandbox, method: str, /, **params: Any) -> tuple[int, dict[str, Any]]:
    async with sandbox.http.post(f"{sandbox.server.base_url}/bot{TOKEN}/{method}", json=params) as answer:
        return answer.status, orjson.loads(await answer.read())


async def test_each_bot_is_somebody_and_writes_in_its_own_name(pair: Sandbox) -> None:
    _, me = await helper_calls(pair, "getMe")
    assert me["result"]["id"] == HELPER
    status, sent = await helper_calls(pair, "sendMessage", chat_id=GROUP, text="Merhaba")
    assert (status, sent["result"]["from"]["id"]) == (200, HELPER)
    _, seen = await pair.call("getChatMember", chat_id=GROUP, user_id=HELPER)
    assert seen["result"]["status"] == "member"


async def test_each_bot_has_twenty_writes_a_minute_in_a_group(pair: Sandbox) -> None:
    for number in range(20):
        assert (await helper_calls(pair, "sendMessage", chat_id=GROUP, text=str(number)))[0] == 200
    status, refused = await helper_calls(pair, "sendMessage", chat_id=GROUP, text="zuviel")
    assert (status, refused["parameters"]["retry_after"] > 0) == (429, True)
    assert (await pair.call("sendMessage", chat_id=GROUP, text="ana bot"))[0] == 200
    assert pair.server.breaches == 1


async def test_nobody_edits_what_another_bot_wrote(pair: Sandbox) -> None:
    _, sent = await helper_calls(pair, "sendMessage", chat_id=GROUP, text="önce")
    where = {"chat_id": GROUP, "message_id": sent["result"]["message_id"], "text": "sonra"}
    assert "can't be edited" in await pair.described("editMessageText", **where)
    assert (await helper_calls(pair, "editMessageText", **where))[0] == 200


async def test_updates_files_and_presses_belong_to_the_bot_that_got_them(pair: Sandbox) -> None:
    pair.server.say(DENIZ, "Merhaba", chat_id=GROUP)
    assert await pair.updates()
    assert (await helper_calls(pair, "getUpdates"))[1]["result"] == []
    photo = pair.server.send_file(AYSE, "document", PNG)["document"]["file_id"]
    assert (await helper_calls(pair, "sendDocument", chat_id=GROUP, document=photo))[0] == 400
    assert (await helper_calls(pair, "sendMessage", chat_id=AYSE, text="Merhaba"))[0] == 403


async def test_calls_and_faults_are_kept_apart(pair: Sandbox) -> None:
    pair.server.helper(HELPER).faults.add("sendMessage", error(500, {"ok": False, "error_code": 500}))
    before = len(pair.server.calls)
    assert (await helper_calls(pair, "sendMessage", chat_id=GROUP, text="x"))[0] == 500
    assert (await pair.call("sendMessage", chat_id=GROUP, text="x"))[0] == 200
    assert len(pair.server.calls) == before + 1
    assert [call.method for call in pair.server.helper(HELPER).calls] == ["sendMessage"]


async def test_a_bot_can_be_shut_out_of_a_group_and_lose_its_token(pair: Sandbox) -> None:
    pair.server.set_bot_status("kicked", by=DENIZ, bot_id=HELPER)
    assert (await helper_calls(pair, "sendMessage", chat_id=GROUP, text="x"))[0] == 403
    assert (await pair.call("sendMessage", chat_id=GROUP, text="x"))[0] == 200
    pair.server.revoke(HELPER)
    assert (await helper_calls(pair, "getMe"))[0] == 401


async def test_a_bot_that_comes_later_is_in_every_group(pair: Sandbox) -> None:
    pair.server.add_group(-1001000000002, "Fatura")
    number = pair.server.add_bot("4545:LATER")
    for chat_id in (GROUP, -1001000000002):
        _, seen = await pair.call("getChatMember", chat_id=chat_id, user_id=number)
        assert seen["result"]["status"] == "member"
