"""R24: revoked tokens, moved groups, lost topics, failing files: nothing is lost, doubled or misdirected."""

import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.domain.errors import SendError
from bot.domain.message import Attachment, Content, DeskPlace, Kind, Person
from tests.builders import new_id, outgoing
from tests.proofs.delivering import Stage, chat_of, crowd, on_stage
from tests.proofs.groups import Trouble, place_of
from tests.proofs.proof import Proof

PACE = 4.0
"""Seconds between two things that people do."""
EVENTS = 16
SAID, REPEATED = "👤", "🔁"
"""How the group shows a customer's words, and words that may be there already."""
FOR_GOOD = -1


@dataclass
class Story:
    """Three customers and their agents through one schedule of trouble; every word carries its customer's mark."""

    stage: Stage
    trouble: Trouble
    draw: random.Random
    people: list[Person]
    words: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    pictures: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    photos: set[str] = field(default_factory=set)
    fates: dict[str, int] = field(default_factory=dict)

    async def customer_writes(self) -> None:
        who = self.draw.choice(self.people)
        words = f"{mark(who)} {new_id('söz')}."
        self.words[mark(who)].append(words)
        await self.stage.house.customer(words, who)

    async def customer_sends_a_photo(self) -> None:
        who = self.draw.choice(self.people)
        words = f"{mark(who)} {new_id('foto')}."
        self.words[mark(who)].append(words)
        self.photos.add(words)
        await self.stage.house.customer(Content(text=words, attachment=photo(words)), who)

    async def agent_answers(self) -> None:
        who = self.draw.choice(self.people)
        words = f"yanıt {mark(who)} {new_id('y')}."
        if await self._replied(who, Content(text=words)):
            self.answers[mark(who)].append(words)

    async def agent_sends_a_picture(self) -> None:
        who = self.draw.choice(self.people)
        words = f"resim {mark(who)} {new_id('r')}."
        if await self._replied(who, Content(text=words, attachment=photo(words))):
            self.pictures[mark(who)].append(words)

    async def agent_looks(self) -> None:
        """A question in the group itself, whose answer goes there."""
        await self.stage.house.agent("/tickets", desk=DeskPlace(chat=self.trouble.group))

    async def _replied(self, who: Person, content: Content) -> bool:
        """In reply to something of this customer's that stands in the group; else the customer writes."""
        post = place_of(self.stage.telegram, self.trouble.group, mark(who))
        if post is None or post.thread in self.trouble.gone or post.thread in self.trouble.closed:
            await self.customer_writes()
            return False
        place = DeskPlace(chat=post.chat, thread=post.thread)
        name = f"{post.chat}:{new_id('a')}"
        await self.stage.house.agent(content, desk=place, external_id=name, reply_to=post.external_id)
        return True


def photo(name: str) -> Attachment:
    return Attachment(kind=Kind.PHOTO, ref=name, mime="image/jpeg", size=9)


def mark(who: Person) -> str:
    """What stands in everything said by or to a customer, and in nothing else."""
    return f"‹{who.keys[0]}›"


async def played(stage: Stage, proof_draw: random.Random, acts: tuple[str, ...]) -> Story:
    """One schedule: what people do, with trouble in between; then what can be put right is, and time passes."""
    draw = random.Random(proof_draw.random())
    trouble = Trouble(stage, draw)
    stage.telegram.judge, stage.whatsapp.judge = trouble.on("telegram"), trouble.on("whatsapp")
    people = [*crowd("telegram", 1), *crowd("whatsapp", 2)]
    story = Story(stage, trouble, draw, people)
    deeds: list[Callable[[], Awaitable[None]]] = [story.customer_writes, story.agent_answers, story.agent_answers]
    if "media" in acts:
        failing(story)
        deeds += [story.customer_sends_a_photo, story.agent_sends_a_picture]
    wrong = [getattr(trouble, act) for act in acts if act != "media"]
    at = {draw.randrange(2, EVENTS): draw.choice(wrong) for _ in range(3)} if wrong else {}
    for number in range(EVENTS):
        if number in at:
            await story.agent_looks()
            await at[number]()
        await (story.customer_writes if number in at else draw.choice(deeds))()
        await stage.passes(PACE, step=PACE)
    trouble.heals()
    await stage.settles()
    return story


