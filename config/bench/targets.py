"""What each figure has to reach: `bound` is the promise, `aim` what we would like."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A row of the table. `unit` is `×` for ratios; `more` says whether more is better."""

    what: str
    unit: str = "×"
    bound: float | None = None
    aim: float | None = None
    more: bool = True


_ACK = "signed, deduplicated, durable ack : bare aiohttp handler"
_FSYNC = "the same with an fsync of 3 ms : one insert per request"
_PATH = "full path, live tickets of {} conversations : one ORM transaction per message"

TARGETS: Final[Mapping[str, Target]] = {
    "ack.64": Target(what=f"{_ACK}, 64 connections", bound=0.40, aim=0.55),
    "ack.256": Target(what=f"{_ACK}, 256 connections", bound=0.55, aim=0.75),
    "fsync.64": Target(what=f"{_FSYNC}, 64 connections", bound=20, aim=30),
    "fsync.256": Target(what=f"{_FSYNC}, 256 connections", bound=20, aim=30),
    "path.64": Target(what=_PATH.format("64"), bound=10, aim=25),
    "path.1000": Target(what=_PATH.format("1,000"), bound=10, aim=25),
    "path.new": Target(what="full path, every message a new ticket : one ORM transaction per message"),
    "outbox.drain": Target(what="posts into topics through local servers", unit="/s"),
    "timers.none": Target(what="timer sweep, 1M armed, none due", unit="ms", bound=1.0, aim=0.2, more=False),
    "timers.due": Target(what="10,000 due timers claimed, 1M armed", unit="ms", bound=100, aim=20, more=False),
    "timers.none.postgres": Target(
        what="timer sweep, 1M armed, none due, PostgreSQL", unit="ms", bound=1.0, aim=0.2, more=False
    ),
    "timers.due.postgres": Target(
        what="10,000 due timers claimed, 1M armed, PostgreSQL", unit="ms", bound=250, aim=50, more=False
    ),
    "start.p50": Target(
        what="kill to first 200, 100,000 rows, 5,000 waiting, p50", unit="s", bound=2.0, aim=1.0, more=False
    ),
    "memory.growth": Target(
        what="memory after 100,000 messages through an idle process", unit="MB", bound=20, aim=5, more=False
    ),
    "growth.path": Target(what="full path with most tickets : with fewest"),
    "growth.sweep": Target(what="idle sweep with most tickets", unit="ms", bound=1.0, aim=0.2, more=False),
    "load.p50": Target(what="webhooks at 200/s for 120 s, p50", unit="ms", bound=50, more=False),
    "load.p99": Target(what="webhooks at 200/s for 120 s, p99", unit="ms", bound=250, aim=50, more=False),
    "load.max": Target(what="webhooks at 200/s for 120 s, longest", unit="ms", bound=1000, more=False),
    "load.errors": Target(what="webhooks at 200/s for 120 s, other than 200", unit="", bound=0, more=False),
    "workers.2": Target(what="full path on PostgreSQL, 2 workers : 1 worker", bound=1.5, aim=1.8),
}
