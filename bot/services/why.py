"""`/why`: what each clock of a ticket counted, stretch by stretch, until its deadline."""

from collections.abc import Sequence

from bot.cards import CLOCK_MARK
from bot.domain.sla.clocks import Clock, Segment, Why
from bot.helpdesk import HelpDesk
from bot.services import clockwork
from bot.services.call import Call
from bot.services.lookup import named_or_here

_SHOWN = 12


async def why(helpdesk: HelpDesk, call: Call) -> str:
    """Every clock with its target, its deadline and the segments that add up to it."""
    ticket = await named_or_here(call)
    clocks = await clockwork.clocks_of(helpdesk, ticket)
    if not clocks:
        return helpdesk.desk_text("why-nothing", number=ticket.label)
    heading = helpdesk.desk_text("why-of", number=ticket.label)
    return "\n".join((heading, *(line for clock in clocks for line in _lines(helpdesk, clock))))


def _lines(helpdesk: HelpDesk, clock: Clock) -> list[str]:
    until = helpdesk.soon(clock.deadline) if clock.deadline is not None else "—"
    heading = helpdesk.desk_text(
        "why-clock",
        clock=helpdesk.desk_text(f"clock-{clock.kind}"),
        state=helpdesk.desk_text(f"clock-state-{clock.state}"),
        elapsed=helpdesk.length(clock.elapsed_ms),
        target=helpdesk.length(clock.target_ms),
        deadline=until,
    )
    segments = [_segment(helpdesk, segment) for segment in clock.segments]
    if len(segments) > _SHOWN:
        half = _SHOWN // 2
        segments = [*segments[:half], _left_out(helpdesk, clock.segments[half:-half]), *segments[-half:]]
    return ["", f"{CLOCK_MARK[clock.state]} {heading}", *(f"  {segment}" for segment in segments)]


def _left_out(helpdesk: HelpDesk, segments: Sequence[Segment]) -> str:
    """How much these stretches come to, and how much of it counted: the list adds up without them, too."""
    lasted = segments[-1].end - segments[0].start
    ran = sum(segment.end - segment.start for segment in segments if segment.why is Why.RUNNING)
    return helpdesk.desk_text("why-more", count=len(segments), length=helpdesk.length(lasted), ran=helpdesk.length(ran))


def _segment(helpdesk: HelpDesk, segment: Segment) -> str:
    what = helpdesk.desk_text(f"why-{segment.why}", reason=_reason(helpdesk, segment))
    lasted = helpdesk.length(segment.end - segment.start)
    return f"{helpdesk.soon(segment.start)} → {helpdesk.soon(segment.end)} · {lasted} · {what}"


def _reason(helpdesk: HelpDesk, segment: Segment) -> str:
    return helpdesk.desk_text(f"status-{segment.reason}") if segment.why is Why.PAUSED else segment.reason
