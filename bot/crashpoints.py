"""Named places where a test run may kill this process: a no-op unless one of them is armed."""

import os
import re
import signal
from dataclasses import dataclass

POINTS = (
    "inbox.stored",
    "inbox.offset_saved",
    "inbox.claimed",
    "inbox.before_commit",
    "inbox.committed",
    "outbox.claimed",
    "outbox.called",
    "outbox.before_commit",
    "outbox.settled",
    "outbox.before_recovery",
    "topic.opened",
    "card.posted",
    "timers.claimed",
    "timers.before_commit",
)
"""Each stands where a kill hurts: between commit and acknowledgement, call and record, claim and work."""


@dataclass(slots=True)
class _Armed:
    name: str = ""
    left: int = 0


_armed = _Armed()


def read(where: str) -> tuple[str, int]:
    """`name:k` as a point and a count from 1. Raises ValueError for anything else."""
    name, _, count = where.partition(":")
    if name not in POINTS or not re.fullmatch(r"[1-9]\d{0,8}", count, re.ASCII):
        raise ValueError(f"no crash point {where}")
    return name, int(count)


def arm(where: str) -> None:
    """Die the k-th time the point is reached (`name:k`). Raises ValueError for a point that does not exist."""
    _armed.name, _armed.left = read(where)


def reached(name: str) -> None:
    """Kill this process as a power cut would, without any clean-up, where that was asked for."""
    if name != _armed.name:
        return
    _armed.left -= 1
    if _armed.left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
