"""Flood limits, injected trouble, and the log of what really happened."""

import asyncio
import time

import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import BufferedInputFile, InputMediaDocument

from adapters.sandbox.faults import Faults, delay, error, html_502, reset_after, reset_before
from tests.adapters.sandbox.telegram.conftest import AYSE, GROUP, OpenSandbox, Sandbox


async def test_a_group_takes_20_writes_a_minute_of_every_kind(sandbox: Sandbox) -> None:
    bot = sandbox.bot
    thread_id = (await bot.create_forum_topic(GROUP, "Ayşe")).message_thread_id
    card = await bot.send_message(GROUP, "Kart", message_thread_id=thread_id)
    await bot.edit_message_text("Kart 2", chat_id=GROUP, message_id=card.message_id)
    papers = [InputMediaDocument(media=BufferedInputFile(b"%PDF", "a.pdf")) for _ in range(10)]
    await bot.send_media_group(GROUP, [*papers])
    for number in range(7):
        await bot.send_message(GROUP, f"{number}")
    for refused in (
        bot.send_message(GROUP, "21"),
        bot.edit_message_text("Kart 3", chat_id=GROUP, message_id=card.message_id),
        bot.close_forum_topic(GROUP, thread_id),
    ):
        with pytest.raises(TelegramRetryAfter) as wait:
            await refused
        assert 55 < wait.value.retry_after <= 60
    assert sandbox.server.breaches == 3
    assert (await bot.send_message(AYSE, "Sana yer var")).text == "Sana yer var"


async def test_moving_the_clock_does_not_refill_a_group(sandbox: Sandbox) -> None:
    for number in range(20):
        await sandbox.bot.send_message(GROUP, f"{number}")
    sandbox.clock.move(3600)
    with pytest.raises(TelegramRetryAfter):
        await sandbox.bot.send_message(GROUP, "21")


async def test_a_bot_writes_30_times_a_second_in_all(sandbox: Sandbox) -> None:
    writes = [sandbox.call("sendMessage", chat_id=AYSE, text=str(number)) for number in range(31)]
    statuses = sorted([status for status, _ in await asyncio.gather(*writes)])
    assert statuses == [200] * 30 + [429]


async def test_without_limits_nothing_is_counted(open_sandbox: OpenSandbox) -> None:
    sandbox = await open_sandbox(limits=False)
    for number in range(40):
        await sandbox.bot.send_message(GROUP, f"{number}")
    assert sandbox.server.breaches == 0


async def test_an_answer_can_be_lost_after_the_deed(sandbox: Sandbox) -> None:
    sandbox.server.faults.add("sendMessage", reset_after())
    with pytest.raises(TelegramNetworkError):
        await sandbox.bot.send_message(AYSE, "ulaştı mı?")
    assert sandbox.server.messages(AYSE)[-1]["text"] == "ulaştı mı?"
    call = sandbox.server.calls[-1]
    assert (call.method, call.ok, call.fault, call.params["chat_id"]) == ("sendMessage", True, "reset_after", AYSE)


async def test_a_connection_can_break_before_the_deed(sandbox: Sandbox) -> None:
    sandbox.server.faults.add("sendMessage", reset_before())
    with pytest.raises(TelegramNetworkError):
        await sandbox.bot.send_message(AYSE, "ulaşmadı")
    assert [message["text"] for message in sandbox.server.messages(AYSE)] == ["/start"]
    assert (sandbox.server.calls[-1].ok, sandbox.server.calls[-1].fault) == (False, "reset_before")


async def test_the_third_call_can_fail_alone(sandbox: Sandbox) -> None:
    body = {"ok": False, "error_code": 500, "description": "Internal Server Error"}
    sandbox.server.faults.add("sendMessage", error(500, body), after=2)
    outcomes = [await sandbox.call("sendMessage", chat_id=AYSE, text=str(number)) for number in range(4)]
    assert [status for status, _ in outcomes] == [200, 200, 500, 200]
    assert outcomes[2][1] == body


async def test_a_proxys_page_is_no_json(sandbox: Sandbox) -> None:
    sandbox.server.faults.add("sendMessage", html_502())
    with pytest.raises(ClientDecodeError):
        await sandbox.bot.send_message(AYSE, "Merhaba")
    assert sandbox.server.calls[-1].fault == "error"


async def test_a_slow_answer_comes_in_the_end(sandbox: Sandbox) -> None:
    sandbox.server.faults.add("getMe", delay(0.1))
    started = time.monotonic()
    await sandbox.bot.get_me()
    assert time.monotonic() - started >= 0.1


async def test_a_fault_can_meet_every_method(sandbox: Sandbox) -> None:
    refusal = {"ok": False, "error_code": 503, "description": "Service Unavailable"}
    sandbox.server.faults.add("*", error(503, refusal), times=2)
    for broken in (sandbox.bot.get_me(), sandbox.bot.send_message(AYSE, "Merhaba")):
        with pytest.raises(TelegramServerError):
            await broken
    assert (await sandbox.bot.get_me()).id == sandbox.bot.id


def test_plans_of_one_method_follow_one_another() -> None:
    faults = Faults()
    faults.add("send", reset_before(), after=1)
    faults.add("send", reset_after(), times=2)
    kinds = [outcome and outcome.kind for outcome in (faults.take("send") for _ in range(5))]
    assert kinds == [None, "reset_before", "reset_after", "reset_after", None]
    faults.add("send", reset_after())
    faults.clear()
    assert faults.take("send") is None


async def test_the_log_tells_refusals_and_readable_parameters(sandbox: Sandbox) -> None:
    await sandbox.call("sendMessage", chat_id=AYSE, text="")
    await sandbox.bot.send_document(AYSE, BufferedInputFile(b"%PDF", "a.pdf"))
    refused, sent = sandbox.server.calls[-2:]
    assert (refused.ok, refused.error) == (False, "Bad Request: message text is empty")
    [upload] = [value for value in sent.params.values() if isinstance(value, dict)]
    assert (upload["name"], upload["size"]) == ("a.pdf", 4)
    assert [call.index for call in sandbox.server.calls] == [0, 1]


async def test_the_server_listens_on_loopback_only(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="loopback"):
        await sandbox.server.start("192.0.2.1")
