"""`gise sla dryrun`: past tickets under other service levels, and which promises would have ended differently."""

from collections import Counter
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bot.domain.intake import TYPE
from bot.domain.sla.clocks import ClockState, clocks
from bot.domain.sla.happened import events_of
from bot.domain.sla.policy import ClockKind, Sla
from config.clock import SystemClock
from config.settings import Settings
from config.sla import load_sla, read_sla
from store.replay import Past, closed_days, past

TOLD = (ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION)
"""Clocks of a whole ticket; those of a round tell only of the last one."""
PROGRESS_EVERY = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A promise that would have ended otherwise; `None` stands for "not promised"."""

    number: str
    clock: ClockKind
    before: ClockState | None
    after: ClockState | None


@dataclass(slots=True)
class Outcome:
    """How many promises ended how, under either set of levels, and which of them differ."""

    tickets: int = 0
    before: Counter[tuple[ClockKind, ClockState]] = field(default_factory=Counter)
    after: Counter[tuple[ClockKind, ClockState]] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "tickets": self.tickets,
            "before": _counted(self.before),
            "after": _counted(self.after),
            "differences": [
                {"number": one.number, "clock": one.clock, "before": one.before, "after": one.after}
                for one in self.differences
            ],
        }


async def run(settings: Settings, file: Path, since: str, until: str, progress: Callable[[int], None]) -> Outcome:
    """Replay what the configured database holds. Raises `PolicyError`, `UnusableDatabase`, ValueError for a day."""
    locale = settings.default_locale
    first, behind = _midnight(settings, since, 0), _midnight(settings, until, 1)
    now = SystemClock(settings.clock.offset_file).now()
    teams = settings.telegram.team_names
    current, other = load_sla(settings.config.dir, locale, teams), read_sla(file, locale, teams)
    closed = await closed_days(settings.database_url)
    found = past(settings.database_url, first, behind, settings.telegram.teams)
    return await replayed(found, current.closing(closed), other.closing(closed), now, progress)


def _midnight(settings: Settings, day: str, later: int) -> int:
    try:
        moment = datetime.combine(date.fromisoformat(day) + timedelta(days=later), time(), settings.timezone)
    except ValueError:
        raise ValueError(f"expected a day such as 2026-10-01, not {day!r}") from None
    return int(moment.timestamp() * 1000)


async def replayed(
    tickets: AsyncIterable[Past], current: Sla, other: Sla, now: int, progress: Callable[[int], None] = lambda _: None
) -> Outcome:
    """Look at each ticket as it stands `now` under both; `progress` hears the count every thousand tickets."""
    outcome = Outcome()
    async for one in tickets:
        before, after = _states(one, current, now), _states(one, other, now)
        outcome.tickets += 1
        outcome.before.update(before.items())
        outcome.after.update(after.items())
        outcome.differences += [
            Difference(number=one.ticket.label, clock=kind, before=before.get(kind), after=after.get(kind))
            for kind in TOLD
            if before.get(kind) is not after.get(kind)
        ]
        if outcome.tickets % PROGRESS_EVERY == 0:
            progress(outcome.tickets)
    return outcome


def _states(one: Past, sla: Sla, now: int) -> dict[ClockKind, ClockState]:
    facts = {
        "priority": one.ticket.priority.value,
        "type": one.ticket.answers.get(TYPE, ""),
        "category": one.ticket.category,
        "channel": one.channel,
        "vip": "yes" if one.vip else "no",
        "team": one.team,
    }
    found = clocks(events_of(one.ticket, one.steps, facts), sla, now)
    return {clock.kind: clock.state for clock in found if clock.kind in TOLD}


def as_text(outcome: Outcome) -> str:
    """For people in a terminal: the sums, then each difference on a line."""
    lines = [f"{outcome.tickets} tickets"]
    for kind in TOLD:
        for state in ClockState:
            before, after = outcome.before[kind, state], outcome.after[kind, state]
            if before or after:
                lines.append(f"{kind:<16} {state:<8} {before:>7} → {after:>7}")
    lines += [
        f"{one.number}  {one.clock}: {one.before or 'not promised'} → {one.after or 'not promised'}"
        for one in outcome.differences
    ]
    return "\n".join(lines)


def _counted(found: Counter[tuple[ClockKind, ClockState]]) -> dict[str, dict[str, int]]:
    return {kind: {state: found[kind, state] for state in ClockState} for kind in TOLD}
