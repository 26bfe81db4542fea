"""Who is handed out next: by the weight of what waits in a lane, by age now and then, and never one crowd alone."""

from collections.abc import Callable

import pytest

from bot.domain.ledger import Errand, ErrandState, Urgency
from store import outbox, outbox_claim
from store.outbox_claim import Turn
from tests.store.conftest import NewTicket

pytestmark = pytest.mark.usefixtures("database")
Build = Callable[..., Errand]
LEASE = 1_000


async def test_a_line_goes_as_soon_as_the_words_behind_it_would(errand: Build, now: int) -> None:
    line, words, others, notice = await outbox.add(
        [
            errand(lane="a", urgency=Urgency.STATUS),
            errand(lane="a"),
            errand(lane="b"),
            errand(lane="c", urgency=Urgency.FAILURE),
        ]
    )
    taken = await outbox.claim("a", now, LEASE, 10)
    assert [(one.id, one.urgency) for one in taken] == [
        (line, Urgency.STATUS),
        (others, Urgency.WORDS),
        (notice, Urgency.FAILURE),
    ]
    for one in taken:
        await outbox.retry(one.id, "a", now, "")
    assert [one.id for one in await outbox.claim("a", now, LEASE, 1)] == [line]
    await outbox.settle(line, "a", ErrandState.SENT, now)
    assert [one.id for one in await outbox.claim("a", now, LEASE, 2)] == [words, others]


async def test_a_line_with_nothing_behind_it_waits_for_words(errand: Build, now: int) -> None:
    _, words = await outbox.add([errand(lane="a", urgency=Urgency.STATUS), errand(lane="b")])
    assert [one.id for one in await outbox.claim("a", now, LEASE, 1)] == [words]


async def test_by_age_a_line_goes_ahead_of_younger_words_but_of_no_answer(errand: Build, now: int) -> None:
    card, line, words, answer = await outbox.add(
        [
            errand(lane="card", urgency=Urgency.COSMETIC),
            errand(lane="a", urgency=Urgency.STATUS),
            errand(lane="b", urgency=Urgency.WORDS),
            errand(lane="c", urgency=Urgency.CUSTOMER),
        ]
    )
    taken = await outbox.claim("a", now, LEASE, 2, turn=Turn(by_age=True))
    assert [one.id for one in taken] == [answer, line]
    for one in taken:
        await outbox.retry(one.id, "a", now, "")
    taken = await outbox.claim("a", now, LEASE, 10, turn=Turn(by_age=True))
    assert [one.id for one in taken] == [answer, line, words, card]


async def test_each_channel_has_places_of_its_own(errand: Build, now: int) -> None:
    hanging = [errand(channel="whatsapp", lane=f"whatsapp:{number}") for number in range(5)]
    *first, answer = await outbox.add([*hanging, errand()])
    assert [one.id for one in await outbox.claim("a", now, LEASE, 3)] == [*first[:3], answer]
    later = await outbox.claim("a", now, LEASE, 3, turn=Turn(busy={"whatsapp": 3, "telegram": 1}))
    assert later == []
    one_more = await outbox.claim("a", now, LEASE, 3, turn=Turn(busy={"whatsapp": 2}))
    assert [one.id for one in one_more] == [first[3]]


async def test_files_take_no_place_of_words_and_one_tickets_none_of_anothers(
    errand: Build, now: int, new_ticket: NewTicket
) -> None:
    mine, other = (await new_ticket()).id, (await new_ticket()).id
    files = [errand(lane=f"a:file:{number}", ticket_id=mine) for number in range(20)]
    words = [errand(lane=f"c{number}") for number in range(3)]
    ids = await outbox.add([*files, errand(lane="b:file:1", ticket_id=other), *words])
    most = outbox_claim.FILES_OF_ONE
    assert [one.id for one in await outbox.claim("a", now, LEASE, 3)] == [*ids[:most], *ids[20:]]
    busy = {"telegram:file": most, f"telegram:file:{mine}": most}
    assert await outbox.claim("a", now, LEASE, 3, turn=Turn(busy=busy)) == []
    busy[f"telegram:file:{mine}"] = most - 1
    assert [one.id for one in await outbox.claim("a", now, LEASE, 3, turn=Turn(busy=busy))] == [ids[most]]


async def test_all_files_of_a_channel_together_have_few_places(errand: Build, now: int) -> None:
    files = [errand(lane=f"{number}:file:1") for number in range(20)]
    await outbox.add(files)
    full = Turn(busy={"telegram:file": outbox_claim.FILES})
    assert await outbox.claim("a", now, LEASE, 32, turn=full) == []
