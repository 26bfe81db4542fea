"""Slots: the calls under way, counted by crowd, so that no channel and nobody's files take the places of all others."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from bot.domain.ledger import Errand
from store import db, outbox_claim

OF_A_CHANNEL = 32
"""So many calls of one channel may be under way; one that hangs fills its own places and no other's."""


class Slots:
    """Errands that are being worked on, one task each; `ended` is told whenever one of them is not any more."""

    def __init__(self, ended: Callable[[], None]) -> None:
        self._ended = ended
        self._running: dict[asyncio.Task[None], Errand] = {}

    def start(self, errand: Errand, work: Coroutine[Any, Any, None]) -> None:
        task = db.spawn(work, f"outbox-{errand.id}")
        self._running[task] = errand
        task.add_done_callback(self._finished)

    def busy(self) -> Counter[str]:
        """How many are under way of each crowd (`outbox_claim.crowds`)."""
        running = self._running.values()
        return Counter(crowd for one in running for crowd in outbox_claim.crowds(one.channel, one.lane, one.ticket_id))

    def ids(self) -> list[int]:
        return [errand.id for errand in self._running.values()]

    async def stop(self, patience: float) -> None:
        """Let the calls under way come to their end, for so many seconds; the outcome of the others is unknown."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def empty(self) -> None:
        """Wait until nothing of what is under way now is any more."""
        if self._running:
            await asyncio.wait(self._running)

    def __len__(self) -> int:
        return len(self._running)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        self._ended()
