"""From the kill of a busy process to the first webhook its successor takes."""

import json
from typing import Final

from adapters.sandbox.bench.posts import phone_of, wamid_of
from adapters.sandbox.bench.stopwatch import epoch_seconds
from bot.ports import Item
from config.bench.houses import file_url
from config.bench.report import Figure, of_rounds
from config.bench.running import Site, site
from config.bench.scope import Scope
from store import db, inbox
from store.sql import rows

_LEAST_ROUNDS = 5
_PORTION = 5_000
_LANES = 200
_PAST: Final = "UPDATE inbox SET state = 'done', done_at = received_at WHERE state = 'waiting'"


async def measured(scope: Scope) -> list[Figure]:
    """Every round kills one process and starts the next, over what the last one left."""
    rounds = scope.rounds if scope.quick else max(scope.rounds, _LEAST_ROUNDS)
    async with site(scope, "start", 10) as place:
        await filled(place, scope.size(2_000, 100_000), scope.size(100, 5_000))
        scope.say("start: killed and started again")
        walls, cpus = [], []
        for nth in range(rounds):
            wall, cpu = await first_taken(place, nth)
            walls.append(wall)
            cpus.append(round(cpu, 2))
            scope.say(f"  {wall:.2f} s")
    return [of_rounds("start.p50", walls, longest=round(max(walls), 2), cpu_seconds=cpus)]


async def first_taken(place: Site, nth: int) -> tuple[float, float]:
    """Seconds from the birth of a process to its first 200, on the wall and of the processor; then it is killed."""
    body = place.mail.message(wamid_of("start", nth), phone_of(nth % 10), epoch_seconds())
    program = await place.starts()
    try:
        wall = await program.takes(place.mail.request(body))
        return wall, program.vitals.cpu
    finally:
        await program.kill()


async def filled(place: Site, old: int, waiting: int) -> None:
    """A past, and work that waits: receipts of messages nobody knows, so that nothing leaves the house."""
    place.database.parent.mkdir(exist_ok=True)
    await db.open_database(file_url(place.database.parent, place.database.stem))
    try:
        await _stored("old", old)
        await rows(_PAST)
        await _stored("waiting", waiting)
    finally:
        await db.close_database()


async def _stored(name: str, count: int) -> None:
    now = epoch_seconds()
    for first in range(0, count, _PORTION):
        numbers = range(first, min(count, first + _PORTION))
        await inbox.append([_receipt(name, number, now) for number in numbers], 1000 * now)


def _receipt(name: str, number: int, at: int) -> Item:
    status = {"id": f"wamid.{name}-{number}", "status": "delivered", "timestamp": str(at), "recipient_id": "1"}
    raw = json.dumps({"field": "messages", "status": status}).encode()
    return Item(channel="whatsapp", key=f"{name}-{number}", lane=f"lane-{number % _LANES}", raw=raw)
