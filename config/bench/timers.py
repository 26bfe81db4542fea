"""What a tick costs with a million armed timers: when none is due, and when ten thousand are."""

from adapters.sandbox.bench.stopwatch import Stopwatch, middle
from bot.helpdesk import HelpDesk
from bot.services import upkeep
from config.bench import seeding
from config.bench.databases import databases
from config.bench.houses import house
from config.bench.report import Figure, of_rounds
from config.bench.scope import Scope
from store import timers

_DAY_MS = 86_400_000
_LOOKS = 50


class Miscounted(Exception):
    """Not all that was due was claimed, or more than that."""


async def measured(scope: Scope) -> list[Figure]:
    """On SQLite and, where there is one, on PostgreSQL."""
    found = await _on(scope, "", "")
    return found + (await _on(scope, scope.postgres, ".postgres") if scope.postgres else [])


async def _on(scope: Scope, server: str, suffix: str) -> list[Figure]:
    tickets, wanted, due = scope.size(500, 200_000), scope.size(2_000, 1_000_000), scope.size(100, 10_000)
    async with databases(scope, server) as made:
        scope.say(f"timers on {made.kind}: {wanted:,} are being armed")
        async with house(scope.folder, await made.fresh("timers")) as helpdesk:
            now = helpdesk.now()
            await seeding.live_tickets(tickets, now - _DAY_MS)
            armed = await seeding.timers(tickets, wanted, now + _DAY_MS)
            idle = [await idle_sweep(helpdesk) for _ in range(scope.rounds)]
            claimed = [await _claimed(now + (nth + 1) * due + _DAY_MS - 1, due) for nth in range(scope.rounds)]
    details = {"armed": armed, "due": due}
    return [of_rounds(f"timers.none{suffix}", idle, **details), of_rounds(f"timers.due{suffix}", claimed, **details)]


async def idle_sweep(helpdesk: HelpDesk) -> float:
    """Milliseconds of the tick as the scheduler makes it, when nothing is due: the median of many."""
    took = []
    for _ in range(_LOOKS):
        watch = Stopwatch()
        count = await upkeep.sweep(helpdesk)
        took.append(1000 * watch.seconds)
        if count:
            raise Miscounted(f"{count} timers were due where none should be")
    return middle(took)


async def _claimed(now: int, due: int) -> float:
    """Milliseconds for claiming what is due at `now`, batch after batch; what went before is claimed already."""
    watch, count = Stopwatch(), 0
    while batch := await timers.claim("bench", now, _DAY_MS, upkeep.BATCH):
        count += len(batch)
    took = 1000 * watch.seconds
    if count != due:
        raise Miscounted(f"{count} timers were claimed, not {due}")
    return took
