"""R9: both platforms are down for an hour; what waits then leaves in order, at the pace allowed and hardly slower."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.domain.ledger import Op
from bot.domain.message import Person, ReceiptStatus
from bot.domain.press import Verb, encode
from bot.domain.ticket import Ticket
from tests.builders import GROUP, outgoing
from tests.fakes import Call
from tests.proofs import troubles
from tests.proofs.delivering import HOUR, OK, WRITES, Ending, Seen, Stage, busiest, chat_of, crowd, on_stage, waiting
from tests.proofs.proof import Proof

DAY = 24 * HOUR
LONGEST_PAUSE, RECEIPTS_WAIT, LONGEST_BACKOFF = 20, 60.0, 60.0
PER_SECOND = {"telegram": 30, "whatsapp": 80}
PER_PERSON = {"telegram": (1.0, 5), "whatsapp": (6.0, 45)}
PER_GROUP = 20
TIMES_SLOWER = 1.2
GLANCE, GLANCE_WHILE_DOWN = 0.1, 10.0
SAID = re.compile(r"söz \d{4}")


@dataclass(frozen=True)
class Load:
    """How many customers, how many answers each and words in all; `stale` ones last wrote nearly a day ago."""

    telegram: int
    whatsapp: int
    answers: int
    words: int
    stale: int
    outage: float
    vague: float

    @property
    def queued(self) -> int:
        return (self.telegram + self.whatsapp) * self.answers + self.words + self.stale


SMALL = Load(telegram=6, whatsapp=4, answers=8, words=30, stale=2, outage=120.0, vague=0.4)
FULL = Load(telegram=60, whatsapp=20, answers=50, words=1_000, stale=20, outage=HOUR, vague=0.04)


@dataclass
class Outage:
    """Until `over` every call fails: with a pause asked for, without a connection, or (`vague`: how often) with a 5xx.

    In its last minute nothing is vague, for WhatsApp's receipts are waited for that long. Telegram asks for pauses chat
    by chat, and reactions cost nothing of a group's budget; WhatsApp's concern the number, whatever it sends.
    """

    channel: str
    over: float
    vague: float
    draw: random.Random
    met: Counter[str] = field(default_factory=Counter)
    shut: dict[str, tuple[float, float]] = field(default_factory=dict)
    early: list[Call] = field(default_factory=list)

    def __call__(self, call: Call, at: float) -> Ending:
        who = call.chat if self.channel == "telegram" else self.channel
        asked_at, until = self.shut.get(who, (0.0, 0.0))
        paced = call.verb != "react" or self.channel != "telegram"
        if paced and asked_at < at < until:
            self.early.append(call)
        if at >= self.over:
            return OK
        vague = self.vague if at < self.over - RECEIPTS_WAIT else 0.0
        kind = self.draw.choices(["429", "5xx", "refused"], weights=[1.0, vague, 1.0])[0]
        self.met[kind] += 1
        if kind == "429":
            pause = max(1, min(self.draw.randint(1, LONGEST_PAUSE), round(self.over - at)))
            if paced:
                self.shut[who] = (at, max(until, at + pause))
            return Ending(taken=False, error=troubles.flood(self.channel, pause))
        error = troubles.server_error if kind == "5xx" else troubles.refused
        return Ending(taken=False, error=error(self.channel))


@dataclass(kw_only=True)
class Story:
    """What was written while nothing got out, and what the platforms did until the outage was `over`."""

    stale: list[Person]
    outages: list[Outage]
    over: float
    written: dict[Person, list[str]] = field(default_factory=lambda: defaultdict(list))
    words: dict[Person, list[str]] = field(default_factory=lambda: defaultdict(list))


async def answered_once(stage: Stage, people: list[Person]) -> dict[Person, Ticket]:
    tickets = await stage.opened(people)
    for who in people:
        await stage.house.agent("Bakıyoruz", tickets[who])
    await stage.settles()
    return tickets


async def an_outage(stage: Stage, load: Load, draw: random.Random) -> Story:
    """One answer each at the outage's beginning, tried until its end; everything else is queued in its last minutes."""
    stale = crowd("whatsapp", load.stale, first=500)
    people = [*crowd("telegram", load.telegram), *crowd("whatsapp", load.whatsapp)]
    tickets = await answered_once(stage, stale)
    stage.clock.move(DAY - load.outage / 2)
    tickets |= await answered_once(stage, people)
    stage.clock.move(60)
    over = stage.clock.monotonic() + load.outage
    telegram, whatsapp = (Outage(name, over, load.vague, draw) for name in ("telegram", "whatsapp"))
    stage.telegram.judge, stage.whatsapp.judge = telegram, whatsapp
    story = Story(stale=stale, outages=[telegram, whatsapp], over=over)
    await answers(stage, story, tickets, 0)
    while stage.clock.monotonic() < over - load.answers:
        await stage.passes(GLANCE_WHILE_DOWN, step=GLANCE_WHILE_DOWN)
    for number in range(load.words):
        who = people[number % len(people)]
        story.words[who].append(f"söz {number:04}")
        await stage.house.customer(story.words[who][-1], who)
    for number in range(1, load.answers):
        await answers(stage, story, {who: tickets[who] for who in people}, number)
    stage.clock.move(over - stage.clock.monotonic())
    return story


