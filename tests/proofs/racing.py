"""A help desk whose workers really run side by side, for races inside of it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from tortoise.context import TortoiseContext

from adapters.sandbox.players import comes_true
from adapters.telegram.capabilities import CAPABILITIES
from bot import inbox
from bot.domain.message import DeskPlace, Inbound, Person, Pressed, Said
from bot.helpdesk import Bells, HelpDesk
from bot.shares import SLOTS, Shares
from store import db
from store import inbox as inbox_store
from store.address import address_of
from tests.builders import GROUP, House, content, house, new_id
from tests.fakes import FakeDesk

WORKERS = 4
UNPACED = replace(CAPABILITIES, group_writes_per_minute=0, rate=None, rate_per_person=None)


@asynccontextmanager
async def busy_house(folder: Path, address: str) -> AsyncIterator[House]:
    """A house on Telegram alone, without rates, whose inbox several workers serve.

    On PostgreSQL they are as processes of their own are: each has its slots, its connections and its turns.
    """
    await db.open_database(address)
    built = house(folder, telegram=FakeDesk("telegram", UNPACED, GROUP))
    parts = _processes(built.helpdesk) if db.shared() else [built.helpdesk] * WORKERS
    serving = [asyncio.create_task(_serve(part, address)) for part in parts]
    try:
        yield built
    finally:
        for part in parts:
            part.bells.stop()
        await asyncio.gather(*serving)
        await db.close_database()


def _processes(helpdesk: HelpDesk) -> list[HelpDesk]:
    """Several workers with a fair part of the lanes each, all of whom hear when something came in."""
    parts = [
        replace(
            helpdesk,
            epoch=f"worker-{number}",
            bells=Bells(),
            shares=Shares(slots=frozenset(range(number, SLOTS, WORKERS))),
        )
        for number in range(WORKERS)
    ]

    def told() -> None:
        for part in parts:
            part.bells.inbox.hear()

    helpdesk.bells.inbox.tell = told
    return parts


async def _serve(helpdesk: HelpDesk, address: str) -> None:
    if not db.shared():
        await inbox.serve(helpdesk)
        return
    with TortoiseContext() as apart:
        await apart.init(config=db.configuration(address_of(address)))
        try:
            await inbox.serve(helpdesk)
        finally:
            await apart.close_connections()


async def at_once(house: House, events: Iterable[Inbound]) -> None:
    """All events through the door together, each in a lane of its own, and worked on to the end of the last one.

    In one lane they would wait for each other; one person's events come in two lanes when the platform knows them by
    two ids.
    """
    items = [house.telegram.stage(event, lane=new_id("lane"), key=new_id("race")) for event in events]
    async with asyncio.TaskGroup() as doors:
        for item in items:
            doors.create_task(inbox.accept(house.helpdesk, [item]))

    async def worked_off() -> bool:
        """Time goes on meanwhile: who lost too many races in a row tries again a little later."""
        house.clock.move(0.05)
        return await inbox_store.idle()

    await comes_true(worked_off, "the inbox to be worked off", 300.0)


def customer(number: int) -> Person:
    return Person(keys=(f"tg:{7_300_000 + number}",), name=f"Müşteri {number}")


def agent(number: int) -> Person:
    return Person(keys=(f"tg:{7_400_000 + number}",), name=f"Temsilci {number}", username=f"temsilci{number}")


def says(house: House, who: Person, text: str) -> Said:
    return Said(author=who, at=house.clock.now(), content=content(text), external_id=new_id("c"))


def presses(house: House, who: Person, token: str) -> Pressed:
    """A press of a customer in the private chat."""
    return Pressed(author=who, at=house.clock.now(), token=token, press_id=new_id("press"))


def desk_presses(house: House, who: Person, token: str) -> Pressed:
    """A press of an agent in the group."""
    return replace(presses(house, who, token), desk=DeskPlace(chat=GROUP))
