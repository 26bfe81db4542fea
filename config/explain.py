"""`gise sla explain`: the clocks of one history under one policy file, with the segments that add up to each deadline.

The history is JSON: `{"events": [{"at": TIME, "status": STATUS, "reply": false, "given": false, "facts": {…}}, …]}`,
in order, the first one being the ticket's creation. TIME is ISO 8601 with an offset, or epoch milliseconds. `reply`
marks an agent's word to the requester, `given` that somebody else became responsible, which begins a status limit
anew; `facts` (priority, type, category, team, vip, channel) hold from that event on.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.domain.errors import GiseError
from bot.domain.sla.clocks import Clock, Event, Segment, clocks, facts_of
from bot.domain.sla.policy import Sla
from bot.domain.ticket import Priority, Status
from config.sla_values import Fact

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE_MS = 60_000


class HistoryError(GiseError):
    """The history or the instant cannot be read; the message says what was expected."""


def instant(written: object) -> int:
    """ISO 8601 with an offset, or epoch milliseconds, to epoch milliseconds. Raises ValueError."""
    if isinstance(written, int) and not isinstance(written, bool):
        return written
    text = str(written)
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError('a time such as "2026-10-28T09:00:00+03:00", or epoch milliseconds') from None
    if moment.tzinfo is None:
        raise ValueError(f'a time with its offset, such as "{text}+03:00"')
    return (moment - _EPOCH) // timedelta(milliseconds=1)


class _Event(BaseModel):
    model_config = ConfigDict(extra="forbid")

    at: Annotated[int, BeforeValidator(instant)]
    status: Status
    reply: bool = False
    given: bool = False
    facts: dict[Fact, str] = {}


class _History(BaseModel):
    model_config = ConfigDict(extra="forbid")

    events: Annotated[list[_Event], Field(min_length=1)]


def read_history(path: Path) -> list[Event]:
    """The events of a history file. Raises `HistoryError`."""
    try:
        history = _History.model_validate_json(path.read_bytes())
    except OSError as error:
        raise HistoryError(f"{path}: expected a readable file ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ", ".join(map(str, first["loc"]))
        raise HistoryError(f"{path}: {where}: expected {first['msg'].removeprefix('Value error, ')}") from error
    events = [
        Event(
            at=one.at,
            status=one.status,
            reply=one.reply,
            given=one.given,
            facts={str(name): value for name, value in one.facts.items()},
        )
        for one in history.events
    ]
    for number, (event, following) in enumerate(pairwise(events), start=2):
        if following.at < event.at:
            raise HistoryError(f"{path}: event {number}: expected no earlier time than the event before it")
    _check_priorities(path, events)
    return events


def _check_priorities(path: Path, events: Sequence[Event]) -> None:
    for number, event in enumerate(events, start=1):
        if event.facts.get("priority", Priority.MEDIUM) not in list(Priority):
            raise HistoryError(f"{path}: event {number}: expected a priority of {', '.join(Priority)}")


def explained(sla: Sla, history: Sequence[Event], at: int) -> dict[str, Any]:
    """Everything about the clocks at that instant, JSON-ready; instants are ISO 8601 in UTC, lengths in minutes."""
    known = [event for event in history if event.at <= at]
    return {
        "at": _iso(at),
        "policy": sla.policy(facts_of(known)).name,
        "clocks": [_clock(clock) for clock in clocks(history, sla, at)],
    }


def as_json(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2)


def as_text(found: dict[str, Any]) -> str:
    """The same for people in a terminal."""
    lines = [f"{found['at']}  policy {found['policy']}"]
    for clock in found["clocks"]:
        due = clock["deadline"] or "none while it is paused"
        lines.append(f"{clock['clock']}: {clock['state']}, {clock['elapsed']:g} of {clock['target']:g} min, due {due}")
        lines += [
            f"    {part['from']}  {part['to']}  {part['minutes']:>9g} min  {part['why']} {part['reason']}".rstrip()
            for part in clock["segments"]
        ]
    return "\n".join(lines)


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "clock": clock.kind.value,
        "state": clock.state.value,
        "target": clock.target_ms / _MINUTE_MS,
        "elapsed": clock.elapsed_ms / _MINUTE_MS,
        "started_at": _iso(clock.started_at),
        "deadline": None if clock.deadline is None else _iso(clock.deadline),
        "stopped_at": None if clock.stopped_at is None else _iso(clock.stopped_at),
        "segments": list(map(_segment, clock.segments)),
    }


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "from": _iso(segment.start),
        "to": _iso(segment.end),
        "minutes": (segment.end - segment.start) / _MINUTE_MS,
        "why": segment.why.value,
        "reason": segment.reason,
    }


def _iso(at: int) -> str:
    moment = _EPOCH + timedelta(milliseconds=at)
    return moment.isoformat(timespec="milliseconds" if at % 1000 else "seconds").replace("+00:00", "Z")
