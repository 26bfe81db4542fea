"""All or nothing: a refusal leaves no rows, a failure leaves the item waiting and nothing half-written."""

import pytest
from tortoise.exceptions import OperationalError

from bot import inbox
from bot.domain.message import Ignored, Said
from bot.ports import Item
from store import inbox as inbox_store
from store import tickets
from store.sql import rows
from tests.builders import AYSE, MEHMET, House, content, counted, outgoing

pytestmark = pytest.mark.both_databases


async def waiting() -> list[tuple[str, int]]:
    """State and attempts of every inbox item that is not done."""
    found = await rows("SELECT state, attempts FROM inbox WHERE state <> 'done' ORDER BY id")
    return [(row["state"], row["attempts"]) for row in found]


def said(house: House, text: str, number: int) -> Item:
    event = Said(author=AYSE, at=house.clock.now(), content=content(text), external_id=f"m-{number}")
    return house.whatsapp.stage(event, lane="ayse", key=f"key-{number}")


async def test_a_bug_in_the_middle_of_a_use_case_leaves_the_item_waiting_and_nothing_else(desk_house: House) -> None:
    desk_house.whatsapp.broken = True
    assert await desk_house.customer("Yazıcı çalışmıyor") is inbox.Outcome.RETRIED
    assert not any((await counted()).values())
    assert await waiting() == [("waiting", 1)]
    desk_house.whatsapp.broken = False
    desk_house.clock.move(1)
    assert await desk_house.works() is inbox.Outcome.DONE
    assert (await desk_house.ticket()).number == "2026-000001", "the failed try took no number"


async def test_a_bug_while_an_agent_answers_sends_nothing(desk_house: House) -> None:
    ticket = await desk_house.opened()
    before = await counted()
    desk_house.whatsapp.broken = True
    assert await desk_house.agent("Merhaba", ticket) is inbox.Outcome.RETRIED
    assert await counted() == before
    assert await desk_house.again(ticket) == ticket


async def test_a_lane_waits_for_its_failed_item_and_keeps_the_order(desk_house: House) -> None:
    desk_house.whatsapp.broken = True
    await inbox.accept(desk_house.helpdesk, [said(desk_house, "bir", 1), said(desk_house, "iki", 2)])
    assert await inbox.drain(desk_house.helpdesk) == 2
    assert await inbox.drain(desk_house.helpdesk) == 0, "the second waits behind the first"
    desk_house.whatsapp.broken = False
    desk_house.clock.move(1)
    while await inbox.drain(desk_house.helpdesk):
        pass
    assert (await desk_house.ticket()).subject == "bir"


async def test_other_lanes_go_on_meanwhile(desk_house: House) -> None:
    desk_house.whatsapp.broken = True
    await inbox.accept(desk_house.helpdesk, [said(desk_house, "bir", 1)])
    await inbox.drain(desk_house.helpdesk)
    desk_house.whatsapp.broken = False
    await desk_house.customer("Ekran", who=MEHMET)
    assert (await desk_house.ticket()).subject == "Ekran"


async def test_a_bug_that_stays_is_parked_in_the_end_and_told(desk_house: House) -> None:
    desk_house.whatsapp.broken = True
    await inbox.accept(desk_house.helpdesk, [said(desk_house, "bir", 1), said(desk_house, "iki", 2)])
    for _ in range(inbox.MAX_ATTEMPTS):
        await inbox.drain(desk_house.helpdesk)
        desk_house.clock.move(3600)
    assert await waiting() == [("parked", inbox.MAX_ATTEMPTS), ("waiting", 1)], "the lane goes on at once"
    assert len(await outgoing(channel="desk")) == 1
    desk_house.whatsapp.broken = False
    await inbox.drain(desk_house.helpdesk)
    assert (await desk_house.ticket()).subject == "iki", "the lane goes on"


async def test_a_failed_item_whose_lease_ended_is_left_to_its_new_owner(desk_house: House) -> None:
    desk_house.whatsapp.broken = True
    await inbox.accept(desk_house.helpdesk, [said(desk_house, "bir", 1)])
    (row,) = await inbox_store.claim(desk_house.helpdesk.epoch, desk_house.clock.now(), inbox.LEASE_MS, 1)
    desk_house.clock.move(inbox.LEASE_MS)
    await inbox_store.release_orphans("another", desk_house.clock.now())
    await inbox_store.claim("another", desk_house.clock.now(), inbox.LEASE_MS, 1)
    assert await inbox.work(desk_house.helpdesk, row) is inbox.Outcome.LOST
    assert await waiting() == [("claimed", 1)], "a claim that was lost is no try"


async def test_what_makes_no_sense_is_parked_at_once_and_kept_whole(desk_house: House) -> None:
    item = Item(channel="whatsapp", key="k", lane="l", raw=b"\xff{nonsense")
    await inbox.accept(desk_house.helpdesk, [item])
    assert await desk_house.works() is inbox.Outcome.PARKED
    assert (await rows("SELECT raw, state FROM inbox"))[0] == {"raw": b"\xff{nonsense", "state": "parked"}
    await desk_house.deliver()
    assert "okunamadı" in desk_house.telegram.said()[-1]


async def test_the_same_update_twice_is_one(desk_house: House) -> None:
    item = said(desk_house, "bir", 1)
    await inbox.accept(desk_house.helpdesk, [item, item])
    await inbox.accept(desk_house.helpdesk, [item])
    assert await inbox.drain(desk_house.helpdesk) == 1
    assert await inbox.drain(desk_house.helpdesk) == 0


async def test_what_could_not_be_stored_is_stored_when_it_comes_again(desk_house: House) -> None:
    await rows("ALTER TABLE inbox RENAME TO inbox_away")
    with pytest.raises(OperationalError):
        await inbox.accept(desk_house.helpdesk, [said(desk_house, "bir", 1)])
    await rows("ALTER TABLE inbox_away RENAME TO inbox")
    await inbox.accept(desk_house.helpdesk, [said(desk_house, "bir", 1)])
    assert await desk_house.works() is inbox.Outcome.DONE
    assert (await desk_house.ticket()).subject == "bir"


async def test_what_is_rightly_ignored_leaves_no_rows(desk_house: House) -> None:
    assert await desk_house.takes_in(desk_house.whatsapp, Ignored(why="an echo")) == [inbox.Outcome.DONE]
    assert not any((await counted()).values())


@pytest.mark.parametrize("people", [1, 5])
async def test_ten_concurrent_first_messages_of_one_person_make_one_ticket(desk_house: House, people: int) -> None:
    """Worked on side by side, in lanes of their own, which is harder than any platform makes it."""
    items = []
    for number in range(10 * people):
        who = MEHMET if people == 1 else type(AYSE)(keys=(f"phone:90000000{number % people:04}",), name="Biri")
        event = Said(author=who, at=desk_house.clock.now(), content=content("Selam"), external_id=f"m-{number}")
        items.append(desk_house.whatsapp.stage(event, lane=f"lane-{number}", key=f"key-{number}"))
    await inbox.accept(desk_house.helpdesk, items)
    while await inbox.drain(desk_house.helpdesk):
        pass
    found = await tickets.listing(limit=50)
    assert len(found) == people
    assert sorted(ticket.number for ticket in found) == [f"2026-{number:06}" for number in range(1, people + 1)]
    assert await waiting() == []
