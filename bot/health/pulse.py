"""The event loop's own pulse: how late it is, and how many tasks it carries."""

import asyncio

from bot.measures import LOOP_LAG, TASKS
from bot.ports import Clock

BEAT_SECONDS = 0.1


async def beat(clock: Clock) -> None:
    """Measure until cancelled."""
    while True:
        slept_at = clock.monotonic()
        await asyncio.sleep(BEAT_SECONDS)
        LOOP_LAG.observe(max(0.0, clock.monotonic() - slept_at - BEAT_SECONDS))
        TASKS.set(len(asyncio.all_tasks()))
