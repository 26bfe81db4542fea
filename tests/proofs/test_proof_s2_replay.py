"""S2: a capture that is sent again has no effect, neither soon nor late; when its key is forgotten, its age tells."""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import count, islice
from pathlib import Path

import pytest

from adapters.whatsapp.split import split
from bot.domain.errors import Unparsable
from bot.domain.message import Event
from bot.services.upkeep import KEEP_DAYS
from store.sql import rows
from tests.proofs.corpus import Sample, telegram, whatsapp
from tests.proofs.doors import CONNECTIONS, TODAY, all_of, whatsapp_body, whatsapp_text
from tests.proofs.proof import Proof
from tests.proofs.virtual import PHONE_NUMBER_ID, Outside, Street, street

DAY = 24 * 3600.0
# What lasts, and what time itself changes as well.
LASTING = {
    "ticket": "SELECT * FROM ticket ORDER BY id",
    "history": "SELECT * FROM history ORDER BY id",
    "message": "SELECT * FROM message ORDER BY id",
    "post": "SELECT * FROM post ORDER BY id",
    # When somebody was heard last is left out here: a press on Telegram has no date, so nothing tells that it is old.
    "conversation": "SELECT id, channel, requester_id, ticket_id, awaiting FROM conversation ORDER BY id",
    "requester": "SELECT * FROM requester ORDER BY id",
    "identity": "SELECT * FROM identity ORDER BY id",
    "topic": "SELECT * FROM topic ORDER BY ticket_id",
    "agent": "SELECT * FROM agent ORDER BY id",
    "audit": "SELECT * FROM audit ORDER BY id",
}
ALL = LASTING | {
    "conversation": "SELECT * FROM conversation ORDER BY id",
    "timer": "SELECT * FROM timer ORDER BY id",
    "outbox": "SELECT * FROM outbox ORDER BY id",
    "inbox": "SELECT * FROM inbox ORDER BY id",
}


def captured(wanted: int) -> list[Sample]:
    """So many deliveries of every kind, both channels in turn."""
    both = (sample for nth in count() for pair in (telegram(nth), whatsapp(nth)) for sample in pair)
    whole = list(islice(both, max(wanted, len(list(telegram())) + len(list(whatsapp())))))
    step = len(whole) / wanted
    return [whole[int(nth * step)] for nth in range(wanted)]


async def picture(tables: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a digest of all that stands in them."""
    found = {}
    for table, statement in tables.items():
        content = await rows(statement)
        found[table] = len(content), hashlib.sha256(repr(content).encode()).hexdigest()
    return found


async def tickets() -> int:
    return len(await rows("SELECT id FROM ticket"))


async def delivered(door: Street, captures: Sequence[Sample]) -> None:
    """All of them, through the doors and worked off; every one is answered 200."""
    assert set(await all_of((door.deliver(one.channel, one.body) for one in captures), CONNECTIONS)) == {200}
    await door.works_off()


async def unmoved(door: Street, captures: Sequence[Sample], when: str) -> None:
    """The captures come again, and not one value in the database is another."""
    before = await picture(ALL)
    await delivered(door, captures)
    assert await picture(ALL) == before, when


def dated(door: Street, captures: Sequence[Sample]) -> int:
    """How many deeds of people in them say when they were done, in distinct items."""
    raws = set()
    for one in captures:
        for raw in [one.body] if one.channel == "telegram" else [item.raw for item in split(one.body)]:
            try:
                event = door.house.helpdesk.channels[one.channel].parse(raw)
            except Unparsable:
                continue
            if isinstance(event, Event) and 0 < event.at < TODAY.timestamp() * 1000:
                raws.add((one.channel, raw))
    return len(raws)


async def flagged(door: Street, captures: Sequence[Sample]) -> int:
    """The captures come when their keys are forgotten: what is dated is put aside, nothing is begun or said anew."""
    before, said = await picture(LASTING), await to_customers()
    await delivered(door, captures)
    assert await picture(LASTING) == before
    assert await to_customers() == said
    aside = await rows("SELECT id, channel FROM inbox WHERE state = 'parked' AND error LIKE 'stale%'")
    assert len(aside) == dated(door, captures)
    told = [door.house.helpdesk.desk_text("inbox-stale", id=str(row["id"]), channel=row["channel"]) for row in aside]
    posted = [row["payload"] for row in await rows("SELECT payload FROM outbox")]
    assert any(line in payload for payload in posted for line in told), "the agents' group hears of it"
    return len(aside)


async def to_customers() -> int:
    found = await rows("SELECT count(*) AS sends FROM outbox WHERE conversation_id IS NOT NULL AND op <> 'answer'")
    return int(found[0]["sends"])


@pytest.mark.proof("S2")
async def test_captures_that_are_replayed_have_no_effect(tmp_path: Path, proof: Proof) -> None:
    captures, outside = captured(proof.size(40, 1_000)), Outside(int(TODAY.timestamp() * 1000))
    async with street(tmp_path, outside) as door:
        await delivered(door, captures)
        opened = await tickets()
        assert opened > len(captures) // 5, "the captures had their effect the first time"
        await door.lets_pass(600)
        proof.draw().shuffle(captures)
        await unmoved(door, captures, "after ten minutes")
    async with street(tmp_path, outside) as door:
        await unmoved(door, captures, "after a restart")
        await door.lets_pass(8 * DAY)
        await unmoved(door, captures, "after eight days")
        await door.lets_pass((KEEP_DAYS - 9) * DAY)
        await unmoved(door, captures, "on the last day of the keys")
        await door.lets_pass(2 * DAY)
        assert await rows("SELECT id FROM inbox WHERE state = 'done'") == [], "the keys are forgotten"
        stale = await flagged(door, captures)
        fresh = whatsapp_text("905559999999", "wamid.fresh", outside.clock.now() / 1000, "Yeni bir soru")
        await delivered(door, [Sample(channel="whatsapp", name="fresh", body=whatsapp_body(PHONE_NUMBER_ID, [fresh]))])
        assert await tickets() == opened + 1
    assert KEEP_DAYS >= 30
    proof.tell(captures=len(captures), replays=5 * len(captures), effects=0, flagged_when_forgotten=stale)
