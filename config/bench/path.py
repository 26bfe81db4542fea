"""How many messages a second go the whole way in: stored, parsed, in their ticket's ledger, on their way to agents."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.sandbox.bench.posts import Mail, phone_of, wamid_of
from adapters.sandbox.bench.stopwatch import Stopwatch, epoch_seconds
from adapters.whatsapp.split import split
from bot import inbox
from bot.helpdesk import HelpDesk
from bot.ports import Item
from config.bench import seeding
from config.bench.databases import Databases, databases
from config.bench.houses import SECRET, frozen, house
from config.bench.report import Figure, of_rounds
from config.bench.scope import Scope
from store import baseline
from store.sql import rows

_AT_ONCE = 512
"""So many items stand at the door when the worker begins: a busy minute, not a year's backlog."""

_WARM = 32
_COUNTS = """
SELECT (SELECT count(*) FROM message WHERE author = 'requester') AS messages,
    (SELECT count(*) FROM inbox WHERE state = 'done') AS done,
    (SELECT count(*) FROM message WHERE author = 'requester' AND id IN (SELECT message_id FROM outbox)) AS shown"""


class Unfinished(Exception):
    """Messages did not go the whole way: the figure would be worth nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """`messages` of so many people in turn; `known`: each has an open ticket already."""

    name: str
    people: int
    messages: int
    known: bool = True

    def items(self, prefix: str, count: int, first_person: int = 0) -> list[Item]:
        """What the door hands in."""
        mail, now = Mail(secret=SECRET), epoch_seconds()
        return [
            item
            for index in range(count)
            for item in split(mail.message(wamid_of(prefix, index), phone_of(first_person + index % self.people), now))
        ]


async def measured(scope: Scope) -> list[Figure]:
    """Live tickets of few and of many people, and new tickets; the house and the plain way in turn."""
    few, many, new = scope.size(128, 2_000), scope.size(128, 3_000), scope.size(64, 1_000)
    courses = (
        Course(name="path.64", people=64, messages=few),
        Course(name="path.1000", people=scope.size(100, 1_000), messages=many),
        Course(name="path.new", people=new, messages=new, known=False),
    )
    scope.say("path: the house and one ORM transaction per message in turn")
    async with databases(scope) as made:
        return [await _compared(scope, made, course) for course in courses]


async def _compared(scope: Scope, made: Databases, course: Course) -> Figure:
    ratios, ours, theirs = [], [], []
    for nth in range(scope.rounds):
        name = f"{course.name.replace('.', '-')}-{nth}"
        plain = await through_plain(scope.folder, await made.fresh(f"{name}-plain"), course, scope.size(40, 400))
        own = await through_house(scope.folder, await made.fresh(name), course)
        ratios.append(own / plain)
        ours.append(round(own))
        theirs.append(round(plain))
        scope.say(f"  {course.name}: {ours[-1]}/s to {theirs[-1]}/s")
    details = {"database": made.kind, "messages": course.messages}
    return of_rounds(course.name, ratios, house_per_second=ours, plain_per_second=theirs, **details)


async def through_plain(folder: Path, url: str, course: Course, messages: int) -> float:
    """Messages a second, one ORM transaction for each, from people with an open ticket."""
    known = Course(name=course.name, people=min(course.people, 64), messages=messages)
    items = known.items("plain", messages)
    async with house(folder, url) as helpdesk:
        await seeding.live_tickets(known.people, helpdesk.now())
    async with baseline.opened(url):
        with frozen():
            watch = Stopwatch()
            for item in items:
                await baseline.take(item, epoch_seconds() * 1000)
            seconds = watch.seconds
        if await baseline.counted() != (messages, messages):
            raise Unfinished(f"the plain way took in {await baseline.counted()} of {messages}")
    return messages / seconds


async def through_house(folder: Path, url: str, course: Course) -> float:
    """Messages a second through door, inbox and use cases, each committed with its errands."""
    async with house(folder, url) as helpdesk:
        if course.known:
            await seeding.live_tickets(course.people, helpdesk.now())
        return await through(helpdesk, course)


async def through(helpdesk: HelpDesk, course: Course) -> float:
    """The same in a house that stands. Raises `Unfinished` unless every message is in a ledger and on its way."""
    warm = course.items("warm", _WARM, first_person=0 if course.known else course.people)
    await _taken_in(helpdesk, warm)
    items = course.items("way", course.messages)
    watch = Stopwatch()
    await _taken_in(helpdesk, items)
    seconds = watch.seconds
    found = (await rows(_COUNTS))[0]
    if set(found.values()) != {len(warm) + len(items)}:
        raise Unfinished(f"of {len(warm) + len(items)} messages went their way: {found}")
    return len(items) / seconds


async def _taken_in(helpdesk: HelpDesk, items: Sequence[Item]) -> None:
    for first in range(0, len(items), _AT_ONCE):
        await inbox.accept(helpdesk, items[first : first + _AT_ONCE])
        while await inbox.drain(helpdesk):
            pass
