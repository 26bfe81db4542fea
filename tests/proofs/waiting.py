"""Tickets that wait for an instant, one kind for each thing that time does, and what must have come of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from json import loads
from random import Random

from bot.domain.sla.policy import ClockKind, Escalation, Policy, Recipient, Sla, Target
from bot.domain.ticket import SYSTEM, Action, Priority, Status, Ticket
from bot.domain.timers import DAY_MS, HOUR_MS, Timer, TimerKind
from bot.services.casework import apply
from bot.services.upkeep import LEASE_MS
from store import tickets
from store.sql import rows
from tests.builders import House

LEVELS = Sla(
    default="plain",
    policies={
        "plain": Policy(
            name="plain",
            targets={Priority.CRITICAL: {ClockKind.FIRST_RESPONSE: Target(HOUR_MS)}},
            escalations=(Escalation(clock=ClockKind.FIRST_RESPONSE, to=Recipient.REQUESTER),),
        )
    },
)
KINDS = (TimerKind.WAKE, TimerKind.AUTO_CLOSE, TimerKind.ETA, TimerKind.INTAKE_END, TimerKind.SLA)
_STEPS = {TimerKind.WAKE: Action.WAKE, TimerKind.AUTO_CLOSE: Action.EXPIRE, TimerKind.INTAKE_END: Action.SET}
_HISTORY = "SELECT ticket_id, action, at FROM history WHERE action IN ('wake', 'expire', 'set', 'close') ORDER BY id"
_SAID = "SELECT ticket_id, at, content FROM message WHERE author = 'system' ORDER BY id"
_REMINDED = "SELECT ticket_id, lease_until FROM timer WHERE kind = 'eta' AND state = 'fired'"
_LINES = "SELECT payload FROM outbox WHERE op = 'send' AND channel = 'desk'"
_TELLING = {TimerKind.WAKE: "⏰", TimerKind.ETA: "📅", TimerKind.AUTO_CLOSE: "⌛"}


@dataclass(slots=True)
class Crowd:
    """Tickets by id with what they wait for; `closed` are those that somebody closed, and when.

    An ETA changes no ticket: `reminded` says of those that were closed since when the desk had been told of it.
    What went off before its clock was set back is not early for that: `shown` is the time it was done at.
    """

    kinds: dict[int, TimerKind] = field(default_factory=dict)
    due: dict[int, int] = field(default_factory=dict)
    closed: dict[int, int] = field(default_factory=dict)
    reminded: dict[int, int] = field(default_factory=dict)
    shown: dict[int, int] = field(default_factory=dict)

    async def gathers(self, house: House, chance: Random, amount: int, span_ms: int) -> None:
        """So many tickets of one customer, due within that time."""
        model, now = await house.opened(), house.clock.now()
        for number in range(amount):
            kind, due = KINDS[number % len(KINDS)], now + chance.randrange(1, span_ms)
            made = await tickets.create(_waiting(model, kind, due, now), 1999, SYSTEM, _armed(kind, due))
            self.kinds[made.id], self.due[made.id] = kind, due

    async def loses_some(self, house: House, chance: Random, share: float) -> None:
        """A lead closes some that are still open."""
        self.reminded |= await _reminded()
        for ticket_id in self.kinds.keys() - self.closed.keys():
            ticket = await tickets.get(ticket_id) if chance.random() < share else None
            if ticket is not None and ticket.live:
                await apply(house.helpdesk, ticket, Action.CLOSE)
                self.closed[ticket_id] = house.clock.now()

    def went_off(self, claimed: Iterable[Timer], now: int) -> None:
        """These are done from now on, whatever time it is."""
        for timer in claimed:
            if self.kinds.get(timer.ticket_id) is timer.kind:
                self.shown[timer.ticket_id] = now

    async def effects(self) -> tuple[dict[int, list[int]], Counter[int]]:
        """When each ticket's waiting had its effect, each time; and how often a customer was reminded of the end."""
        found: dict[int, list[int]] = {ticket_id: [] for ticket_id in self.kinds}
        for row in await rows(_HISTORY):
            if row["action"] == _STEPS.get(self.kinds.get(row["ticket_id"], TimerKind.ETA)):
                found[row["ticket_id"]].append(row["at"])
        reminded: Counter[int] = Counter()
        for row in await rows(_SAID):
            kind = self.kinds.get(row["ticket_id"])
            if kind is TimerKind.SLA and "henüz yeni bir bilgi yok" in row["content"]:
                found[row["ticket_id"]].append(row["at"])
            reminded[row["ticket_id"]] += kind is TimerKind.AUTO_CLOSE and "Hâlâ yanıtınızı" in row["content"]
        for ticket_id, at in (self.reminded | await _reminded()).items():
            if self.kinds.get(ticket_id) is TimerKind.ETA:
                found[ticket_id].append(at)
        return found, reminded

    async def told(self) -> int:
        """How often agents were told of an end, a wake or an ETA, in topics and in digests."""
        payloads = [loads(row["payload"]) for row in await rows(_LINES)]
        marks = tuple(_TELLING.values())
        return sum(
            one["count"] if one.get("heading") == "time-digest" else one["part"].get("text", "").startswith(marks)
            for one in payloads
        )

    def to_tell(self, effects: Mapping[int, list[int]]) -> int:
        """How often they should have been, as all of these did their work once."""
        return sum(len(times) for ticket_id, times in effects.items() if self.kinds[ticket_id] in _TELLING)

    def wrong(self, effects: Mapping[int, list[int]], reminded: Mapping[int, int], now: int) -> Iterator[str]:
        """What was done twice, early, not at all, or after closing."""
        for ticket_id, kind in self.kinds.items():
            due, times, closed_at = self.due[ticket_id], effects[ticket_id], self.closed.get(ticket_id)
            name = f"{kind} of ticket {ticket_id}, due {due}, closed {closed_at}, now {now}: {times}"
            if len(times) > 1 or reminded.get(ticket_id, 0) > 1:
                yield f"more than once: {name}"
            if any(at < min(due, self.shown.get(ticket_id, due)) for at in times):
                yield f"early: {name}"
            if due <= now and not times and closed_at is None:
                yield f"never: {name}"


async def _reminded() -> dict[int, int]:
    """The tickets whose ETA went off, and when its timer was claimed for that."""
    return {row["ticket_id"]: row["lease_until"] - LEASE_MS for row in await rows(_REMINDED)}


def _waiting(model: Ticket, kind: TimerKind, due: int, now: int) -> Ticket:
    """A ticket that waits for that instant and for nothing else."""
    plain = replace(model, id=0, number="", status=Status.OPEN, created_at=now, status_since=now, version=0)
    match kind:
        case TimerKind.WAKE:
            return replace(plain, status=Status.POSTPONED, postponed_until=due)
        case TimerKind.AUTO_CLOSE:
            return replace(plain, status=Status.PENDING, waiting_since=due - 4 * DAY_MS)
        case TimerKind.ETA:
            return replace(plain, status=Status.IN_DEVELOPMENT, eta=due)
        case TimerKind.INTAKE_END:
            return replace(plain, intake="type", intake_until=due)
        case _:
            return replace(plain, priority=Priority.CRITICAL, created_at=due - HOUR_MS)


def _armed(kind: TimerKind, due: int) -> dict[TimerKind, int]:
    reminder = {TimerKind.AUTO_CLOSE_REMINDER: due - DAY_MS} if kind is TimerKind.AUTO_CLOSE else {}
    return {kind: due, **reminder}
