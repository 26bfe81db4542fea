"""R6: a crowd at the door. Many new customers, each with ten first messages at once, batched and in parallel."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.sandbox.world import World
from store.sql import rows
from tests.proofs.doors import all_of, doors, platforms, whatsapp_body, whatsapp_text
from tests.proofs.proof import Proof

MESSAGES = 10
TOGETHER = 10
AT_ONCE = 50


def bodies(world: World, customers: int, draw: random.Random) -> Iterator[bytes]:
    """All messages in a shuffled order, ten people's in each webhook."""
    said = [(who, turn) for who in range(customers) for turn in range(MESSAGES)]
    draw.shuffle(said)
    for start in range(0, len(said), TOGETHER):
        part = said[start : start + TOGETHER]
        messages = [
            whatsapp_text(number(who), f"wamid.{who}.{turn}", world.clock.now(), f"{who} yazdı, {turn}")
            for who, turn in part
        ]
        yield whatsapp_body(
            world.whatsapp.phone_number_id, messages, {number(who): f"Müşteri {who}" for who, _ in part}
        )


def number(who: int) -> str:
    return f"9055501{who:05d}"


@pytest.mark.proof("R6")
@pytest.mark.both_databases
async def test_many_new_customers_with_ten_messages_each_get_one_ticket_each(
    tmp_path: Path, address: str, proof: Proof
) -> None:
    customers, database = proof.size(30, 500), {"GISE_DATABASE__URL": address}
    async with platforms(tmp_path) as world, doors(world, tmp_path, mode="polling", **database) as door:
        statuses = await all_of(map(door.whatsapp, bodies(world, customers, proof.draw())), AT_ONCE)
        assert set(statuses) == {200}
        await door.settled(300.0)
        await one_ticket_each(customers)
    proof.tell(customers=customers, messages=customers * MESSAGES, tickets=customers)


async def one_ticket_each(customers: int) -> None:
    found = await rows("SELECT number, requester_id FROM ticket ORDER BY id")
    assert [row["number"] for row in found] == [f"2026-{place:06d}" for place in range(1, customers + 1)]
    assert len({row["requester_id"] for row in found}) == customers
    said = await rows("SELECT ticket_id, content FROM message WHERE author = 'requester'")
    assert len(said) == len({row["content"] for row in said}) == customers * MESSAGES
    owners: dict[str, set[int]] = {}
    for row in said:
        owners.setdefault(json.loads(row["content"])["text"].split()[0], set()).add(row["ticket_id"])
    assert all(len(tickets) == 1 for tickets in owners.values())
    assert len(owners) == customers
