"""What `/readyz` and the gauges say: whether work gets done, never "is the process there"."""

from bot.health.register import Register
from bot.health.watch import Watch
from bot.helpdesk import HelpDesk
from bot.measures import OLDEST, PARKED, TICKETS, WAITING
from bot.shares import HOUSEKEEPING
from store import inbox, outbox, tickets
from store.door import DoorState

UNWATCHED_SECONDS = 60.0
RARELY = 1_000
"""Counting all tickets takes no more than this part of the time, however many they are."""


class Readiness:
    """Tells what the register holds, and the figures of both doors."""

    def __init__(self, helpdesk: HelpDesk, register: Register, watch: Watch) -> None:
        self._helpdesk = helpdesk
        self._register = register
        self._watch = watch
        self._count_at = 0.0

    async def readiness(self) -> tuple[bool, dict[str, object]]:
        """Ready or not, and why; ready with reasons is `degraded`."""
        reasons = [
            f"{trouble}: {detail}" if detail else str(trouble) for trouble, detail in self._register.active.items()
        ]
        ready = not self._register.is_red
        if self._watch.idle_seconds > UNWATCHED_SECONDS:
            ready = False
            reasons.append(f"watch: nobody has looked for {self._watch.idle_seconds:.0f} s")
        figures = {
            name: {"waiting": door.waiting, "parked": door.parked} for name, door in (await self._doors()).items()
        }
        return ready, {"degraded": ready and bool(reasons), "reasons": reasons, **figures}

    async def measure(self) -> None:
        """Bring the gauges up to date; how many tickets there are tells one worker, who holds the housekeeping."""
        for name, door in (await self._doors()).items():
            WAITING.labels(name).set(door.waiting)
            PARKED.labels(name).set(door.parked)
            OLDEST.labels(name).set(door.age(self._helpdesk.now()) / 1000)
        if self._helpdesk.shares.holds(HOUSEKEEPING):
            await self._count()
        else:
            TICKETS.clear()  # or what was true when we held it would stand there for ever
            self._count_at = 0.0

    async def _count(self) -> None:
        clock = self._helpdesk.clock
        began_at = clock.monotonic()
        if began_at < self._count_at:
            return
        for status, count in (await tickets.count_by_status()).items():
            TICKETS.labels(status).set(count)
        ended_at = clock.monotonic()
        self._count_at = ended_at + (ended_at - began_at) * RARELY

    async def _doors(self) -> dict[str, DoorState]:
        now = self._helpdesk.now()
        return {"inbox": await inbox.state(now), "outbox": await outbox.state(now)}
