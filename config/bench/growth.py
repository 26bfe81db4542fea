"""Whether anything that is done per message or per tick grows with the number of tickets."""

from config.bench import seeding
from config.bench.databases import databases
from config.bench.houses import house
from config.bench.path import Course, through
from config.bench.report import Figure
from config.bench.scope import Scope
from config.bench.timers import idle_sweep

_DAY_MS = 86_400_000
_FULL, _QUICK = (10_000, 100_000, 1_000_000), (200, 2_000)


async def measured(scope: Scope) -> list[Figure]:
    """The same messages and ticks over ever more open tickets, each with an armed timer."""
    course = Course(name="growth.path", people=64, messages=scope.size(64, 2_000))
    paths, sweeps = {}, {}
    async with databases(scope) as made:
        for count in _QUICK if scope.quick else _FULL:
            async with house(scope.folder, await made.fresh(f"growth-{count}")) as helpdesk:
                now = helpdesk.now()
                await seeding.live_tickets(count, now - _DAY_MS)
                await seeding.timers(count, count, now + _DAY_MS)
                sweeps[count] = round(await idle_sweep(helpdesk), 3)
                paths[count] = round(await through(helpdesk, course), 1)
            scope.say(f"growth: {count:,} tickets: {paths[count]}/s, {sweeps[count]} ms a sweep")
    least, most = min(paths), max(paths)
    return [
        Figure(name="growth.path", value=paths[most] / paths[least], details={"messages_per_second": paths}),
        Figure(name="growth.sweep", value=sweeps[most], details={"sweep_ms": sweeps}),
    ]
