"""`gise demo`: the sandbox's platforms, and the unchanged application opened against them."""

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.sandbox.world import World
from config.app import opened
from config.logs import set_up_logging
from config.script import play
from config.settings import load_settings

TEMPLATES = {
    "GISE_WHATSAPP__TEMPLATE_ANSWER": "gise_answer_waiting",
    "GISE_WHATSAPP__TEMPLATE_REMINDER": "gise_reminder",
    "GISE_WHATSAPP__TEMPLATE_CLOSED": "gise_closed",
    "GISE_WHATSAPP__TEMPLATE_NO_NEWS": "gise_no_news",
}
"""The sandbox's account has these approved, in both languages."""


def run_demo(port: int, script: bool) -> int:
    """Serve the page until Ctrl-C, or play a ticket's life on each channel; returns the exit code."""
    set_up_logging("ERROR", secrets=())
    return asyncio.run(_script() if script else _page(port))


@asynccontextmanager
async def sandbox(page_port: int = 0, *, limits: bool = True) -> AsyncIterator[World]:
    """A fresh world with Gişe open against it; nothing real is reached from here, and nothing is kept.

    Without `limits` the platforms set no rates, and Gişe keeps none in the agents' group.
    """
    with tempfile.TemporaryDirectory(prefix="gise-demo-") as folder:
        world = World(Path(folder), limits=limits)
        await world.start(page_port)
        try:
            own = {"GISE_DATA_DIR": f"{folder}/data", "GISE_HTTP__PORT": "0"}
            if not limits:
                own["GISE_TELEGRAM__GROUP_WRITES_PER_MINUTE"] = "0"
            async with opened(load_settings(world.environment() | TEMPLATES | own, None)) as app:
                world.whatsapp.webhook_url = f"http://127.0.0.1:{app.port}/webhooks/whatsapp"
                yield world
        finally:
            await world.stop()


async def _page(port: int) -> int:
    async with sandbox(port) as world:
        print(f"\n  Gişe sandbox: {world.page_url}\n  Ctrl-C ends it; nothing is kept.\n", flush=True)
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await stop.wait()
    return 0


async def _script() -> int:
    """One life on each channel, told faster than a group's twenty writes a minute would allow."""
    for channel in ("whatsapp", "telegram"):
        async with sandbox(limits=False) as world:
            await play(world, channel)
    return 0
