"""What Graph tells of a template: its variables, its buttons, and what else it would want."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.whatsapp import WhatsAppServer
from adapters.whatsapp.account import described
from adapters.whatsapp.channel import WhatsAppChannel
from bot.domain.account import Fault, fault_of

BODY = {"type": "BODY", "text": "{{1}} numaralı talebinize yanıtımız var."}
REPLY = {"type": "QUICK_REPLY", "text": "Göster"}


def template(*components: dict[str, Any], **fields: Any) -> dict[str, Any]:
    usual = {"name": "x", "language": "tr", "status": "APPROVED", "components": list(components)}
    return usual | fields


def buttons(*items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "BUTTONS", "buttons": list(items)}


FITTING = [
    template(BODY, buttons(REPLY)),
    template(
        {"type": "HEADER", "format": "TEXT", "text": "Gişe"}, BODY, {"type": "FOOTER", "text": "-"}, buttons(REPLY)
    ),
    template(BODY, buttons(REPLY, {"type": "URL", "text": "Site", "url": "https://example.org/"})),
    template({"type": "body", "text": "{{1}} … {{ 1 }}"}, buttons(REPLY, REPLY, REPLY)),
    template(BODY, buttons(REPLY), parameter_format="POSITIONAL"),
]
MISFITS = [
    (Fault.PARAMETERS, template()),
    (Fault.PARAMETERS, template({"type": "BODY", "text": "Yanıtımız var."}, buttons(REPLY))),
    (Fault.PARAMETERS, template({"type": "BODY", "text": "{{1}} {{2}}"}, buttons(REPLY))),
    (Fault.PARAMETERS, template({"type": "BODY", "text": "{{number}}"}, buttons(REPLY), parameter_format="NAMED")),
    (Fault.PARAMETERS, template({"type": "BODY", "text": "{{number}}"}, buttons(REPLY))),
    (Fault.PARAMETERS, template({"type": "HEADER", "format": "TEXT", "text": "{{1}}"}, BODY, buttons(REPLY))),
    (Fault.PARAMETERS, template({"type": "HEADER", "format": "IMAGE"}, BODY, buttons(REPLY))),
    (Fault.PARAMETERS, template(BODY, buttons(REPLY, {"type": "URL", "url": "https://example.org/{{1}}"}))),
    (Fault.PARAMETERS, template(BODY, buttons(REPLY, {"type": "COPY_CODE"}))),
    (Fault.BUTTONS, template(BODY)),
    (Fault.BUTTONS, template(BODY, buttons({"type": "URL", "url": "https://example.org/"}, REPLY))),
    (Fault.BUTTONS, template(BODY, buttons({"type": "PHONE_NUMBER", "phone_number": "+905550000000"}))),
    (Fault.PAUSED, template(BODY, buttons(REPLY), status="PAUSED")),
]


@pytest.mark.parametrize("listed", FITTING)
def test_a_template_that_the_knock_can_fill_fits(listed: dict[str, Any]) -> None:
    assert fault_of(described(listed), "answer") is None


@pytest.mark.parametrize(("fault", "listed"), MISFITS)
def test_a_template_that_would_be_refused_is_known_before(fault: Fault, listed: dict[str, Any]) -> None:
    assert fault_of(described(listed), "answer") is fault


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"components": None, "quality_score": "GREEN", "status": 7, "name": None},
        {"components": ["x", None, {"type": "BUTTONS", "buttons": {"type": "URL"}}, {"type": None}]},
        {"components": [{"type": "BUTTONS", "buttons": [None, 1, {"type": ["URL"]}]}]},
    ],
)
def test_an_odd_answer_of_graph_breaks_nothing(odd: dict[str, Any]) -> None:
    assert described(odd).parameters == 0


@pytest.fixture
async def graph(tmp_path: Path) -> AsyncIterator[WhatsAppServer]:
    server = WhatsAppServer(SandboxClock(tmp_path / "clock"), Changes())
    await server.start()
    yield server
    await server.stop()


async def test_all_pages_of_templates_are_read_in_every_status(graph: WhatsAppServer) -> None:
    statuses = ("APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL")
    for nth in range(230):
        graph.add_template(f"one_{nth}", "tr", "{{1}}", status=statuses[nth % len(statuses)])
    channel = WhatsAppChannel(graph.token, graph.phone_number_id, graph.business_account_id, graph.base_url)
    report = await channel.inspect()
    await channel.close()
    assert sum(one.name.startswith("one_") for one in report.templates) == 230
    assert {one.status for one in report.templates} == set(statuses)
    asked = [call.params for call in graph.calls if call.method == "message_templates"]
    assert len(asked) == 3
    assert all("components" in params["fields"] for params in asked)


async def test_without_a_business_account_only_the_number_is_read(graph: WhatsAppServer) -> None:
    graph.set_number(quality="YELLOW", status="FLAGGED", limit="TIER_10K")
    channel = WhatsAppChannel(graph.token, graph.phone_number_id, api_base=graph.base_url)
    report = await channel.inspect()
    await channel.close()
    assert (report.quality, report.status, report.limit) == ("YELLOW", "FLAGGED", "TIER_10K")
    assert (report.examined, report.templates) == (False, ())
