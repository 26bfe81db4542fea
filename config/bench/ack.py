"""How fast webhooks are acknowledged: signed, deduplicated and committed, against a handler that does nothing."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from adapters.sandbox.bench.children import Child
from adapters.sandbox.bench.generator import Order, Outcome
from config.bench.houses import SECRET, file_url, variables
from config.bench.report import Figure, of_rounds
from config.bench.scope import Scope

CONNECTIONS = (64, 256)
_SERVER, _CLIENT = 0, 1


class Unproven(Exception):
    """Requests were answered with 200 that are not in the database: no figure is worth anything then."""


async def measured(scope: Scope) -> list[Figure]:
    """Both concurrencies, each round a run of either server."""
    scope.say("ack: the door and a bare handler in turn")
    poster = await Child.start("adapters.sandbox.bench.generator", core=_CLIENT)
    bare = await Child.start("adapters.sandbox.bench.bare", core=_SERVER)
    try:
        return [await _compared(scope, poster, bare, connections) for connections in CONNECTIONS]
    finally:
        await bare.close()
        await poster.close()


async def _compared(scope: Scope, poster: Child, bare: Child, connections: int) -> Figure:
    requests = scope.size(600, 20_000)
    ratios, doors, bares, busy = [], [], [], []
    for nth in range(scope.rounds):
        name = f"ack-{connections}-{nth}"
        theirs = await posted(poster, bare.told["port"], connections, requests, name)
        ours = await through_door(scope.folder, poster, "gise", connections, requests, name)
        ratios.append(ours.per_second / theirs.per_second)
        doors.append(round(ours.per_second))
        bares.append(round(theirs.per_second))
        busy.append(round(theirs.busy, 2))
        scope.say(f"  {connections} connections: {doors[-1]}/s of {bares[-1]}/s")
    return of_rounds(
        f"ack.{connections}",
        ratios,
        door_per_second=doors,
        bare_per_second=bares,
        generator_busy=busy,
        requests=requests,
        p99_ms=round(ours.p99, 1),
    )


async def through_door(
    folder: Path,
    poster: Child,
    way: str,
    connections: int,
    requests: int,
    name: str,
    *,
    environment: Mapping[str, str] | None = None,
) -> Outcome:
    """One run against a fresh database. Raises `Unproven` unless every 200 is a row, and each message one row."""
    url = file_url(folder, f"{name}-{way}")
    told = {**variables(folder, url), **(environment or {})}
    door = await Child.start("config.bench.door", way, environment=told, core=_SERVER)
    try:
        outcome = await posted(poster, door.told["port"], connections, requests, name)
    finally:
        await door.close()
    prove(_stored(Path(url.removeprefix("sqlite://"))), outcome)
    return outcome


async def posted(poster: Child, port: int, connections: int, requests: int, prefix: str) -> Outcome:
    order = Order(port=port, connections=connections, requests=requests, secret=SECRET, prefix=prefix)
    return Outcome.of(await poster.asks(asdict(order)))


def _stored(file: Path) -> list[str]:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        return [key.removeprefix("m:") for (key,) in connection.execute("SELECT key FROM inbox")]


def prove(stored: list[str], outcome: Outcome) -> None:
    """Raises `Unproven` unless every message that got a 200 is stored, once, and nothing got another answer."""
    if sorted(stored) != outcome.taken:
        raise Unproven(f"{len(outcome.taken)} messages were acknowledged, {len(stored)} are stored")
    if set(outcome.statuses) != {200}:
        raise Unproven(f"not every answer was 200: {outcome.statuses}")
