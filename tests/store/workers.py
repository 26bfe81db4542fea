"""Workers of one database, as far as their shares of the work go."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from bot.helpdesk import HelpDesk
from bot.shares import TASKS, Shares
from config.partnership import Partnership
from tests.builders import house

LONG_MS, SHORT_MS = 60_000, 150


class Worker:
    """One process's part, on a clock of its own for what it may rely on."""

    def __init__(self, name: str, folder: Path, lease_ms: int = LONG_MS) -> None:
        self.recovered = 0
        self.seconds = 0.0
        self.recovering: Callable[[], Awaitable[None]] | None = None
        self.helpdesk: HelpDesk = replace(house(folder).helpdesk, epoch=name, shares=Shares(clock=lambda: self.seconds))
        self.part = Partnership(self.helpdesk, self._recover, lease_ms)

    async def _recover(self) -> None:
        if self.recovering is not None:
            await self.recovering()
        self.recovered += 1

    @property
    def lanes(self) -> frozenset[int]:
        return self.helpdesk.shares.lanes()

    @property
    def tasks(self) -> set[str]:
        return {task for task in TASKS if self.helpdesk.shares.holds(task)}


async def settled(*workers: Worker) -> None:
    """Everybody has what is theirs."""
    for _ in range(4):
        for worker in workers:
            await worker.part.beat()
