"""An agents' group without topics: cards and relayed messages in one stream, answered by replying."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.sandbox.page.cast import DENIZ, ELIF, MERT
from adapters.sandbox.players import Drawn, General, Phone
from adapters.sandbox.world import World
from tests.journeys.agents_desk import heard, told, towards_customers


@pytest.fixture
def limits() -> bool:
    return False


@pytest.fixture
async def world(tmp_path: Path, limits: bool) -> AsyncIterator[World]:
    world = World(tmp_path, limits=limits, forum=False)
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
def group(world: World) -> General:
    return General(world)


async def relayed(group: General, *words: str) -> Drawn:
    return await group.shows("👤", *words)


async def test_two_tickets_share_the_stream_and_replies_find_theirs(
    world: World, group: General, ayse: Phone, zeynep: Phone
) -> None:
    ayse.says("Yazıcı çalışmıyor")
    hers = await relayed(group, "Ayşe", "Yazıcı")
    zeynep.says("Fatura gelmedi")
    theirs = await relayed(group, "Zeynep", "Fatura")
    group.writes(ELIF.user_id, "Kablo takılı mı?", reply_to=hers["id"])
    question = await ayse.hears("Kablo takılı mı?")
    assert question["reply_to"]["text"] == "Yazıcı çalışmıyor"
    group.writes(MERT.user_id, "Yeniden yolluyoruz", reply_to=theirs["id"])
    await zeynep.hears("Yeniden yolluyoruz")
    assert "Yeniden" not in heard(ayse)
    assert "Kablo" not in heard(zeynep)
    card = await group.shows("#2026-000002", "Müşteri: Zeynep")
    group.writes(MERT.user_id, "Kartına da yanıt verilir", reply_to=card["id"])
    await zeynep.hears("Kartına da yanıt verilir")


async def test_what_replies_to_nothing_stays_among_agents(world: World, group: General, ayse: Phone) -> None:
    ayse.says("Yazıcı çalışmıyor")
    hers = await relayed(group, "Yazıcı")
    aside = group.writes(ELIF.user_id, "Çay kanaryası isteyen?")
    group.writes(MERT.user_id, "Bana da kanarya", reply_to=aside)
    note = group.writes(ELIF.user_id, "// kanarya nottur", reply_to=hers["id"])
    group.writes(MERT.user_id, "nota söz, o da kanarya", reply_to=note)
    group.writes(ELIF.user_id, "Geliyoruz", reply_to=hers["id"])
    await ayse.hears("Geliyoruz")
    assert "kanarya" not in towards_customers(world)


async def test_commands_by_replying_and_buttons_on_the_card(world: World, group: General, either: Phone) -> None:
    either.says("Yazıcı çalışmıyor")
    words = await relayed(group, "Yazıcı")
    group.presses(ELIF.user_id, "Üstlen")
    await either.hears("inceleniyor")
    await group.shows("Sorumlu: Elif")
    await told(world, group, group.writes(ELIF.user_id, "/take"), "bir mesajını yanıtlayarak")
    postponed = group.writes(ELIF.user_id, "/postpone yarın 10:00", reply_to=words["id"])
    await either.hears("ertelendi")
    await told(world, group, postponed, "ertelendi: yarın 10:00")
    line = await group.shows("#2026-000001 ertelendi")
    group.writes(ELIF.user_id, "/propose Kabloyu takın", reply_to=line["id"])
    await either.hears("Kabloyu takın")
    either.presses("Reddet")
    line = await group.shows("❌", "reddetti")
    group.writes(ELIF.user_id, "Neresi olmadı?", reply_to=line["id"])
    await either.hears("Neresi olmadı?")
    group.writes(DENIZ.user_id, "/close telefonda", reply_to=words["id"])
    await either.hears("kapatıldı")


async def test_customers_photos_are_answered_by_replying(world: World, group: General, either: Phone) -> None:
    either.sends("photo", b"\xff\xd8\xff a screen", name="", mime="image/jpeg", caption="Ekran bu")
    photo = await relayed(group, "Ekran bu")
    assert photo["kind"] == "photo"
    data = b"%PDF-1.7 a guide"
    group.does(ELIF.user_id, "send_file", **document(data), caption="Kılavuz", reply_to=photo["id"])
    received = await either.hears("Kılavuz")
    assert received["kind"] == "document"
    assert received["reply_to"]["kind"] == "photo"


def document(data: bytes) -> dict[str, str]:
    return {
        "kind": "document",
        "data": base64.b64encode(data).decode(),
        "name": "kılavuz.pdf",
        "mime": "application/pdf",
    }
