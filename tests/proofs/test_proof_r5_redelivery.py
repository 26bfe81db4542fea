"""R5: what the platforms deliver again, at once, late, beyond a restart and on another way in, is stored once."""

import asyncio
import json
import math
import random
import socket
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.sandbox.faults import html_502, reset_after
from adapters.sandbox.players import comes_true
from adapters.sandbox.telegram.updates import MAX_BATCH
from adapters.sandbox.world import World
from store.sql import rows
from tests.proofs.doors import Doors, all_of, doors, platforms, telegram_text, whatsapp_body, whatsapp_text
from tests.proofs.proof import Proof
from tests.proofs.redelivery import MEAN, MOST, Told, by_chat, interleaved, planned

CHATS_AT_ONCE = 12
FIRST_LATE_ID = 200_000_001


@dataclass(slots=True)
class Post:
    """Delivers the plan; `posted` counts the copies that Gişe took, `ids` are Telegram's numbers of the updates."""

    world: World
    told: list[Told]
    draw: random.Random
    posted: int = 0
    ids: dict[tuple[int, int], int] = field(default_factory=dict)

    def queue(self) -> list[Told]:
        """Put what comes first by polling into Telegram's queue, chats mixed."""
        polled = [one for one in self.told if one.channel == "telegram" and one.first == 1]
        for one in interleaved(by_chat(polled).values(), self.draw):
            self.ids[one.chat, one.turn] = self.world.telegram.queue_update(self._update(one))
        return polled

    def number_the_rest(self) -> None:
        rest = [one for one in self.told if one.channel == "telegram" and one.first == 2]
        for nth, one in enumerate(interleaved(by_chat(rest).values(), self.draw)):
            self.ids[one.chat, one.turn] = FIRST_LATE_ID + nth

    async def phase(self, door: Doors, number: int) -> None:
        """All that comes in this phase: each chat in its order, chats side by side, late copies among them."""
        streams = [
            [one for one in stream if one.first == number and (one.channel == "whatsapp" or number == 2)]
            for stream in by_chat(self.told).values()
        ]
        late = [one for one in self.told for phase in one.later if phase == number and one.first < number]
        self.draw.shuffle(late)
        works = [self._stream(door, number, stream) for stream in streams]
        await all_of([*works, *(self._copy(door, one) for one in late)], CHATS_AT_ONCE)

    async def _stream(self, door: Doors, number: int, stream: Sequence[Told]) -> None:
        after: list[Told] = []
        for one in stream:
            await asyncio.gather(*(self._copy(door, one) for _ in range(one.at_once)))
            after += [one for phase in one.later if phase == number]
            if after and self.draw.random() < 0.5:
                await self._copy(door, after.pop(self.draw.randrange(len(after))))
        await asyncio.gather(*(self._copy(door, one) for one in after))

    async def _copy(self, door: Doors, one: Told) -> None:
        assert await (door.telegram if one.channel == "telegram" else door.whatsapp)(self.body(one)) == 200
        self.posted += 1

    def body(self, one: Told) -> bytes:
        if one.channel == "telegram":
            return json.dumps({"update_id": self.ids[one.chat, one.turn], **self._update(one)}).encode()
        sender, at = f"9055502{one.chat:05d}", self.world.clock.now()
        message = whatsapp_text(sender, f"wamid.{one.chat}.{one.turn}", at, one.words)
        return whatsapp_body(self.world.whatsapp.phone_number_id, [message], {sender: f"Müşteri {one.chat}"})

    def _update(self, one: Told) -> dict[str, object]:
        return telegram_text(7_200_000 + one.chat, 100 + one.turn, self.world.clock.now(), one.words)

    def key(self, one: Told) -> tuple[str, str]:
        """What the update is stored under."""
        if one.channel == "telegram":
            bot_id = self.world.telegram.token.partition(":")[0]
            return "telegram", f"{bot_id}:{self.ids[one.chat, one.turn]}"
        return "whatsapp", f"m:wamid.{one.chat}.{one.turn}"


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


async def stored(keys: Iterable[tuple[str, str]]) -> bool:
    found = {(row["channel"], row["key"]) for row in await rows("SELECT channel, key FROM inbox")}
    return set(keys) <= found


