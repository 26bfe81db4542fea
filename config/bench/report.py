"""The figures of a run: as JSON, and as a table."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.sandbox.bench.stopwatch import middle
from config.bench.targets import TARGETS, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value, the median of its `rounds`; `None` where `note` says why it could not be measured."""

    name: str
    value: float | None
    rounds: tuple[float, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""

    @property
    def target(self) -> Target:
        return TARGETS[self.name]

    @property
    def missed(self) -> bool:
        """Below what was promised."""
        bound = self.target.bound
        if bound is None or self.value is None:
            return False
        return self.value < bound if self.target.more else self.value > bound

    def as_json(self) -> dict[str, Any]:
        """One entry of the result."""
        target = self.target
        return {
            "name": self.name,
            "what": target.what,
            "value": None if self.value is None else round(self.value, 4),
            "unit": target.unit,
            "at_least" if target.more else "at_most": target.bound,
            "aim": target.aim,
            "met": None if self.value is None or target.bound is None else not self.missed,
            "rounds": [round(one, 4) for one in self.rounds],
            "details": dict(self.details),
            "note": self.note,
        }


def of_rounds(name: str, rounds: Sequence[float], **details: Any) -> Figure:
    """The median."""
    return Figure(name=name, value=middle(rounds), rounds=tuple(rounds), details=details)


def not_measured(name: str, why: str) -> Figure:
    """A row that says why there is no figure."""
    return Figure(name=name, value=None, note=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything a run found; `quick` runs are too short to be judged."""

    machine: Mapping[str, Any]
    figures: Sequence[Figure]
    quick: bool

    @property
    def missed(self) -> list[str]:
        return [figure.name for figure in self.figures if figure.missed]

    def as_json(self) -> str:
        """One object, indented for people."""
        told = {
            "machine": dict(self.machine),
            "quick": self.quick,
            "missed": self.missed,
            "figures": [figure.as_json() for figure in self.figures],
        }
        return json.dumps(told, ensure_ascii=False, indent=1)

    def as_table(self) -> str:
        """Markdown, to be read as it is."""
        machine = ", ".join(f"{name} {value}" for name, value in self.machine.items())
        lines = [machine, "", "| what | measured | promised | aim |", "|---|---|---|---|"]
        for figure in self.figures:
            target = figure.target
            sign = "≥" if target.more else "≤"
            promised = "" if target.bound is None else f"{sign} {_said(target.bound, target.unit)}"
            aim = "" if target.aim is None else _said(target.aim, target.unit)
            mark = "" if self.quick or target.bound is None or figure.value is None else " ✘" if figure.missed else " ✔"
            value = (
                f"not measured: {figure.note}" if figure.value is None else f"{_said(figure.value, target.unit)}{mark}"
            )
            lines.append(f"| {target.what} | {value} | {promised} | {aim} |")
        return "\n".join(lines)


def _said(value: float, unit: str) -> str:
    digits = f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
    return f"{digits} {unit}".rstrip()
