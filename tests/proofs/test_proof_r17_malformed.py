"""R17: bodies that nobody would send, at both doors. What is signed is kept, and what is kept is worked on or told."""

import hashlib
import json
import os
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path

import pytest
import structlog

from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import comes_true
from adapters.sandbox.world import World
from adapters.telegram.parse import Parser
from adapters.whatsapp.parse import parse
from adapters.whatsapp.signature import HEADER as SIGNATURE
from adapters.whatsapp.split import split
from bot.domain.errors import Unparsable
from store.sql import rows
from tests.proofs.corpus import Sample, telegram, whatsapp
from tests.proofs.doors import (
    CONNECTIONS,
    WORD_HEADER,
    Doors,
    Headers,
    all_of,
    doors,
    platforms,
    telegram_text,
    whatsapp_body,
    whatsapp_text,
)
from tests.proofs.mutations import WAYS, Bender
from tests.proofs.proof import Proof

pytestmark = pytest.mark.proof("R17")

CHUNK = 200
OURS = "100000000000001"
FORGED: dict[str, list[Headers]] = {
    "whatsapp": [[], [(SIGNATURE, "sha256=0")]],
    "telegram": [[], [(WORD_HEADER, "guessed")]],
}
RECORDED_NUMBERS = 500
FAR_AWAY = 10**12
"""No bent update bears so high a number, whatever its serial."""
CPU_SECONDS = 1.0
GROWTH = 30 * 2**20


@pytest.fixture
def errors() -> Iterator[list[str]]:
    """What was raised and only logged. Nothing is drawn: a traceback on a terminal takes longer than many bodies."""
    found: list[str] = []

    def note(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        if event.get("exc_info"):
            found.append(f"{event} {traceback.format_exc()}")
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[note])
    yield found
    structlog.configure(**before)


@dataclass(slots=True)
class Sent:
    """One bent body; `headers` are those of a forger, or `None` for the right ones."""

    channel: str
    body: bytes
    headers: Headers | None

    @property
    def signed(self) -> bool:
        return self.headers is None

    @property
    def key(self) -> str:
        """What it is kept under when it is no JSON object."""
        digest = hashlib.sha256(self.body).hexdigest()
        return f"x:{digest}" if self.channel == "whatsapp" else digest

    @property
    def is_object(self) -> bool:
        try:
            return isinstance(json.loads(self.body), dict)
        except (ValueError, RecursionError):
            return False


@dataclass(slots=True)
class Storm:
    """Bends bodies and posts them; the figures are of all that were posted so far."""

    bender: Bender
    samples: list[Sample]
    serial: Iterator[int] = field(default_factory=lambda: count(1))
    statuses: Counter[tuple[bool, int]] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    kept: set[str] = field(default_factory=set)
    slowest: float = 0.0

    def bent(self) -> Sent:
        """One in eight is an update of its own; the others share the keys of the corpus, as repetitions would."""
        nth, draw = next(self.serial), self.bender.draw
        sample = draw.choice(self.samples)
        body = sample.body
        if nth % 8 == 0:
            body = body.replace(b'"update_id": 9', b'"update_id": %d' % nth).replace(b"wamid.F", b"wamid.F%d." % nth)
        way = list(WAYS)[nth % len(WAYS)]
        self.ways[way] += 1
        headers = None if draw.random() < 0.75 else draw.choice(FORGED[sample.channel])
        return Sent(sample.channel, self.bender.bent(way, body), headers)

    async def post(self, door: Doors, sent: Sent) -> None:
        """Post it, and note how much our process worked meanwhile: on a busy machine the wall clock tells nothing."""
        deliver = door.whatsapp if sent.channel == "whatsapp" else door.telegram
        before = time.process_time()
        status = await deliver(sent.body, sent.headers)
        self.slowest = max(self.slowest, time.process_time() - before)
        self.statuses[sent.signed, status] += 1


