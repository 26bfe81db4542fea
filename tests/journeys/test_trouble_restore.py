"""A copy is made while the desk runs, and restored later: what the group is told, and what the customer gets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.sandbox.page.cast import AYSE, ELIF, ZEYNEP
from adapters.sandbox.players import General, Phone, comes_true
from adapters.sandbox.world import World
from config.app import App, opened
from config.database import backed_up, restored
from config.settings import Settings
from store.dialect import Dialect
from store.sql import rows
from tests.journeys.agents_desk import answered, heard, opened_ticket

DAY_AND_AN_HOUR = 25 * 3600.0
WORDS = "Kablo takılı mı?"


@pytest.fixture
def backend() -> Dialect:
    """PostgreSQL has tools of its own for this."""
    return Dialect.SQLITE


@asynccontextmanager
async def desk_open(world: World, settings: Settings) -> AsyncIterator[App]:
    async with opened(settings) as app:
        world.whatsapp.webhook_url = f"http://127.0.0.1:{app.port}/webhooks/whatsapp"
        yield app


async def nothing_waits() -> bool:
    """Besides what is parked."""
    return not await rows("SELECT id FROM outbox WHERE state IN ('pending', 'sending')")


async def words_arrived() -> bool:
    """A receipt that came after the restore would tell that the answer went out, and nobody would be asked."""
    return bool(await rows("SELECT id FROM message WHERE author = 'agent' AND delivery = 'delivered'"))


async def test_what_went_out_since_the_copy_does_not_go_out_again(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    ayse, zeynep, copy = Phone(world, AYSE.key), Phone(world, ZEYNEP.key), tmp_path / "copy.sqlite3"
    async with desk_open(world, settings):
        desk = await opened_ticket(world, ayse)
        world.clock.move(DAY_AND_AN_HOUR)
        desk.writes(ELIF.user_id, WORDS)
        await desk.shows("😴", "müşteri yazınca")
        await comes_true(nothing_waits, "the line in the topic to be settled")
        backed_up(settings.database_url, copy)
        ayse.says("Orada mısınız?")
        await ayse.hears(WORDS)
        await comes_true(words_arrived, "the last receipt to be there")
        zeynep.says("Faturam nerede")
        await zeynep.hears("#2026-000002")
    await restored(settings.database_url, copy)
    async with desk_open(world, settings):
        await General(world).shows("⏸", "ondan sonra yazılanlar", "1 ileti bekletildi")
        await desk.shows("⏸", "gitmiş olabilir", WORDS)
        ayse.says("Takılı, ama yine çalışmıyor")
        await desk.shows("👤", "Takılı, ama")
        await answered(world, ayse, desk)
        assert heard(ayse).count(WORDS) == 1
        desk.presses(ELIF.user_id, "Yeniden gönder")
        await ayse.hears(WORDS)
        await answered(world, ayse, desk, "Tamam mı?")
        assert heard(ayse).count(WORDS) == 2, "one press, one message"
        zeynep.says("Merhaba, faturam nerede?")
        await zeynep.hears("#2026-001002")
