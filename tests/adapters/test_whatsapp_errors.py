"""Failures over real HTTP become a SendError that tells the truth about what may have been sent."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.faults import Outcome, delay, error, html_502, reset_after, reset_before
from adapters.sandbox.whatsapp import WhatsAppServer
from adapters.whatsapp.channel import WhatsAppChannel
from adapters.whatsapp.errors import explain
from bot.domain.errors import Reach, SendError
from bot.domain.message import Kind
from bot.domain.outgoing import Address, LocalFile, Part, Template

AYSE = "905550000001"
TO_AYSE = Address(chat=AYSE)


@pytest.fixture
async def graph(tmp_path: Path) -> AsyncIterator[WhatsAppServer]:
    server = WhatsAppServer(SandboxClock(tmp_path / "clock"), Changes())
    server.add_contact(AYSE, "Ayşe Yılmaz")
    await server.start()
    server.say(AYSE, "Merhaba")
    yield server
    await server.stop()


@pytest.fixture
async def channel(graph: WhatsAppServer) -> AsyncIterator[WhatsAppChannel]:
    channel = WhatsAppChannel(graph.token, graph.phone_number_id, api_base=graph.base_url)
    yield channel
    await channel.close()


async def failure(channel: WhatsAppChannel, part: Part | None = None, file: LocalFile | None = None) -> SendError:
    with pytest.raises(SendError) as caught:
        await channel.send(TO_AYSE, part or Part(text="Merhaba"), file=file)
    return caught.value


def graph_error(code: int, status: int = 400, **more: object) -> Outcome:
    body = {"message": f"(#{code}) told", "type": "OAuthException", "code": code, "fbtrace_id": "A1"} | more
    return error(status, {"error": body})


# code: key, retryable, reach
CODES = {
    131047: ("send-error-window", False, Reach.MESSAGE),
    131056: ("send-error-rate", True, Reach.MESSAGE),
    130429: ("send-error-rate", True, Reach.SENDER),
    80007: ("send-error-rate", True, Reach.SENDER),
    4: ("send-error-rate", True, Reach.SENDER),
    131048: ("send-error-rate", False, Reach.CHANNEL),
    190: ("send-error-auth", False, Reach.CHANNEL),
    0: ("send-error-auth", False, Reach.CHANNEL),
    3: ("send-error-auth", False, Reach.CHANNEL),
    10: ("send-error-auth", False, Reach.CHANNEL),
    200: ("send-error-auth", False, Reach.CHANNEL),
    299: ("send-error-auth", False, Reach.CHANNEL),
    368: ("send-error-auth", False, Reach.CHANNEL),
    131031: ("send-error-auth", False, Reach.CHANNEL),
    133010: ("send-error-auth", False, Reach.CHANNEL),
    131026: ("send-error-not-reachable", False, Reach.RECIPIENT),
    131030: ("send-error-not-reachable", False, Reach.RECIPIENT),
    131049: ("send-error-not-reachable", False, Reach.MESSAGE),
    131050: ("send-error-blocked", False, Reach.MESSAGE),
    100: ("send-error-bad-request", False, Reach.MESSAGE),
    131008: ("send-error-bad-request", False, Reach.MESSAGE),
    131009: ("send-error-bad-request", False, Reach.MESSAGE),
    131051: ("send-error-bad-request", False, Reach.MESSAGE),
    131052: ("send-error-media-gone", False, Reach.MESSAGE),
    131053: ("send-error-media-type", False, Reach.MESSAGE),
    132000: ("send-error-template-parameters", False, Reach.MESSAGE),
    132001: ("send-error-template-missing", False, Reach.MESSAGE),
    132005: ("send-error-template-parameters", False, Reach.MESSAGE),
    132007: ("send-error-template-rejected", False, Reach.MESSAGE),
    132008: ("send-error-template-parameters", False, Reach.MESSAGE),
    132012: ("send-error-template-parameters", False, Reach.MESSAGE),
    132015: ("send-error-template-paused", False, Reach.MESSAGE),
    132016: ("send-error-template-disabled", False, Reach.MESSAGE),
    132018: ("send-error-template", False, Reach.MESSAGE),
    132068: ("send-error-template", False, Reach.MESSAGE),
    131000: ("send-error-vendor", True, Reach.MESSAGE),
    131016: ("send-error-vendor", True, Reach.MESSAGE),
    131057: ("send-error-vendor", True, Reach.MESSAGE),
    999999: ("send-error-vendor", False, Reach.MESSAGE),
}


@pytest.mark.parametrize("code", CODES)
async def test_a_refusal_means_what_its_code_means(graph: WhatsAppServer, channel: WhatsAppChannel, code: int) -> None:
    graph.faults.add("messages", graph_error(code))
    refused, late = await failure(channel), explain(str(code))
    for told in (refused, late):
        assert (told.key, told.retryable, told.reach) == CODES[code]
        assert told.certain
        assert told.window_closed == (code == 131047)
        assert (told.retry_after > 0) == told.retryable
        assert told.code == str(code)


@pytest.mark.parametrize("code", ["", "x", "-1", "²", "9" * 5000])
def test_a_code_that_is_none_is_a_permanent_failure(code: str) -> None:
    assert (explain(code).key, explain(code).retryable) == ("send-error-vendor", False)


HTML = {"Content-Type": "text/html"}
UNKNOWN_OUTCOMES = {
    "connection lost before": reset_before(),
    "answer lost": reset_after(),
    "HTML 502": html_502(),
    "HTML 200": error(200, "<html>hello</html>", HTML),
    "HTML 403": error(403, "<html>blocked</html>", HTML),
    "empty 200": error(200, ""),
    "list 200": error(200, [1]),
    "no id 200": error(200, {"messages": []}),
    "odd id 200": error(200, {"messages": [{"id": None}]}),
    "error without fields": error(400, {"error": {}}),
    "error as text": error(400, {"error": "no"}),
    "own 500": graph_error(131000, 500),
    "own 503": graph_error(131016, 503),
    "refusal in a 500": graph_error(131009, 500),
}


@pytest.mark.parametrize("outcome", UNKNOWN_OUTCOMES.values(), ids=UNKNOWN_OUTCOMES.keys())
async def test_an_unknown_outcome_is_called_one(
    graph: WhatsAppServer, channel: WhatsAppChannel, outcome: Outcome
) -> None:
    graph.faults.add("messages", outcome)
    told = await failure(channel)
    assert not told.certain
    assert told.retryable
    assert told.reach is Reach.MESSAGE


async def test_an_answer_that_takes_too_long_is_an_unknown_outcome(graph: WhatsAppServer) -> None:
    hasty = WhatsAppChannel(graph.token, graph.phone_number_id, api_base=graph.base_url, timeout_seconds=0.2)
    graph.faults.add("messages", delay(0.5))
    told = await failure(hasty)
    await hasty.close()
    assert (told.key, told.certain, told.retryable) == ("send-error-unknown-outcome", False, True)


async def test_a_pause_that_is_asked_for_is_kept(graph: WhatsAppServer, channel: WhatsAppChannel) -> None:
    body = {"error": {"message": "slow down", "type": "OAuthException", "code": 130429}}
    graph.faults.add("messages", error(429, body, {"Retry-After": "17"}))
    assert (await failure(channel)).retry_after == 17
    graph.faults.add("messages", error(429, "<html>busy</html>", {"Retry-After": "33"} | HTML))
    told = await failure(channel)
    assert (told.key, told.certain, told.retry_after) == ("send-error-rate", True, 33)


async def test_a_passing_refusal_may_be_tried_again(graph: WhatsAppServer, channel: WhatsAppChannel) -> None:
    graph.faults.add("messages", graph_error(131009, is_transient=True))
    told = await failure(channel)
    assert (told.certain, told.retryable) == (True, True)


async def test_without_a_connection_nothing_was_sent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: refuses
        channel = WhatsAppChannel("token", "1", api_base=f"http://127.0.0.1:{taken.getsockname()[1]}")
        told = await failure(channel)
        await channel.close()
    assert (told.key, told.certain, told.retryable) == ("send-error-network", True, True)


async def test_a_wrong_token_stops_the_channel(graph: WhatsAppServer) -> None:
    channel = WhatsAppChannel("EAAWRONG", graph.phone_number_id, api_base=graph.base_url)
    told = await failure(channel)
    await channel.close()
    assert (told.key, told.reach, told.certain) == ("send-error-auth", Reach.CHANNEL, True)


async def test_a_shut_window_is_told_at_once_or_late(graph: WhatsAppServer, channel: WhatsAppChannel) -> None:
    graph.window_errors = "sync"
    graph.shut_window(AYSE)
    assert (await failure(channel)).window_closed


async def test_an_unknown_template_is_named_as_the_reason(graph: WhatsAppServer, channel: WhatsAppChannel) -> None:
    told = await failure(channel, Part(template=Template(name="nowhere", language="tr")))
    assert (told.key, told.code, told.certain) == ("send-error-template-missing", "132001", True)
    assert graph.messages(AYSE)[-1]["from"] == "customer"


@pytest.mark.parametrize("outcome", [reset_after(), html_502(), graph_error(131000, 500)])
async def test_a_failed_upload_sends_nothing(
    graph: WhatsAppServer, channel: WhatsAppChannel, tmp_path: Path, outcome: Outcome
) -> None:
    graph.faults.add("media", outcome)
    told = await failure(channel, Part(), a_photo(tmp_path))
    assert (told.certain, told.retryable) == (True, True)
    assert "messages" not in [call.method for call in graph.calls]


async def test_a_file_type_whatsapp_refuses_is_named(
    graph: WhatsAppServer, channel: WhatsAppChannel, tmp_path: Path
) -> None:
    told = await failure(channel, Part(), a_photo(tmp_path, Kind.DOCUMENT, "application/zip"))
    assert (told.key, told.certain, told.retryable) == ("send-error-media-type", True, False)
    assert [call.method for call in graph.calls] == ["media"]


def a_photo(folder: Path, kind: Kind = Kind.PHOTO, mime: str = "image/jpeg") -> LocalFile:
    path = folder / "stored"
    path.write_bytes(b"\xff\xd8\xff\xe0 picture")
    return LocalFile(kind=kind, name="stored", mime=mime, path=path)


async def test_a_base_with_a_version_is_kept() -> None:
    paths: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        paths.append(request.path)
        return web.json_response({"messages": [{"id": "wamid.1"}]})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    root = f"http://127.0.0.1:{runner.addresses[0][1]}"
    for base in (root, f"{root}/", f"{root}/v25.0", f"{root}/mock/v24.0/"):
        channel = WhatsAppChannel("token", "1", api_base=base)
        assert await channel.send(TO_AYSE, Part(text="x")) == "wamid.1"
        await channel.close()
    await runner.cleanup()
    assert paths == ["/v26.0/1/messages", "/v26.0/1/messages", "/v25.0/1/messages", "/mock/v24.0/1/messages"]


def test_what_a_vendor_says_is_not_in_the_sentence_that_tracebacks_show() -> None:
    error = explain("100", "(#100) Invalid parameter: Ayşe, yazıcı çalışmıyor")
    assert str(error) == "send-error-bad-request 100"
