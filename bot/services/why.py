"""`/why`: what each clock of a ticket counted, stretch by stretch, until its deadline."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.cards import CLOCK_MARK
from bot.domain.people import Agent
from bot.domain.sla.clocks import Clock, Segment, Why
from bot.domain.sla.presence import hours_of
from bot.helpdesk import HelpDesk
from bot.services import addressees, clockwork
from bot.services.call import Call
from bot.services.lookup import named_or_here

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class _Reader:
    """Whoever asks, with their language and their time zone."""

    helpdesk: HelpDesk
    locale: str
    zone: ZoneInfo

    def text(self, key: str, **values: str | int) -> str:
        return self.helpdesk.text(self.locale, key, **values)

    def length(self, ms: int) -> str:
        return self.helpdesk.length(ms, self.locale)

    def soon(self, instant: int) -> str:
        return self.helpdesk.soon(instant, self.locale, self.zone)


async def why(helpdesk: HelpDesk, call: Call) -> str:
    """Every clock with its target, its deadline and the segments that add up to it."""
    ticket = await named_or_here(call)
    clocks = await clockwork.clocks_of(helpdesk, ticket)
    reader = await _reader(helpdesk, call.agent)
    if not clocks:
        return reader.text("why-nothing", number=ticket.label)
    heading = reader.text("why-of", number=ticket.label)
    return "\n".join((heading, *(line for clock in clocks for line in _lines(reader, clock))))


async def _reader(helpdesk: HelpDesk, agent: Agent) -> _Reader:
    """An agent who talks with the bot in private has a language there, and one with hours of their own a time zone."""
    private = await addressees.private_chat(agent)
    hours = hours_of(agent, helpdesk.levels.sla)
    return _Reader(
        helpdesk,
        private.requester.locale if private else helpdesk.policies.locale,
        hours.zone if hours else helpdesk.policies.zone,
    )


def _lines(reader: _Reader, clock: Clock) -> list[str]:
    heading = reader.text(
        "why-clock",
        clock=reader.text(f"clock-{clock.kind}"),
        state=reader.text(f"clock-state-{clock.state}"),
        elapsed=reader.length(clock.elapsed_ms),
        target=reader.length(clock.target_ms),
        deadline=reader.soon(clock.deadline) if clock.deadline is not None else "—",
    )
    segments = [_segment(reader, segment) for segment in clock.segments]
    if len(segments) > _SHOWN:
        half = _SHOWN // 2
        segments = [*segments[:half], _left_out(reader, clock.segments[half:-half]), *segments[-half:]]
    return ["", f"{CLOCK_MARK[clock.state]} {heading}", *(f"  {segment}" for segment in segments)]


def _left_out(reader: _Reader, segments: Sequence[Segment]) -> str:
    """How much these stretches come to, and how much of it counted: the list adds up without them, too."""
    lasted = segments[-1].end - segments[0].start
    ran = sum(segment.end - segment.start for segment in segments if segment.why is Why.RUNNING)
    return reader.text("why-more", count=len(segments), length=reader.length(lasted), ran=reader.length(ran))


def _segment(reader: _Reader, segment: Segment) -> str:
    reason = reader.text(f"status-{segment.reason}") if segment.why is Why.PAUSED else segment.reason
    what = reader.text(f"why-{segment.why}", reason=reason)
    lasted = reader.length(segment.end - segment.start)
    return f"{reader.soon(segment.start)} → {reader.soon(segment.end)} · {lasted} · {what}"
