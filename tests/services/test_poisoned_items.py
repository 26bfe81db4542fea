"""An item that trips over a bug of ours stops nobody else, and is put aside in the end."""

from pathlib import Path

import pytest

from adapters.telegram.capabilities import CAPABILITIES
from bot import inbox
from bot.domain.message import Inbound, Said
from bot.ports import Item
from store.sql import rows
from tests.builders import GROUP, ZEYNEP, content, counted, house, outgoing
from tests.fakes import FakeDesk

pytestmark = pytest.mark.both_databases


def stumbling(raw: bytes) -> Inbound:
    raise RecursionError("a bug while reading")


async def test_an_update_nobody_can_read_is_tried_a_few_times_then_put_aside_and_told(database: Path) -> None:
    poisoned = house(database, telegram=FakeDesk("telegram", CAPABILITIES, GROUP, read=stumbling))
    words = Said(author=ZEYNEP, at=poisoned.clock.now(), content=content("Merhaba"), external_id="c-1")
    items = [
        Item(channel="telegram", key="poison", lane="one", raw=b"poison"),
        poisoned.telegram.stage(words, "two", "words"),
    ]
    await inbox.accept(poisoned.helpdesk, items)
    for _ in range(inbox.MAX_ATTEMPTS):
        await inbox.drain(poisoned.helpdesk)
        poisoned.clock.move(30)
    states = {row["key"]: row["state"] for row in await rows("SELECT key, state FROM inbox")}
    assert states == {"poison": "parked", "words": "done"}
    assert (await counted())["ticket"] == 1
    assert len(await outgoing(lane=f"desk:chat:{GROUP}:")) == 1
