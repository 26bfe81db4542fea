"""What can be looked at from inside the house: the doors, the database, the disk, parked updates, regular jobs."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from bot.domain.troubles import KINDS, Trouble
from bot.health.register import Register
from bot.health.watch import Check, Findings
from bot.helpdesk import HelpDesk
from bot.ports import Space
from store import inbox, outbox, probe

OLDEST_ALLOWED_MS = 40_000
"""With two looks, five seconds apart, this keeps the minute in which trouble has to show."""

LOW_BYTES, LOW_SHARE = 500 * 2**20, 0.05
FULL_BYTES = 100 * 2**20
GROWTH, GROWTH_MS = 5, 45_000
"""So many parked updates in so short a time are more than one strange message."""
LATE_SECONDS = 45.0
"""So much longer than its interval a job may go without success."""
_STUCK = frozenset({Trouble.INBOX_STUCK, Trouble.OUTBOX_STUCK})


class Success(Protocol):
    """A regular job, and when it last went well: `ended_well_at` in monotonic seconds."""

    @property
    def name(self) -> str: ...

    @property
    def seconds(self) -> float: ...

    @property
    def ended_well_at(self) -> float: ...


def inside(
    helpdesk: HelpDesk, register: Register, space: Callable[[], Space], jobs: Callable[[], Iterable[Success]]
) -> list[Check]:
    """The checks that ask nobody outside."""
    doors = Doors(helpdesk, register)
    parked = Parked(helpdesk)

    async def disk() -> Findings:
        return disk_findings(space())

    async def late() -> Findings:
        return job_findings(jobs(), helpdesk.clock.monotonic())

    async def database() -> Findings:
        try:
            await probe.write(helpdesk.now())
        except probe.FAILURES as error:
            return {Trouble.DATABASE: type(error).__name__}
        return {}

    return [
        Check(name="doors", look=doors.look, seconds=5, again=5, doubted=_STUCK),
        Check(name="parked", look=parked.look, seconds=5, again=5),
        Check(name="database", look=database, seconds=10, again=5),
        Check(name="disk", look=disk, seconds=20, again=10),
        Check(name="jobs", look=late, seconds=5, again=5),
    ]


class Doors:
    """How old the oldest row is that should have been worked off by now, at both doors."""

    def __init__(self, helpdesk: HelpDesk, register: Register) -> None:
        self._helpdesk = helpdesk
        self._register = register
        self._up_since = helpdesk.now()

    async def look(self) -> Findings:
        """Stuck doors. Time does not count in which we were not there, or the way out was known to be shut."""
        now = self._helpdesk.now()
        states = {Trouble.INBOX_STUCK: await inbox.state(now), Trouble.OUTBOX_STUCK: await outbox.state(now)}
        return {
            trouble: f"oldest waiting row is {age // 1000} s old"
            for trouble, state in states.items()
            if (age := min(state.age(now), now - self._waits_since(trouble))) > OLDEST_ALLOWED_MS
        }

    def _waits_since(self, trouble: Trouble) -> int:
        return max(self._up_since, self._register.last_seen(KINDS[trouble].because))


class Parked:
    """Whether unreadable updates become more and more."""

    def __init__(self, helpdesk: HelpDesk) -> None:
        self._helpdesk = helpdesk
        self._counts: deque[tuple[int, int]] = deque()

    async def look(self) -> Findings:
        now = self._helpdesk.now()
        parked = (await inbox.state(now)).parked
        while self._counts and not 0 <= now - self._counts[0][0] <= GROWTH_MS:
            self._counts.popleft()
        self._counts.append((now, parked))
        more = parked - min(count for _, count in self._counts)
        return {Trouble.PARKED: f"{more} more, {parked} in all"} if more >= GROWTH else {}


def disk_findings(space: Space) -> Findings:
    """A nearly full disk is both low and full, so that making a little room changes one of the two."""
    share = space.free / max(space.total, 1)
    found: dict[Trouble, str] = {}
    detail = f"{space.free // 2**20} MB free, {share:.1%}"
    if space.free < LOW_BYTES or share < LOW_SHARE:
        found[Trouble.DISK_LOW] = detail
    if space.free < FULL_BYTES:
        found[Trouble.DISK_FULL] = detail
    return found


def job_findings(jobs: Iterable[Success], now: float) -> Findings:
    """Jobs that do not run and jobs that keep failing look the same from here: no success for too long."""
    late = {job.name: now - job.ended_well_at for job in jobs if now - job.ended_well_at > job.seconds + LATE_SECONDS}
    told = ", ".join(f"{name} not well for {seconds:.0f} s" for name, seconds in late.items())
    return {Trouble.JOBS: told} if late else {}


def stopped_findings(stopped: Mapping[str, str]) -> Findings:
    """Channels that refuse us as a whole, and helping bots (`bot …`), as the outbox learned when it sent."""
    found: dict[Trouble, str] = {}
    for name, key in stopped.items():
        if name.startswith("bot "):
            found[Trouble.HELPER_BOT] = f"{name}: {key}"
            continue
        refused = Trouble.WHATSAPP_REFUSED if name.startswith("whatsapp") else Trouble.TELEGRAM_REFUSED
        found[refused] = key
    return found
