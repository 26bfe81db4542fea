"""Words never wait for a file: a slow one follows, a lost one is named."""

from adapters.sandbox.faults import delay, error
from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Phone, Topic, seen, topic
from adapters.sandbox.world import World

NUMBER = "#2026-000001"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


async def _ticket(world: World, customer: Phone) -> Topic:
    customer.says("Fatura açılmıyor")
    await customer.hears(NUMBER)
    return await topic(world, NUMBER)


def _has_file(desk: Topic, name: str) -> bool:
    return any(message.get("file", {}).get("name") == name for message in desk.messages)


async def test_a_slow_file_leaves_a_line_and_follows_the_words_behind_it(world: World, ayse: Phone) -> None:
    desk = await _ticket(world, ayse)
    world.whatsapp.faults.add("download", delay(6.0))
    ayse.sends("document", PDF, name="fatura.pdf", mime="application/pdf", caption="Fatura bu")
    ayse.says("Kasım ayı için")
    await desk.shows("Fatura bu", "dosya yolda")
    await desk.shows("Kasım ayı için")
    await seen(world, lambda: _has_file(desk, "fatura.pdf"), "the file to follow")


async def test_a_file_that_cannot_be_fetched_is_tried_again_without_holding_up_words(world: World, ayse: Phone) -> None:
    desk = await _ticket(world, ayse)
    world.whatsapp.faults.add("download", error(503, {"error": {"code": 131016, "message": "down"}}), times=2)
    ayse.sends("document", PDF, name="fatura.pdf", mime="application/pdf")
    ayse.says("Kasım ayı için")
    await desk.shows("Kasım ayı için")
    await seen(world, lambda: _has_file(desk, "fatura.pdf"), "the file after the trouble")


async def test_an_agents_slow_file_does_not_hold_up_the_answer_behind_it(world: World, ayse: Phone) -> None:
    desk = await _ticket(world, ayse)
    world.telegram.faults.add("file", delay(6.0))
    desk.sends(ELIF.user_id, "document", PDF, name="kilavuz.pdf", mime="application/pdf")
    desk.writes(ELIF.user_id, "Üçüncü sayfaya bakın.")
    await ayse.hears("Üçüncü sayfaya bakın.")
    await seen(world, lambda: any(m.get("file", {}).get("name") == "kilavuz.pdf" for m in ayse.messages), "the file")
