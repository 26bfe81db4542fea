"""R7: a message, its edits, its withdrawal and reactions in any order and number end as if in order."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import inbox
from bot.domain.message import Content, Edited, Person, Reacted, Revoked, Said
from bot.services import lanes
from store import conversations, messages
from store import inbox as inbox_store
from tests.builders import AYSE, ZEYNEP, new_id
from tests.fakes import Call
from tests.proofs.delivering import UNPACED, UNPACED_GROUP, Stage, crowd, on_stage
from tests.proofs.proof import Proof

TOGETHER = 25
"""So many messages and what was done to them are taken in before the group is looked at."""
FIRST, LAST, LIKED = "ilk söz", "son söz", "❤"

Doing = Said | Edited | Reacted | Revoked
Order = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """What one customer did to one message, in the order of its doing, and the order in which we hear of it."""

    who: Person
    name: str
    doings: tuple[Doing, ...]
    order: Order


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message: its ledger row, the one post that shows it, and the reaction shown last."""

    words: str
    edited: bool
    revoked: bool
    post: str
    reaction: str


def doings(who: Person, name: str, at: int) -> tuple[Doing, ...]:
    """In the order of the doing, at whole seconds, as platforms tell them; Telegram tells of no withdrawal."""

    def content(words: str) -> Content:
        return Content(text=f"{name}: {words}")

    events = (
        Said(author=who, at=at, external_id=name, content=content(FIRST)),
        Edited(author=who, at=at + 1000, external_id=name, content=content("ikinci söz")),
        Reacted(author=who, at=at + 2000, external_id=name, emoji="👍"),
        Edited(author=who, at=at + 3000, external_id=name, content=content(LAST)),
        Reacted(author=who, at=at + 4000, external_id=name, emoji=LIKED),
    )
    withdrawn = Revoked(author=who, at=at + 5000, external_id=name)
    return events if who.keys[0].startswith("tg:") else (*events, withdrawn)


def orders(size: int, count: int, draw: random.Random) -> list[Order]:
    """`count` orders of so many events: first each exactly once in every order, then with repetitions."""
    once = list(itertools.permutations(range(size)))
    if count < 2 * len(once):
        once = draw.sample(once, count // 2)
    found = list(once)
    while len(found) < count:
        repeated = [index for index in range(size) for _ in range(draw.choice((1, 1, 2, 3)))]
        draw.shuffle(repeated)
        found.append(tuple(repeated))
    return found


def cases(stage: Stage, known: Person, count: int, draw: random.Random) -> Iterator[Case]:
    """Messages of one known customer; every eighth is the first word of somebody new."""
    at = stage.clock.now() // 1000 * 1000
    channel = stage.home(known).name
    size = len(doings(known, "", 0))
    strangers = iter(crowd(channel, count))
    for number, order in enumerate(orders(size, count, draw)):
        who, name = next(strangers) if number % 8 == 0 else known, new_id("w")
        yield Case(who, name, doings(who, name, at), order)


async def heard(stage: Stage, case: Case) -> int:
    """The platform's deliveries, in their order; one that comes again carries the key it had. How many were new?"""
    new = 0
    for index in case.order:
        item = stage.home(case.who).stage(case.doings[index], key=f"{case.name}-{index}")
        await inbox.accept(stage.house.helpdesk, [item])
        if not await inbox_store.idle():
            assert await stage.house.works() is inbox.Outcome.DONE
            new += 1
    return new


async def outcome(stage: Stage, case: Case) -> Outcome:
    """What people see in the end, with the message's own name left out."""
    conversation = await conversations.find(stage.home(case.who).name, case.who)
    assert conversation is not None
    place = await messages.find_post(lanes.customer_place(conversation), case.name)
    message = await messages.get(place.message_id or 0) if place else None
    assert message is not None
    posts = (call for call in stage.telegram.board.values() if call.words.startswith("👤"))
    post = only(call for call in posts if f"{case.name}: " in call.words)
    reactions = [call.words for call in stage.telegram.board.values() if call.reply_to == post.external_id]
    words = message.content.text.removeprefix(f"{case.name}: ")
    shown = post.words.replace(case.name, "").replace(case.who.name, "")
    edited = message.edited_at == case.doings[3].at
    return Outcome(words, edited, message.revoked, shown, reactions[-1].rpartition(" ")[2] if reactions else "")


def only(found: Iterator[Call]) -> Call:
    posts = list(found)
    assert len(posts) == 1, [post.words for post in posts]
    return posts[0]


async def end_as_if_in_order(stage: Stage, some: Sequence[Case], wanted: Outcome) -> None:
    for case in some:
        assert await heard(stage, case) == len(case.doings), "each once, however often it came"
    await stage.settles()
    for case in some:
        assert await outcome(stage, case) == wanted, case.order
    stage.telegram.board.clear()


@pytest.mark.proof("R7")
@pytest.mark.parametrize("known", [AYSE, ZEYNEP], ids=["whatsapp", "telegram"])
async def test_changes_in_any_order_and_number_end_as_if_in_order(tmp_path: Path, proof: Proof, known: Person) -> None:
    draw = proof.draw()
    size = proof.size(30, 4_000 if known is AYSE else 1_200)
    async with on_stage(tmp_path, telegram=UNPACED_GROUP, whatsapp=UNPACED, at_once=True) as stage:
        await stage.house.opened(who=known)
        plan = list(cases(stage, known, size, draw))
        everything = doings(known, "sırayla", stage.clock.now() // 1000 * 1000)
        ordered = Case(known, "sırayla", everything, tuple(range(len(everything))))
        await heard(stage, ordered)
        await stage.settles()
        wanted = await outcome(stage, ordered)
        assert (wanted.words, wanted.edited, wanted.revoked, wanted.reaction) == (LAST, True, known is AYSE, LIKED)
        for start in range(0, size, TOGETHER):
            await end_as_if_in_order(stage, plan[start : start + TOGETHER], wanted)
    overtaken = sum(case.order[0] != 0 for case in plan)
    assert overtaken > size // 2, "inconclusive"
    proof.tell(cases=size, overtaken=overtaken, repeated=sum(len(case.order) > len(case.doings) for case in plan))