async def answers(stage: Stage, story: Story, tickets: dict[Person, Ticket], number: int) -> None:
    """An answer for each of these, and a second passes."""
    for who, ticket in tickets.items():
        story.written[who].append(f"yanıt {number:04}")
        await stage.house.agent(story.written[who][-1], ticket)
    await stage.passes(1.0)


async def drains(stage: Stage) -> None:
    """Look ten times a second until the customers have everything, then every second until the group has.

    Of what WhatsApp takes it tells so at once.
    """
    told = 0
    while await waiting(beside="desk"):
        await stage.passes(GLANCE, step=GLANCE)
        for seen in stage.whatsapp.taken[told:]:
            if seen.call.verb == "send":
                await stage.house.receipts(ReceiptStatus.DELIVERED, errand=int(seen.call.tracker))
        told = len(stage.whatsapp.taken)
    await stage.settles()


def least(channel: str, written: dict[Person, list[str]], tries: Iterable[Seen], over: float) -> float:
    """The shortest time in which the buckets let all this out, in seconds; refused tries are in the buckets, too."""
    mine = {who: len(words) for who, words in written.items() if channel_of(who) == channel}
    seconds, burst = PER_PERSON[channel]
    spent = {chat: filled(times, over, seconds) for chat, times in by_chat(tries).items()}
    one_person = max((count + spent.get(chat_of(who), 0.0) - burst) * seconds for who, count in mine.items())
    return max(sum(mine.values()) / PER_SECOND[channel], one_person)


def channel_of(who: Person) -> str:
    return "telegram" if who.keys[0].startswith("tg:") else "whatsapp"


def breaches(stage: Stage) -> dict[str, int]:
    """By how much the busiest moment of each bucket was over its limit."""
    counted = {
        "telegram": [seen for seen in stage.telegram.tries if seen.call.verb in WRITES],
        "whatsapp": [seen for seen in stage.whatsapp.tries if seen.call.verb in {"send", "react"}],
    }
    over = {name: busiest([seen.at for seen in tries], 1.0) - PER_SECOND[name] for name, tries in counted.items()}
    customers = {name: [seen for seen in tries if seen.call.chat[0] != "-"] for name, tries in counted.items()}
    over["group"] = busiest([seen.at for seen in stage.telegram.feed()], 60.0) - PER_GROUP
    for name, calls in customers.items():
        over[f"{name} person"] = sum(overflow(times, *PER_PERSON[name]) for times in by_chat(calls).values())
    return {name: excess for name, excess in over.items() if excess > 0}


def by_chat(calls: Iterable[Seen]) -> dict[str, list[float]]:
    found = defaultdict[str, list[float]](list)
    for seen in calls:
        found[seen.call.chat].append(seen.at)
    return found


def filled(times: list[float], until: float, seconds: float) -> float:
    """How full a leaky bucket is at that instant."""
    level, last = 0.0, 0.0
    for at in (at for at in times if at < until):
        level, last = max(0.0, level - (at - last) / seconds) + 1.0, at
    return max(0.0, level - (until - last) / seconds)


