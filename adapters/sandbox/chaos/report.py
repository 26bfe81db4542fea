"""The verdict of a run, as one JSON line and as an exit code."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from adapters.sandbox.chaos.checks import Finding
from adapters.sandbox.chaos.plan import Plan

PASSED, MISSED, INCONCLUSIVE = "passed", "missed", "inconclusive"
EXIT_CODES = {PASSED: 0, MISSED: 1, INCONCLUSIVE: 3}
SHOWN_NOT_LOST = "telegram shown as uncertain"
"""A finding that is no miss: Telegram tells nobody what became of a call, so the agent is asked."""
_EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found. `never_fired` are faults the run did not get to: it then proves nothing."""

    plan: Plan
    findings: Sequence[Finding]
    never_fired: Sequence[str]
    fired: Mapping[str, int]
    points: Mapping[str, int]
    figures: Mapping[str, object] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        if any(name != SHOWN_NOT_LOST for name, _ in self.findings):
            return MISSED
        return INCONCLUSIVE if self.never_fired else PASSED

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.verdict]

    def as_json(self) -> str:
        """One line."""
        plan = self.plan
        counts = Counter(name for name, _ in self.findings)
        examples = {name: [mark for found, mark in self.findings if found == name][:_EXAMPLES] for name in counts}
        told: dict[str, Any] = {
            "verdict": self.verdict,
            "seed": plan.seed,
            "messages": plan.messages,
            "contacts": plan.contacts,
            "kills": plan.kills,
            "findings": dict(counts),
            "examples": examples,
            "never fired": list(self.never_fired),
            "faults": dict(self.fired),
            "crash points": dict(self.points),
        }
        return json.dumps(told | dict(self.figures), ensure_ascii=False)


def never_fired(plan: Plan, fired: Mapping[str, int], points: Mapping[str, int]) -> list[str]:
    """Faults that were asked for and did not happen; with enough deaths each crash point must have struck."""
    wanted = ["batches"]
    if plan.kills:
        wanted += ["kills at any time", "kills at a crash point", "posts that had to be repeated"]
    if plan.reposts:
        wanted.append("reposts")
    if plan.dropped:
        wanted += ["dropped answers of telegram", "dropped answers of whatsapp"]
    if plan.channel == "telegram":
        wanted = [name for name in wanted if name.startswith(("kills", "dropped answers of telegram"))]
    missed = [name for name in wanted if not fired.get(name)]
    enough = plan.kills >= 4 * len(plan.points)
    return missed + [f"crash point {point}" for point in plan.points if enough and not points.get(point)]


def seconds(values: Sequence[float]) -> dict[str, float]:
    """The middle and the largest."""
    return {"p50": round(median(values), 2), "max": max(values)} if values else {}
