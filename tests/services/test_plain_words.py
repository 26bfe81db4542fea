"""Many plain words in one go leave behind exactly what they would leave one by one; whatever is more is left alone."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import inbox
from bot.domain.message import Attachment, Content, Kind, Person, Revoked, Said
from bot.inbox import crowd
from bot.ports import Item
from bot.services import plain_words
from store import inbox as inbox_store
from store.inbox import InboxRow
from store.sql import rows
from tests.builders import AYSE, BOSS, MEHMET, ZEYNEP, House, content, new_id
from tests.senders import opened_house

KADIR = Person(keys=("tg:800002",), name="Kadir")
PHOTO = Content(text="ekran", attachment=Attachment(kind=Kind.PHOTO, ref="f", name="ekran.jpg", mime="image/jpeg"))
TABLES = {
    "requester": "SELECT * FROM requester ORDER BY id",
    "conversation": "SELECT * FROM conversation ORDER BY id",
    "identity": "SELECT * FROM identity ORDER BY id",
    "ticket": "SELECT * FROM ticket ORDER BY id",
    "history": "SELECT * FROM history ORDER BY id",
    "timer": "SELECT * FROM timer ORDER BY id",
    "message": "SELECT * FROM message ORDER BY id",
    "file": "SELECT * FROM file ORDER BY id",
    "post": "SELECT * FROM post ORDER BY id",
    "outbox": "SELECT * FROM outbox ORDER BY id",
}
MIXED = {KADIR.keys[0], MEHMET.keys[0], ZEYNEP.keys[0]}
OF_THE_MOMENT = {"epoch", "lease_until"}


def said(house: House, who: Person, text: str | Content, **fields: Any) -> Said:
    event = Said(
        author=who, at=house.clock.now(), content=content(text), external_id=fields.pop("id", "") or new_id("p")
    )
    return replace(event, **fields)


def items(house: House, *events: Said) -> list[Item]:
    """As the platforms' parsers make them: everybody has a lane."""
    return [house.home(one.author).stage(one)._replace(lane=one.author.keys[0]) for one in events]


def mixture(house: House) -> list[Said]:
    """Plain words and everything that only looks like them, in a fixed order."""
    plain = [
        said(house, who, f"satır {number}", id=f"m{number}{who.name}") for number in range(3) for who in (AYSE, KADIR)
    ]
    odd = [
        said(house, ZEYNEP, "Bu da düz", id="z1"),
        said(house, ZEYNEP, "/status", id="z2"),
        said(house, ZEYNEP, "Ve bu", id="z3"),
        said(house, MEHMET, "kabul", id="x1"),
        said(house, MEHMET, "ama hâlâ bozuk", id="x2"),
        said(house, KADIR, PHOTO, id="k9"),
    ]
    return [*plain, *odd]


async def settled(house: House) -> None:
    """Four people with live tickets, one of which has a proposal waiting."""
    for who in (AYSE, KADIR, ZEYNEP, MEHMET):
        await house.opened("Yazıcı çalışmıyor", who)
    await house.agent("/propose Kabloyu takın", await house.ticket(), who=BOSS)
    await house.settles()
    house.clock.move(60)


async def dump() -> dict[str, list[dict[str, Any]]]:
    found = {}
    for table, everything in TABLES.items():
        content = await rows(everything)
        found[table] = [{name: value for name, value in row.items() if name not in OF_THE_MOMENT} for row in content]
    return found


async def one_by_one(house: House, waiting: Sequence[Item]) -> None:
    for item in waiting:
        await inbox.accept(house.helpdesk, [item])
        assert await house.works() in {inbox.Outcome.DONE, inbox.Outcome.REFUSED}


async def all_at_once(house: House, waiting: Sequence[Item]) -> None:
    await inbox.accept(house.helpdesk, waiting)
    while await inbox.drain(house.helpdesk):
        pass


Work = Callable[[House, Sequence[Item]], Awaitable[None]]


async def left_behind(folder: Path, work: Work) -> dict[str, list[dict[str, Any]]]:
    async with opened_house(folder) as house:
        await settled(house)
        await work(house, items(house, *mixture(house)))
        return await dump()


