"""What became of a call: Telegram's refusals and broken connections, met through the real client."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import SendMessage

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.faults import Outcome, error, html_502, reset_after, reset_before
from adapters.sandbox.telegram import TelegramServer
from adapters.telegram.channel import TelegramChannel
from adapters.telegram.errors import send_error
from bot.domain.errors import Missing, Reach, SendError
from bot.domain.message import Kind
from bot.domain.outgoing import Address, LocalFile, Part

AYSE = 700001
TO = Address(chat=str(AYSE))


def refusal(code: int, description: str, **parameters: int) -> Outcome:
    body = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return error(code, body)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[TelegramServer]:
    server = TelegramServer(SandboxClock(tmp_path / "offset"), Changes(), limits=False)
    server.add_user(AYSE, "Ayşe")
    server.say(AYSE, "Merhaba")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def channel(server: TelegramServer) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(server.token, now=lambda: 0, api_base=server.base_url)
    yield channel
    await channel.close()


async def failure(channel: TelegramChannel) -> SendError:
    with pytest.raises(SendError) as caught:
        await channel.send(TO, Part(text="x"))
    return caught.value


REFUSALS = (
    (403, "Forbidden: bot was blocked by the user", "blocked", Reach.RECIPIENT, None),
    (403, "Forbidden: user is deactivated", "chat-gone", Reach.RECIPIENT, None),
    (403, "Forbidden: bot can't initiate conversation with a user", "not-reachable", Reach.RECIPIENT, None),
    (403, "Forbidden: something of tomorrow", "not-reachable", Reach.RECIPIENT, None),
    (403, "Forbidden: bot was kicked from the supergroup chat", "chat-gone", Reach.RECIPIENT, None),
    (400, "Bad Request: chat not found", "chat-gone", Reach.RECIPIENT, None),
    (401, "Unauthorized", "auth", Reach.CHANNEL, None),
    (404, "Not Found", "auth", Reach.CHANNEL, None),
    (400, "Bad Request: message thread not found", "bad-request", Reach.MESSAGE, Missing.THREAD),
    (400, "Bad Request: message to edit not found", "bad-request", Reach.MESSAGE, Missing.MESSAGE),
    (400, "Bad Request: message to be replied not found", "bad-request", Reach.MESSAGE, Missing.MESSAGE),
    (400, "Bad Request: message is not modified: same content", "bad-request", Reach.MESSAGE, Missing.CHANGE),
    (400, "Bad Request: TOPIC_CLOSED", "rights", Reach.MESSAGE, Missing.OPEN_THREAD),
    (400, "Bad Request: not enough rights to create a topic", "rights", Reach.MESSAGE, None),
    (400, "Bad Request: wrong file identifier/HTTP URL specified", "media-gone", Reach.MESSAGE, None),
    (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", "media-type", Reach.MESSAGE, None),
    (400, "Bad Request: text of tomorrow", "bad-request", Reach.MESSAGE, None),
    (413, "Request Entity Too Large", "too-large", Reach.MESSAGE, None),
)


async def test_an_explicit_refusal_is_certain_final_and_says_how_far_it_reaches(
    server: TelegramServer, channel: TelegramChannel
) -> None:
    for code, description, key, reach, missing in REFUSALS:
        server.faults.add("sendMessage", refusal(code, description))
        met = await failure(channel)
        assert (met.key, met.certain, met.retryable) == (f"send-error-{key}", True, False), description
        assert (met.reach, met.missing, met.code) == (reach, missing, str(code)), description


async def test_a_flood_is_certain_and_tells_exactly_how_long_to_wait(
    server: TelegramServer, channel: TelegramChannel
) -> None:
    server.faults.add("sendMessage", refusal(429, "Too Many Requests: retry after 17", retry_after=17))
    met = await failure(channel)
    assert (met.key, met.certain, met.retryable, met.retry_after) == ("send-error-rate", True, True, 17.0)
    server.faults.add("sendMessage", refusal(429, "Too Many Requests"))
    met = await failure(channel)
    assert (met.key, met.certain, met.retryable, met.retry_after) == ("send-error-rate", True, True, 5.0)


async def test_a_moved_chat_tells_its_new_id(server: TelegramServer, channel: TelegramChannel) -> None:
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    server.faults.add("sendMessage", refusal(400, words, migrate_to_chat_id=-1005))
    met = await failure(channel)
    assert (met.key, met.certain, met.moved_to) == ("send-error-moved", True, "-1005")


@pytest.mark.parametrize(
    "trouble",
    [html_502, reset_before, reset_after, lambda: refusal(500, "Internal Server Error"), lambda: error(200, "oops")],
    ids=["html 502", "reset before", "reset after", "JSON 500", "not JSON"],
)
async def test_no_clear_answer_leaves_the_outcome_open(
    server: TelegramServer, channel: TelegramChannel, trouble: Callable[[], Outcome]
) -> None:
    server.faults.add("sendMessage", trouble())
    met = await failure(channel)
    assert (met.certain, met.retryable, met.reach) == (False, True, Reach.MESSAGE)


async def test_an_answer_of_a_shape_unknown_today_still_counts_as_sent(
    server: TelegramServer, channel: TelegramChannel
) -> None:
    odd = {"ok": True, "result": {"message_id": 77, "chat": {"id": AYSE, "type": "hologram"}, "forward_origin": 5}}
    server.faults.add("sendMessage", error(200, odd))
    assert await channel.send(TO, Part(text="x")) == f"{AYSE}:77"
    server.faults.add("sendMessage", error(200, {"ok": True, "result": {}}))
    assert not (await failure(channel)).certain


async def test_a_server_that_nobody_reaches_has_certainly_got_nothing(unused_tcp_port: int) -> None:
    channel = TelegramChannel("4242:SANDBOX", now=lambda: 0, api_base=f"http://127.0.0.1:{unused_tcp_port}")
    met = await failure(channel)
    await channel.close()
    assert (met.key, met.certain, met.retryable) == ("send-error-network", True, True)


def test_an_answer_that_takes_too_long_leaves_the_outcome_open() -> None:
    late = TelegramNetworkError(method=SendMessage(chat_id=AYSE, text="x"), message="Request timeout error")
    late.__cause__ = TimeoutError()
    met = send_error(late)
    assert (met.key, met.certain, met.retryable) == ("send-error-unknown-outcome", False, True)


async def test_what_cannot_be_sent_is_refused_before_any_call(
    server: TelegramServer, channel: TelegramChannel, tmp_path: Path
) -> None:
    lost = LocalFile(kind=Kind.PHOTO, name="x.png", mime="image/png", path=tmp_path / "lost.png")
    sticker = LocalFile(kind=Kind.STICKER, name="", mime="", ref="AgAD")
    with pytest.raises(SendError, match="send-error-media-gone"):
        await channel.send(TO, Part(), file=lost)
    with pytest.raises(SendError, match="send-error-bad-request"):
        await channel.send(TO, Part(text="words would be lost"), file=sticker)
    with pytest.raises(SendError, match="send-error-bad-request"):
        await channel.send(TO, Part(text="half an emoji \ud83d"))
    with pytest.raises(SendError, match="send-error-chat-gone"):
        await channel.send(Address(chat="@somebody"), Part(text="x"))
    assert server.calls == []


async def test_neither_token_nor_peoples_words_get_into_an_error(
    server: TelegramServer, channel: TelegramChannel
) -> None:
    server.faults.add("sendMessage", error(200, "<p>secret words of a customer</p>"))
    server.faults.add("sendMessage", refusal(400, "Bad Request: see /bot4242:SANDBOX/sendMessage"))
    for _ in range(2):
        told = str(await failure(channel))
        assert "SANDBOX" not in told
        assert "secret words" not in told
