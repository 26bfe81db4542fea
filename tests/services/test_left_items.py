"""Items whose fate cannot be written down, and items that lose races: no neighbour waits, and no try is used up."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.typing import EventDict

from adapters.sandbox.players import comes_true
from adapters.telegram.capabilities import CAPABILITIES
from bot import inbox
from bot.domain.message import Inbound, Said
from bot.ports import Item
from store import inbox as inbox_store
from store.dialect import Dialect
from store.errors import Conflict
from store.sql import rows
from tests.builders import GROUP, ZEYNEP, House, content, house
from tests.fakes import FakeDesk

POISON = Item(channel="telegram", key="poison", lane="one", raw=b"poison")
NOT_TO_BE_WRITTEN = """
CREATE TRIGGER stubborn BEFORE UPDATE ON inbox WHEN NEW.error <> '' BEGIN SELECT RAISE(ABORT, 'not this'); END"""


def stumbling(raw: bytes) -> Inbound:
    raise RecursionError("a bug while reading")


def beaten(raw: bytes) -> Inbound:
    raise Conflict("somebody else was faster")


def reading(database: Path, read: Callable[[bytes], Inbound]) -> House:
    return house(database, telegram=FakeDesk("telegram", CAPABILITIES, GROUP, read=read))


async def states() -> dict[str, tuple[str, int]]:
    """State and attempts of each item, by its key."""
    found = await rows("SELECT key, state, attempts FROM inbox")
    return {row["key"]: (row["state"], row["attempts"]) for row in found}


@pytest.mark.parametrize("backend", [Dialect.SQLITE])
async def test_an_item_whose_fate_cannot_be_written_down_keeps_nobody_waiting(database: Path) -> None:
    poisoned = reading(database, stumbling)
    words = Said(author=ZEYNEP, at=poisoned.clock.now(), content=content("Merhaba"), external_id="c-1")
    said = [replace(words, external_id=f"c-{number}") for number in range(3)]
    staged = [poisoned.telegram.stage(event, "two", event.external_id) for event in said]
    await inbox.accept(poisoned.helpdesk, [POISON, *staged])
    await rows(NOT_TO_BE_WRITTEN)
    await inbox.drain(poisoned.helpdesk)
    assert await states() == {"poison": ("waiting", 0)} | {f"c-{number}": ("done", 1) for number in range(3)}
    assert await inbox.drain(poisoned.helpdesk) == 0, "it rests before it is tried again"
    await rows("DROP TRIGGER stubborn")
    poisoned.clock.move(1)
    await inbox.drain(poisoned.helpdesk)
    assert (await states())["poison"] == ("waiting", 1)


async def test_races_that_were_lost_use_up_no_tries(database: Path) -> None:
    slow = reading(database, beaten)
    await inbox.accept(slow.helpdesk, [POISON])
    for _ in range(3 * inbox.MAX_ATTEMPTS):
        assert await inbox.drain(slow.helpdesk) == 1
        assert await states() == {"poison": ("waiting", 0)}
        assert await inbox.drain(slow.helpdesk) == 0, "it rests before it is tried again"
        slow.clock.move(1)


async def test_an_item_that_does_nothing_but_lose_races_is_put_aside_in_the_end(database: Path) -> None:
    slow = reading(database, beaten)
    await inbox.accept(slow.helpdesk, [POISON])
    for _ in range(20):
        await inbox.drain(slow.helpdesk)
        slow.clock.move(60)
    assert await states() == {"poison": ("parked", inbox.MAX_ATTEMPTS)}


async def test_a_claim_whose_answer_was_lost_is_made_again_as_soon_as_the_database_is_back(
    desk_house: House, log: list[EventDict]
) -> None:
    event = Said(author=ZEYNEP, at=desk_house.clock.now(), content=content("Merhaba"), external_id="c-1")
    await inbox.accept(desk_house.helpdesk, [desk_house.telegram.stage(event)])
    await inbox_store.claim(desk_house.helpdesk.epoch, desk_house.clock.now(), inbox.LEASE_MS, 10)
    await rows("ALTER TABLE inbox RENAME TO inbox_away")
    serving = asyncio.create_task(inbox.serve(desk_house.helpdesk))
    await comes_true(lambda: _stood_still(log), "a round to fail", 5.0)
    await rows("ALTER TABLE inbox_away RENAME TO inbox")
    try:
        await comes_true(_done, "the item to be done", 5.0)
    finally:
        desk_house.helpdesk.bells.stop()
        await serving


async def _stood_still(log: list[EventDict]) -> bool:
    return any(entry["event"] == "the inbox stands still" for entry in log)


async def _done() -> bool:
    return {state for state, _ in (await states()).values()} == {"done"}
