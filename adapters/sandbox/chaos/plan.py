"""What a run does: how much, with which faults, and the program it does it to. Everything follows from the seed."""

from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Literal, get_args

Channel = Literal["both", "whatsapp", "telegram"]
CHANNELS: tuple[str, ...] = get_args(Channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`messages` counts what customers and agents write together; rates are from 0 to 1.

    `kills` ends that many processes with SIGKILL. With `limits` the platforms' rate limits are in force, and the
    agents' group takes 20 writes a minute. `points` are the program's crash points.
    """

    seed: int
    messages: int = 3_000
    contacts: int = 50
    kills: int = 20
    reposts: float = 0.1
    dropped: float = 0.01
    channel: Channel = "both"
    limits: bool = False
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What is put to the test: `entry` (`module:function`) of the source tree `root`, called with `arguments`.

    `modules` are loaded before the first start, so that a restart costs no more than the program's own start.
    `repeated` are the words by which a post in the agents' group says that it may be there twice.
    """

    root: Path
    entry: str
    arguments: tuple[str, ...]
    repeated: str
    modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A customer. `address` is a phone number or a Telegram user id."""

    index: int
    channel: Literal["whatsapp", "telegram"]
    address: str

    @property
    def name(self) -> str:
        return f"Kişi {self.index:04d}"


@dataclass(frozen=True, slots=True)
class Line:
    """One numbered message: the customer's own, or the agents' answer to the customer."""

    person: Person
    answer: bool
    number: int

    @property
    def mark(self) -> str:
        """What the message is found by, wherever it ends up."""
        return f"{'A' if self.answer else 'K'}{self.person.index:04d}-{self.number:05d}"

    @property
    def text(self) -> str:
        return f"{self.mark} {'bakıyoruz' if self.answer else 'kanarya'}"


@dataclass(frozen=True, slots=True)
class Fate:
    """How one process ends: at the k-th time it reaches `point` (`point:k`), or at any time (no point)."""

    point: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """The run in order: who writes what, and after how many lines the nth process has to be dead."""

    people: tuple[Person, ...]
    lines: tuple[Line, ...]
    fates: tuple[Fate, ...]
    ends: tuple[int, ...] = field(default=())


_ANSWERS = 0.35
"""Share of answers: agents write less than customers do."""
_JOINING = 0.8
"""The part of the run in which new customers keep coming."""
_AT_POINTS = 0.6
_RARE = frozenset({"topic.opened", "card.posted", "outbox.before_recovery"})
_AT_NIGHT = "timers."
_LONG_RUN = 10


def course(plan: Plan) -> Course:
    """Draw the whole run from the plan's seed."""
    random = Random(plan.seed)
    people = tuple(_person(index, plan.channel) for index in range(plan.contacts))
    fates = _fates(plan, random)
    share = plan.messages / (len(fates) + 1)
    ends = tuple(round(share * (nth + random.uniform(0.6, 1.0))) for nth in range(len(fates)))
    return Course(people, _lines(plan, people, random), fates, ends)


def nights(plan: Plan) -> tuple[Fate, ...]:
    """The last deaths, while timers go off: at one such point in a short run, at each in a long one."""
    points = [point for point in plan.points if point.startswith(_AT_NIGHT)]
    if plan.kills < _LONG_RUN:
        points = Random(plan.seed).sample(points, min(len(points), plan.kills // 2, 1))
    return tuple(Fate(f"{point}:1") for point in points)


def _person(index: int, channel: Channel) -> Person:
    on_whatsapp = index % 2 == 0 if channel == "both" else channel == "whatsapp"
    if on_whatsapp:
        return Person(index, "whatsapp", str(905_551_000_000 + index))
    return Person(index, "telegram", str(7_100_000 + index))


def _lines(plan: Plan, people: tuple[Person, ...], random: Random) -> tuple[Line, ...]:
    """Everybody has a first word; then whoever is there already goes on."""
    # Most come early: each chat takes one message a second, so that few of them would hold up the run.
    joins = sorted(round(plan.messages * _JOINING * random.random() ** 3) for _ in people[1:])
    joins = [0, *joins]
    written = [[0, 0] for _ in people]
    lines, present = [], 0
    for position in range(plan.messages):
        if present < len(joins) and joins[present] <= position:
            person, answer = people[present], False
            present += 1
        else:
            person, answer = people[random.randrange(present)], random.random() < _ANSWERS
        lines.append(Line(person, answer, written[person.index][answer]))
        written[person.index][answer] += 1
    return tuple(lines)


def _fates(plan: Plan, random: Random) -> tuple[Fate, ...]:
    """Deaths at crash points, each point in turn, among deaths at any time; those of the night come on top."""
    kills = plan.kills - len(nights(plan))
    points = [point for point in plan.points if not point.startswith(_AT_NIGHT)]
    random.shuffle(points)
    at_points = round(kills * _AT_POINTS) if points else 0
    most = max(2, plan.messages // (4 * max(kills, 1)))
    fates = [_at(points[nth % len(points)], most, random) for nth in range(at_points)]
    fates += [Fate()] * (kills - at_points)
    random.shuffle(fates)
    return tuple(fates)


def _at(point: str, most: int, random: Random) -> Fate:
    return Fate(f"{point}:{1 if point in _RARE else random.randint(1, most)}")
