"""A machine whose clock is set back by hours while people write."""

from adapters.sandbox.faults import error
from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Phone, comes_true, topic
from adapters.sandbox.world import World
from store.sql import rows

NUMBER = "#2026-000001"
HOUR = 3600.0
LATER = error(429, {"ok": False, "error_code": 429, "description": "later", "parameters": {"retry_after": 2}})


async def test_a_clock_that_is_set_back_by_hours_holds_up_nobodys_words(world: World, zeynep: Phone) -> None:
    zeynep.says("Yazıcı çalışmıyor")
    await zeynep.hears(NUMBER)
    desk = await topic(world, NUMBER)
    world.telegram.faults.add("sendMessage", LATER)
    desk.writes(ELIF.user_id, "Birinci")

    async def waiting() -> bool:
        return bool(await rows("SELECT id FROM outbox WHERE state = 'pending' AND error <> ''"))

    await comes_true(waiting, "an answer that Telegram wants to have later")
    world.clock.move(-3 * HOUR)
    desk.writes(ELIF.user_id, "İkinci")
    await zeynep.hears("Birinci")
    await zeynep.hears("İkinci")
    zeynep.says("Acelem var")
    await desk.shows("Acelem var")