def resident() -> int:
    """Bytes of memory in use."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def kept(storm: Storm, part: list[Sent]) -> tuple[int, int]:
    """What is signed and no object stands there whole and parked; what is not signed stands nowhere. How many each."""
    nonsense = [sent for sent in part if not sent.is_object]
    signed = {sent.key: (sent.body, "parked") for sent in nonsense if sent.signed}
    storm.kept |= signed.keys()
    forged = {sent.key for sent in nonsense if not sent.signed} - storm.kept
    keys = json.dumps([*signed, *forged])
    found = await rows("SELECT key, raw, state FROM inbox WHERE key IN (SELECT value FROM json_each(?))", keys)
    assert {row["key"]: (row["raw"], row["state"]) for row in found} == signed
    return len(signed), len(forged)


async def good(door: Doors, nth: int) -> None:
    """Somebody new says something sensible, and gets a ticket."""
    at, words = door.world.clock.now(), f"İyi ki varsınız {nth}"
    if nth % 2:
        body = whatsapp_body(OURS, [whatsapp_text(f"9055503{nth:05d}", f"wamid.good{nth}", at, words)])
        assert await door.whatsapp(body) == 200
    else:
        update = {"update_id": FAR_AWAY + nth, **telegram_text(7_500_000 + nth, 1, at, words)}
        assert await door.telegram(json.dumps(update).encode()) == 200

    async def opened() -> bool:
        return bool(await rows("SELECT id FROM ticket WHERE subject = ?", words))

    await comes_true(opened, "a ticket for a good message", 30.0)


async def test_bent_bodies_break_nothing_and_hold_up_nobody(tmp_path: Path, proof: Proof, errors: list[str]) -> None:
    chunks = proof.size(400, 100_000) // CHUNK
    samples = [sample for sample in [*telegram(), *whatsapp()] if sample.document is not None]
    storm = Storm(Bender(proof.draw()), samples)
    baseline = parked = refused = 0
    async with platforms(tmp_path) as world, doors(world, tmp_path) as door:
        count_ahead(world)
        for nth in range(chunks):
            part = [storm.bent() for _ in range(CHUNK)]
            await all_of((storm.post(door, sent) for sent in part), CONNECTIONS)
            await good(door, nth)
            await door.settled()
            signed, forged = await kept(storm, part)
            parked, refused = parked + signed, refused + forged
            forget(world)
            baseline = resident() if nth <= chunks // 4 else baseline
        growth = resident() - baseline
        await in_order(proof)
    assert set(storm.statuses) == {(True, 200), (False, 401)}
    assert errors == []
    assert storm.slowest < CPU_SECONDS
    assert growth < GROWTH
    assert min(storm.ways.values()) >= chunks * CHUNK // len(WAYS)
    assert min(parked, refused) > chunks, "nonsense came, signed and not"
    proof.tell(bodies=chunks * CHUNK, accepted=storm.statuses[True, 200], refused=storm.statuses[False, 401])
    proof.tell(nonsense_parked=parked, most_cpu_seconds=round(storm.slowest, 3), growth_mb=round(growth / 2**20, 1))


def count_ahead(world: World) -> None:
    """The group's next numbers lie behind the recorded ones: in a real chat no two messages share a number."""
    for _ in range(RECORDED_NUMBERS):
        world.telegram.say(ELIF.user_id, "…", chat_id=world.telegram.group_id)


def forget(world: World) -> None:
    """The platforms' logs would count as our memory."""
    world.telegram.calls.clear()
    world.whatsapp.calls.clear()


async def in_order(proof: Proof) -> None:
    """Everything that was kept is done or parked, at the first try, and nothing is parked for a fault of ours."""
    assert await rows("SELECT id FROM inbox WHERE state NOT IN ('done', 'parked') OR attempts <> 1") == []
    why = await rows(
        "SELECT DISTINCT substr(error, 1, instr(error || ':', ':') - 1) AS why FROM inbox WHERE error <> ''"
    )
    assert {row["why"] for row in why} <= {"unparsable", "stale"}
    assert (await rows("PRAGMA integrity_check"))[0]["integrity_check"] == "ok"
    stored = await rows("SELECT state, count(*) AS how_many FROM inbox GROUP BY state")
    proof.tell(**{f"stored_{row['state']}": row["how_many"] for row in stored})


def test_the_parsers_answer_to_every_bent_body(proof: Proof) -> None:
    """Taken apart without an error, then an event or `Unparsable`, and nothing that no database could hold."""
    bodies, bender = proof.size(1_000, 100_000), Bender(proof.draw())
    samples = [sample for sample in [*telegram(), *whatsapp()] if sample.document is not None]
    reader = Parser(bot_id=4242, groups=["-1001000000001"], now=lambda: 1, username="gise_bot")
    outcomes: Counter[str] = Counter()
    for nth in range(bodies):
        sample = bender.draw.choice(samples)
        body = bender.bent(list(WAYS)[nth % len(WAYS)], sample.body)
        for item in split(body) if sample.channel == "whatsapp" else ():
            item.key.encode()
            item.lane.encode()
            assert max(len(item.key), len(item.lane)) < 600
        for raw in [item.raw for item in split(body)] if sample.channel == "whatsapp" else [body]:
            try:
                event = parse(raw, OURS) if sample.channel == "whatsapp" else reader.parse(raw)
            except Unparsable:
                outcomes["Unparsable"] += 1
                continue
            json.dumps(asdict(event), ensure_ascii=False).encode()  # half a character would break the database's UTF-8
            outcomes[type(event).__name__] += 1
    assert len(outcomes) > 6, "some remained what they were"
    assert outcomes["Unparsable"] > bodies // 5
    proof.tell(parsed_in_process=bodies, outcomes=dict(outcomes))
