"""R17: a body may hold as much as Meta allows, and whatever it holds is taken apart without holding up others."""

import json
import time

import pytest

from adapters.whatsapp.split import MOST_PARTS, split
from tests.proofs.doors import whatsapp_body, whatsapp_text
from tests.proofs.proof import Proof

pytestmark = pytest.mark.proof("R17")

MOST_UPDATES = 1_000
"""In one webhook (webhooks/create-webhook-endpoint)."""
CPU_SECONDS = 0.5


def test_a_thousand_messages_of_a_thousand_people_each_find_their_sender(proof: Proof) -> None:
    people = {f"90555{nth:07d}": f"Müşteri {nth}" for nth in range(MOST_UPDATES)}
    messages = [whatsapp_text(sender, f"wamid.{sender}", 1_780_000_000, "Merhaba") for sender in people]
    body = whatsapp_body("1", messages, people)
    before = time.process_time()
    items = split(body)
    spent = time.process_time() - before
    found = [json.loads(item.raw) for item in items]
    assert {part["message"]["from"]: part["contact"]["profile"]["name"] for part in found} == people
    assert spent < CPU_SECONDS
    proof.tell(largest_batch=MOST_UPDATES, cpu_seconds=round(spent, 3))


@pytest.mark.parametrize("place", ["entry", "changes", "messages", "statuses", "contacts"])
def test_a_body_of_more_parts_than_there_can_be_is_kept_in_one_piece(place: str) -> None:
    parts: list[object] = [{}] * (40 * MOST_PARTS)
    value = {"messages": [whatsapp_text("905550000001", "wamid.1", 1_780_000_000, "Merhaba")]}
    changes = {"changes": [{"field": "messages", "value": {**value, place: parts}}]}
    crowded = {"entry": {"entry": parts, "changes": [{"changes": parts}]}.get(place, [changes])}
    body = json.dumps(crowded).encode()
    before = time.process_time()
    assert [item.raw for item in split(body)] == [body]
    assert time.process_time() - before < CPU_SECONDS
