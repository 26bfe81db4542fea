"""Does work get done? Readiness looks at the age of the oldest waiting row, never at "is the process there"."""

from collections.abc import Callable, Mapping

from bot.helpdesk import HelpDesk
from bot.measures import OLDEST, PARKED, TICKETS, WAITING
from store import inbox, outbox, tickets
from store.door import DoorState

OLDEST_ALLOWED_MS = 60_000

Trouble = Callable[[], Mapping[str, str]]
"""Tells what is wrong right now: a name and its state, empty when all is well."""


class Readiness:
    """Looks into both doors and asks the pollers and channels; `troubles` are what they say."""

    def __init__(self, helpdesk: HelpDesk, troubles: Trouble) -> None:
        self._helpdesk = helpdesk
        self._troubles = troubles

    async def readiness(self) -> tuple[bool, dict[str, object]]:
        """Ready or not, with the reasons and the figures they rest on."""
        now = self._helpdesk.now()
        doors = {"inbox": await inbox.state(now), "outbox": await outbox.state(now)}
        reasons = [f"{name}: {what}" for name, what in self._troubles().items()]
        reasons += [
            f"{name}: oldest waiting row is {age // 1000} s old"
            for name, door in doors.items()
            if (age := _age(door, now)) > OLDEST_ALLOWED_MS
        ]
        figures = {name: {"waiting": door.waiting, "parked": door.parked} for name, door in doors.items()}
        return not reasons, {"reasons": reasons, **figures}

    async def measure(self) -> None:
        """Bring the gauges up to date."""
        now = self._helpdesk.now()
        for name, door in (("inbox", await inbox.state(now)), ("outbox", await outbox.state(now))):
            WAITING.labels(name).set(door.waiting)
            PARKED.labels(name).set(door.parked)
            OLDEST.labels(name).set(_age(door, now) / 1000)
        for status, count in (await tickets.count_by_status()).items():
            TICKETS.labels(status).set(count)


def _age(door: DoorState, now: int) -> int:
    return 0 if door.oldest_waiting_at is None else max(0, now - door.oldest_waiting_at)