def overflow(times: list[float], seconds: float, burst: int) -> int:
    """How often a leaky bucket of this size ran over."""
    level, last, spilt = 0.0, 0.0, 0
    for at in times:
        level = max(0.0, level - (at - last) / seconds) + 1.0
        last = at
        if level > burst + 1e-6:
            spilt, level = spilt + 1, float(burst)
    return spilt


def in_order(stage: Stage, who: Person, mine: list[str]) -> list[str]:
    """The answers that reached them, which must be in order and without repetition; returns what did not."""
    got = [words for words in stage.home(who).arrived(chat_of(who)) if words.startswith("yanıt ")]
    assert got == sorted(set(got)), (who, got)
    return sorted(set(mine) - set(got))


def slowness(stage: Stage, story: Story) -> dict[str, tuple[float, float]]:
    """For each channel and the group: after how many seconds the last word was out, and the least that was possible."""
    fresh = {who: words for who, words in story.written.items() if who not in story.stale}
    found = {}
    for name, platform in (("telegram", stage.telegram), ("whatsapp", stage.whatsapp)):
        last = max(seen.at for seen in platform.taken if seen.call.words.startswith("yanıt"))
        sent = [seen for seen in platform.tries if seen.call.verb == "send"]
        found[name] = (last - story.over, least(name, fresh, sent, story.over))
    feed = [seen.at for seen in stage.telegram.feed() if seen.at >= story.over]
    found["group"] = (feed[-1] - story.over, 60.0 * ((len(feed) - 1) // PER_GROUP))
    return found


def check_answers(stage: Stage, story: Story) -> int:
    """In order and once, but for those whose outcome nobody knows, each shown once, and those that came too late."""
    tries = [seen for seen in stage.telegram.tries if seen.call.words.startswith("yanıt")]
    vague = [seen.call for seen in tries if seen.ending.error and not seen.ending.error.certain]
    doubtful = [(call.chat, call.words) for call in vague]
    assert len(set(doubtful)) == len(doubtful), "no doubt is tried again by itself"
    offered = Counter(row[0].token for post in stage.telegram.board.values() for row in post.part.rows)
    assert {offered[encode(Verb.RESEND, int(call.tracker))] for call in vague} <= {1}
    for who, mine in story.written.items():
        missing = in_order(stage, who, mine)
        unknown = [words for chat, words in doubtful if chat == chat_of(who)]
        assert missing == sorted(unknown if who not in story.stale else mine), who
    return len(doubtful)


def check_feed(stage: Stage, story: Story) -> None:
    """The customers' words in order and once, one line for each parked answer, and no flood of anything else."""
    feed = [seen.call.words for seen in stage.telegram.feed() if seen.at >= story.over]
    for mine in story.words.values():
        got = [words for post in feed if "🔁" not in post for words in SAID.findall(post) if words in mine]
        assert got == mine
    assert sum("😴" in post for post in feed) == len(story.stale)
    known = ("👤", "😴", "bilinmiyor", "#2026-")
    assert [post for post in feed if not any(sign in post for sign in known)] == []
    general = [post for post in stage.telegram.board.values() if post.chat == GROUP and post.thread is None]
    assert general == [], "no alarm for each of them"


@pytest.mark.proof("R9")
async def test_after_an_hour_without_platforms_everything_leaves_in_order_and_at_the_allowed_pace(
    tmp_path: Path, proof: Proof
) -> None:
    load = FULL if proof.full else SMALL
    async with on_stage(tmp_path) as stage:
        story = await an_outage(stage, load, proof.draw())
        await drains(stage)
        for outage in story.outages:
            assert min(outage.met[kind] for kind in ("429", "5xx", "refused")) > 0, f"inconclusive: {outage.met}"
            assert outage.early == []
        taken = slowness(stage, story)
        proof.tell(queued=load.queued, seconds={name: tuple(map(round, both)) for name, both in taken.items()})
        proof.tell(met=[dict(outage.met) for outage in story.outages], unknown=check_answers(stage, story))
        check_feed(stage, story)
        assert {row["state"] for row in await outgoing(channel="whatsapp", op=Op.SEND)} == {"sent", "parked"}
        assert breaches(stage) == {}
    patience = LONGEST_BACKOFF if not proof.full else 0.0
    slow = {name: both for name, both in taken.items() if both[0] > TIMES_SLOWER * both[1] + patience}
    assert slow == {}
