"""Time that never jumps, in the form APScheduler asks for it."""

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo

from apscheduler.triggers.base import BaseTrigger

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING = timedelta()


class SteadyZone(tzinfo):
    """Whoever asks what time it is here is told the event loop's own time, by which they are also woken up.

    APScheduler asks its zone for every *now*. On wall time a clock set back by hours would put every job off for these
    hours, and one set forward by a month would have millions of missed turns counted.
    """

    def fromutc(self, _: datetime) -> datetime:
        """Now, whatever the machine's clock shows; from an instant of another zone nothing can be told."""
        return (_BEGINNING + timedelta(seconds=asyncio.get_running_loop().time())).replace(tzinfo=self)

    def utcoffset(self, _: datetime | None) -> timedelta:
        return _NOTHING

    def dst(self, _: datetime | None) -> timedelta:
        return _NOTHING

    def tzname(self, _: datetime | None) -> str:
        return "steady"


class Every:
    """A trigger: at once, then so many seconds after each time. Turns that were missed are not made up for."""

    def __init__(self, seconds: float) -> None:
        self._pause = timedelta(seconds=seconds)

    def get_next_fire_time(self, before: datetime | None, now: datetime) -> datetime:
        return now if before is None else now + self._pause


BaseTrigger.register(Every)
