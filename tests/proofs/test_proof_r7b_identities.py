"""R7b: people go by a phone number, then by a user id, then by a new number; each stays one person, and only one."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.whatsapp.events import contact_item, message_item
from adapters.sandbox.whatsapp.phones import Contact
from adapters.whatsapp.parse import parse
from adapters.whatsapp.split import split
from bot import inbox
from store.sql import rows
from tests.builders import new_id
from tests.proofs.delivering import UNPACED, UNPACED_GROUP, Stage, on_stage
from tests.proofs.proof import Proof

NUMBER = "100000000000001"
METADATA = {"display_phone_number": "908500000001", "phone_number_id": NUMBER}
AT = 1_780_000_000

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Someone:
    """A person's number and user id, as far as a webhook tells them; `old` is who they were before."""

    number: str = ""
    user_id: str = ""
    old_number: str = ""
    old_user_id: str = ""


def body(value: Json, field: str = "messages") -> bytes:
    change = {"field": field, "value": {"messaging_product": "whatsapp", "metadata": METADATA} | value}
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}).encode()


def says(who: str, someone: Someone) -> bytes:
    """A message that tells what Meta may tell of its sender; its words name the person for the proof alone."""
    known = Contact(someone.number, "Ad", someone.user_id, phone_visible=bool(someone.number))
    item = message_item(known, new_id("wamid"), AT, {"type": "text", "text": {"body": f"Ben {who}."}})
    contact = contact_item(known)
    if not someone.user_id:
        del item["from_user_id"], contact["user_id"]
    return body({"contacts": [contact], "messages": [item]})


def system(kind: str, sender: Json, fields: Json) -> bytes:
    item = {"id": new_id("wamid"), "timestamp": str(AT), "type": "system", "system": {"type": kind} | fields}
    return body({"messages": [item | sender]})


def number_changed(new: Someone) -> bytes:
    """The notice of 2026: the new number and the new user id."""
    fields = {"body": "User Ad changed", "wa_id": new.number, "user_id": new.user_id}
    return system("user_changed_number", {"from": new.old_number}, fields)


def number_changed_before_2026(new: Someone) -> bytes:
    return system("user_changed_number", {"from": new.old_number}, {"body": "User Ad changed", "wa_id": new.number})


def user_id_changed(new: Someone) -> bytes:
    """The notice about somebody whose number may not be told."""
    told = f"User Ad changed from {new.old_user_id} to {new.user_id}"
    return system("user_changed_user_id", {}, {"body": told, "user_id": new.user_id})


def user_id_updated(new: Someone) -> bytes:
    """The field of its own that tells the same."""
    ids = {"previous": new.old_user_id, "current": new.user_id}
    update = {"wa_id": new.number, "detail": "changed", "user_id": ids, "timestamp": str(AT)}
    return body({"user_id_update": [update]}, "user_id_update")


NOTICES: tuple[tuple[Callable[[Someone], bytes], ...], ...] = (
    (number_changed,),
    (number_changed_before_2026, user_id_updated),
    (user_id_updated,),
    (user_id_updated, number_changed),
    (number_changed, user_id_updated, user_id_changed),
    (user_id_changed, number_changed),
    (user_id_changed,),
)


def life(index: int, draw: random.Random) -> Iterator[bytes]:
    """One contact's webhooks in order: by number, by both, by user id, the change, by the new ids."""
    who, number, user_id = f"kişi {index}", f"90501{index:07}", f"TR.A{index:07}x"
    old = Someone(number, user_id)
    yield says(who, Someone(number))
    yield says(who, old)
    if draw.random() < 0.7:
        yield says(who, Someone(user_id=user_id))
    new = Someone(f"90502{index:07}", f"TR.B{index:07}y", number, user_id)
    for notice in NOTICES[index % len(NOTICES)]:
        yield notice(new)
    forms = [new, Someone(user_id=new.user_id), new]
    yield from (says(who, one) for one in draw.sample(forms, 3))


def stranger(index: int) -> Iterator[bytes]:
    """Somebody else is given the number that was left."""
    who = f"yabancı {index}"
    someone = Someone(f"90501{index:07}", f"TR.C{index:07}z")
    yield says(who, someone)
    yield says(who, Someone(user_id=someone.user_id))


def shuffled(lives: list[list[bytes]], draw: random.Random) -> Iterator[bytes]:
    """All lives side by side, each in its own order."""
    turns = [index for index, one in enumerate(lives) for _ in one]
    draw.shuffle(turns)
    following = [iter(one) for one in lives]
    for index in turns:
        yield next(following[index])


async def take_in(stage: Stage, webhook: bytes, again: bool) -> None:
    for _ in range(2 if again else 1):
        await inbox.accept(stage.house.helpdesk, split(webhook))
    assert await stage.house.works() is inbox.Outcome.DONE


async def homes() -> dict[str, Counter[int]]:
    """In which conversations each person's words stand."""
    found: dict[str, Counter[int]] = {}
    told = (
        "SELECT content, conversation_id FROM message JOIN ticket ON ticket.id = ticket_id WHERE author = 'requester'"
    )
    for row in await rows(told):
        found.setdefault(json.loads(row["content"])["text"], Counter())[row["conversation_id"]] += 1
    return found


@pytest.mark.proof("R7b")
async def test_everybody_stays_one_person_through_every_change(tmp_path: Path, proof: Proof) -> None:
    draw, count = proof.draw(), proof.size(42, 1_000)
    lives = [[*life(index, draw), *stranger(index)] for index in range(count)]
    async with on_stage(tmp_path, telegram=UNPACED_GROUP, whatsapp=UNPACED) as stage:
        stage.whatsapp.reads(partial(parse, phone_number_id=NUMBER))
        for webhook in shuffled(lives, draw):
            await take_in(stage, webhook, again=draw.random() < 0.1)
        found = await homes()
        assert len(found) == 2 * count
        split_up = sorted(who for who, where in found.items() if len(where) > 1)
        crowded = Counter(next(iter(where)) for where in found.values())
        merged = sorted(who for who, where in found.items() if any(crowded[one] > 1 for one in where))
        assert (split_up, merged) == ([], []), "split up, merged with others"
        said = sum(webhook.count(b'"type": "text"') for one in lives for webhook in one)
        assert sum(sum(where.values()) for where in found.values()) == said, "everything is in the ledger once"
        assert (await rows("SELECT count(*) AS n FROM conversation"))[0]["n"] == 2 * count
    proof.tell(contacts=count, strangers=count, messages=said, webhooks=sum(map(len, lives)))