def failing(story: Story) -> None:
    """Every other file fails to come: for a while, or for good."""

    def judge(attachment: Attachment) -> SendError | None:
        left = story.fates.setdefault(attachment.ref, story.draw.choice([0, 0, 1, 3, FOR_GOOD]))
        if left == 0:
            return None
        story.fates[attachment.ref] = left if left == FOR_GOOD else left - 1
        story.trouble.met["gone" if left == FOR_GOOD else "late"] += 1
        key = "send-error-media-gone" if left == FOR_GOOD else "send-error-network"
        return SendError(key=key, certain=True, retryable=left != FOR_GOOD)

    story.stage.telegram.fetching = story.stage.whatsapp.fetching = judge


def wrong_chats(story: Story) -> list[str]:
    """Calls that took something of one customer to another, or of two customers into one topic."""
    telegram, whatsapp = story.stage.telegram.taken, story.stage.whatsapp.taken
    chats = {mark(who): chat_of(who) for who in story.people}
    found, topics = [], defaultdict[str, set[str]](set)
    for seen in (*telegram, *whatsapp):
        for sign, chat in chats.items():
            if sign not in seen.call.words:
                continue
            if not seen.call.chat.startswith("-") and seen.call.chat != chat:
                found.append(f"{seen.call.words!r} went to {seen.call.chat}")
            if seen.call.thread:
                topics[seen.call.thread].add(sign)
    return found + [f"topic {thread} has {sorted(signs)}" for thread, signs in topics.items() if len(signs) > 1]


def check(story: Story) -> None:
    """0 lost, 0 doubled, 0 in a wrong chat, and nothing left undone."""
    assert wrong_chats(story) == []
    posts = [seen.call for seen in story.stage.telegram.feed() if SAID in seen.call.words]
    outside = [post.words for post in posts if not post.thread]
    assert not (outside and story.stage.telegram.has_topics), "a topic could always be opened"
    for words in (words for mine in story.words.values() for words in mine):
        shown = [post.words for post in posts if words in post.words and REPEATED not in post.words]
        assert shown, f"lost: {words}"
        assert len(shown) == 1 or words in story.photos, f"doubled: {shown}"
    for words in story.photos:
        with_file = sum(bool(post.files) and words in post.words for post in posts)
        assert with_file == (story.fates.get(words) != FOR_GOOD), words
    for who in story.people:
        got = story.stage.home(who).arrived(chat_of(who))
        assert [words for words in got if words.startswith("yanıt")] == story.answers[mark(who)]
        came = [words for words in story.pictures[mark(who)] if story.fates.get(words) != FOR_GOOD]
        assert sorted(words for words in got if words.startswith("resim")) == sorted(came)


KINDS = {"token": ("revokes",), "migration": ("migrates",), "topic": ("vanishes", "closes"), "media": ("media",)}


@pytest.mark.proof("R24")
@pytest.mark.parametrize("kind", KINDS)
async def test_trouble_loses_doubles_and_misdirects_nothing(tmp_path: Path, proof: Proof, kind: str) -> None:
    draw, count, met = proof.draw(), proof.size(3, 200), Counter[str]()
    said = 0
    for _ in range(count):
        async with on_stage(tmp_path) as stage:
            stage.telegram.has_topics = kind != "migration"
            story = await played(stage, draw, KINDS[kind])
            check(story)
            assert await outgoing(state="pending") == []
            met += story.trouble.met
            said += sum(map(len, [*story.words.values(), *story.answers.values()]))
    assert sum(met.values()) >= count // 2, f"inconclusive: {met}"
    proof.tell(kind=kind, schedules=count, said=said, met=dict(met))
