"""What is done regularly."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """`run` is called every `seconds`, and once at the start; two runs of one job never overlap."""

    name: str
    seconds: float
    run: Callable[[], Awaitable[object]]
