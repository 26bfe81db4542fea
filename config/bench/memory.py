"""How much larger a process is after a hundred thousand messages than when it had just started."""

from adapters.sandbox.players import comes_true
from config.bench.report import Figure
from config.bench.running import Site, posted, site
from config.bench.scope import Scope

PEOPLE = 1_000
_PORTION = 2_000
_BACKLOG = 500
_MEGABYTE = 2**20
_PATIENCE = 600.0


async def measured(scope: Scope) -> list[Figure]:
    """One process, portion after portion."""
    async with site(scope, "memory", PEOPLE) as place:
        program = await place.starts()
        try:
            await program.is_up()
            idle, sizes = program.vitals.rss, []
            scope.say(f"memory: {idle / _MEGABYTE:.0f} MB before the first message")
            for nth in range(scope.size(1, 50)):
                await posted(place, place.order(scope.size(500, _PORTION), f"memory{nth}", people=PEOPLE))
                await _worked_off(place, _BACKLOG)
                sizes.append(round(program.vitals.rss / _MEGABYTE, 1))
                scope.say(f"  {sizes[-1]:.0f} MB")
            await _worked_off(place, 0)
            growth = (program.vitals.rss - idle) / _MEGABYTE
        finally:
            await program.kill()
    details = {"idle_mb": round(idle / _MEGABYTE, 1), "mb": sizes, "messages": scope.size(500, 50 * _PORTION)}
    return [Figure(name="memory.growth", value=growth, details=details)]


async def _worked_off(place: Site, backlog: int) -> None:
    async def worked_off() -> bool:
        return place.left() <= backlog

    await comes_true(worked_off, "the messages to be worked off", _PATIENCE)
