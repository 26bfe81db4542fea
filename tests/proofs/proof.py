"""A proof: a test that also runs as a command, at full size, and tells its figures."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

FIGURES = "proof"
SEED = 20_260_615


@dataclass(slots=True, kw_only=True)
class Proof:
    """`id` names the figure (R5, S1 …), `seed` draws whatever is random; `told` is the result so far."""

    id: str
    full: bool
    seed: int
    told: dict[str, Any] = field(default_factory=dict)

    def size(self, small: int, full: int) -> int:
        """How many: `small` in the ordinary run, `full` as a command."""
        return full if self.full else small

    def draw(self) -> random.Random:
        """The one source of chance."""
        return random.Random(self.seed)

    def tell(self, **figures: Any) -> None:
        """Put figures into the result, as JSON holds them."""
        self.told |= json.loads(json.dumps(figures))


def verdicts(reports: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """One result for each proof that ran: what it told, its verdict and how many seconds it took."""
    for report in (*reports.get("passed", ()), *reports.get("failed", ()), *reports.get("error", ())):
        if isinstance(report, pytest.TestReport):
            yield from map(partial(_verdict, report), _told(report))


def _told(report: pytest.TestReport) -> list[dict[str, Any]]:
    """The values of our property; others may put what they like into the same list."""
    properties: list[tuple[str, Any]] = report.user_properties
    return [told for name, told in properties if name == FIGURES]


def _verdict(report: pytest.TestReport, told: dict[str, Any]) -> dict[str, Any]:
    test = report.nodeid.rpartition("::")[2]
    return {**told, "test": test, "verdict": report.outcome, "seconds": round(report.duration, 1)}