async def polling(post: Post, folder: Path) -> tuple[int, int]:
    """Phase 1. Telegram's first answer is lost and its last batch stays unconfirmed; how many updates come again."""
    polled = post.queue()
    batches = math.ceil(len(polled) / MAX_BATCH)
    post.world.telegram.faults.add("getUpdates", reset_after())
    post.world.telegram.faults.add("getUpdates", html_502(), after=batches, times=10_000)
    async with doors(post.world, folder, mode="polling") as door:
        await post.phase(door, 1)
        await comes_true(lambda: stored(map(post.key, polled)), "what Telegram had to be stored", 60.0)
    return min(len(polled), MAX_BATCH), len(post.world.telegram.unconfirmed)


async def hooked(post: Post, folder: Path) -> None:
    """Phase 2: the same data, opened again, and updates come by webhook."""
    post.world.telegram.faults.clear()
    post.number_the_rest()
    port = free_port()
    address = {"GISE_HTTP__PORT": port, "GISE_TELEGRAM__WEBHOOK_URL": f"http://127.0.0.1:{port}/webhooks/telegram"}
    async with doors(post.world, folder, **address) as door:
        await post.phase(door, 2)
        await post.world.changes.wait_for(lambda: not post.world.telegram.unconfirmed, 60.0, what="Telegram's rest")
        await door.settled(120.0)
        await check(post)


async def check(post: Post) -> None:
    """Each update is one row, worked on once, one message of one ticket, in its chat's order."""
    kept = await rows("SELECT channel, key, state, attempts FROM inbox")
    wanted = [post.key(one) for one in post.told]
    mine = [row for row in kept if (row["channel"], row["key"]) in set(wanted)]
    assert Counter((row["channel"], row["key"]) for row in mine) == Counter(wanted)
    assert {(row["state"], row["attempts"]) for row in mine} == {("done", 1)}
    said = await rows(
        "SELECT message.ticket_id, conversation.channel, json_extract(message.content, '$.text') AS words"
        " FROM message JOIN ticket ON ticket.id = message.ticket_id"
        " JOIN conversation ON conversation.id = ticket.conversation_id"
        " WHERE message.author = 'requester' ORDER BY message.id"
    )
    heard: dict[tuple[str, int], list[str]] = {}
    for row in said:
        heard.setdefault((row["channel"], row["ticket_id"]), []).append(row["words"])
    wanted_words = sorted([channel, *(one.words for one in told)] for (channel, _), told in by_chat(post.told).items())
    assert sorted([channel, *words] for (channel, _), words in heard.items()) == wanted_words


@pytest.mark.proof("R5")
async def test_updates_delivered_up_to_five_times_are_stored_once_and_in_order(tmp_path: Path, proof: Proof) -> None:
    draw = proof.draw()
    told = planned(proof.size(60, 3_000), proof.size(6, 30), draw)
    deliveries = sum(one.copies for one in told)
    assert deliveries == MEAN * len(told)
    assert {one.copies for one in told} == set(range(1, MOST + 1))
    async with platforms(tmp_path) as world:
        for chat in range(len(by_chat(told)) // 2):
            world.telegram.add_user(7_200_000 + chat, f"Kişi {chat}")
            world.whatsapp.add_contact(f"9055502{chat:05d}", f"Müşteri {chat}")
        post = Post(world, told, draw)
        lost, unconfirmed = await polling(post, tmp_path)
        before = post.posted
        await hooked(post, tmp_path)
    polled = sum(one.channel == "telegram" and one.first == 1 for one in told)
    assert post.posted + polled == deliveries
    assert min(lost, unconfirmed, before) > 0, "an answer was lost, a batch unconfirmed, a restart in the middle"
    assert sum(one.at_once > 1 for one in told) > len(told) // 5, "copies came at the same time"
    assert sum(2 in one.later and one.first == 1 for one in told) > len(told) // 5, "copies came after the restart"
    again = {"lost_with_an_answer": lost, "unconfirmed_at_the_switch": unconfirmed}
    proof.tell(updates=len(told), deliveries=deliveries, **again, stored=len(told), doubled=0, out_of_order=0)