def by_words(found: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What is there, whatever its ids: messages by ticket in order, and what leaves by lane in order."""
    text = {row["id"]: (row["ticket_id"], row["content"], row["delivery"], row["at"]) for row in found["message"]}
    lanes: dict[str, list[Any]] = {}
    for row in found["outbox"]:
        payload = row["payload"] if '"message' not in row["payload"] else ""
        shown = (row["op"], row["urgency"], row["budget"], row["due_at"], text.get(row["message_id"]), payload)
        if row["op"] not in {"react", "answer"}:  # their lanes are named after ids that differ from run to run
            lanes.setdefault(row["lane"], []).append(shown)
    return {
        "messages": sorted(text.values(), key=lambda one: one[0]),
        "posts": sorted(
            (row["place"], row["external_id"], text.get(row["message_id"]))
            for row in found["post"]
            if row["external_id"][:1] in "mzxk"
        ),
        "lanes": lanes,
        **{table: found[table] for table in ("requester", "conversation", "identity", "ticket", "timer")},
        "history": [
            {**row, "id": 0} for row in sorted(found["history"], key=lambda row: (row["ticket_id"], row["id"]))
        ],
    }


async def test_at_once_is_as_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    slowly = by_words(await left_behind(tmp_path / "a", one_by_one))
    at_once = by_words(await left_behind(tmp_path / "b", all_at_once))
    for part, found in slowly.items():
        assert at_once[part] == found, part


async def claimed(house: House, *events: Said) -> list[list[InboxRow]]:
    await inbox.accept(house.helpdesk, items(house, *events))
    found = await inbox_store.claim(house.helpdesk.epoch, house.clock.now(), inbox.LEASE_MS, 100)
    return [[row for row in found if row.lane == lane] for lane in sorted({row.lane for row in found})]


async def left_over(house: House, *events: Said) -> list[str]:
    """The lanes that the crowd leaves to be worked on one by one."""
    return sorted(lane[0].lane for lane in await crowd.taken_in(house.helpdesk, await claimed(house, *events)))


async def test_a_lane_of_plain_words_is_done_and_a_mixed_one_is_left_whole(desk_house: House) -> None:
    await settled(desk_house)
    before = len(await rows("SELECT id FROM message"))
    assert await left_over(desk_house, *mixture(desk_house)) == sorted(MIXED)
    assert len(await rows("SELECT id FROM message")) == before + 3, "Ayşe's three and nobody else's"
    states = await rows("SELECT lane, state FROM inbox WHERE state <> 'done' ORDER BY lane")
    assert {row["lane"] for row in states} == MIXED


MORE_THAN_WORDS: dict[str, dict[str, Any]] = {
    "a quote": {"reply_to": "c-1"},
    "a ticket's number": {"content": Content(text="#2026-000001 hakkında")},
    "a service": {"content": Content(text="menü")},
    "an album": {"album": "a"},
    "a picture": {"content": PHOTO},
    "nothing": {"content": Content(text="  ")},
    "a new name": {"author": replace(AYSE, name="Ayşe Yılmaz")},
    "a new key": {"author": replace(AYSE, keys=(*AYSE.keys, "bsuid:TR.1"))},
    "an old message": {"at": 1},
}


@pytest.mark.parametrize("what", MORE_THAN_WORDS)
async def test_more_than_words_takes_the_long_way(desk_house: House, what: str) -> None:
    await settled(desk_house)
    event = replace(said(desk_house, AYSE, "satır"), **MORE_THAN_WORDS[what])
    assert await left_over(desk_house, event) == [AYSE.keys[0]]


async def test_a_stranger_and_a_muted_person_take_the_long_way(desk_house: House) -> None:
    await settled(desk_house)
    stranger = Person(keys=("tg:800099",), name="Yeni")
    await desk_house.agent("/ban reklam", await desk_house.ticket(), who=BOSS)
    assert await left_over(desk_house, said(desk_house, stranger, "Merhaba")) == [stranger.keys[0]]
    assert await left_over(desk_house, said(desk_house, MEHMET, "ucuz ürün")) == [MEHMET.keys[0]]


async def test_a_message_we_have_or_heard_of_takes_the_long_way(desk_house: House) -> None:
    await settled(desk_house)
    once = said(desk_house, AYSE, "satır")
    assert await left_over(desk_house, once) == []
    await desk_house.takes_in(desk_house.whatsapp, Revoked(author=KADIR, at=1, external_id="early"))
    again = replace(once, at=once.at + 1)
    row = (await rows("SELECT count(*) AS n FROM post WHERE external_id = ?", once.external_id))[0]
    assert row["n"] == 1
    heard = plain_words.Heard("whatsapp", again)
    assert await plain_words.taken_in(desk_house.helpdesk, [[heard]]) == []


async def test_when_the_batch_fails_nothing_of_it_stays_and_everybody_takes_the_long_way(desk_house: House) -> None:
    await settled(desk_house)
    lanes = await claimed(desk_house, *(said(desk_house, who, "satır") for who in (AYSE, KADIR)))
    before = await dump()
    await rows("UPDATE inbox SET epoch = 'another' WHERE id = ?", lanes[0][0].id)
    assert await crowd.taken_in(desk_house.helpdesk, lanes) == lanes
    assert await dump() == before
