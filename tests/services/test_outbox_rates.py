"""Rates: a bot's calls are one stream, a pause is kept by all whom it reaches, and a restart begins no new minute."""

from dataclasses import replace
from pathlib import Path

from adapters.telegram.capabilities import CAPABILITIES as TELEGRAM
from bot.domain.errors import Reach, SendError
from bot.domain.ledger import ErrandState, Op
from bot.domain.message import Person
from bot.domain.outgoing import Outgoing, Part
from bot.outbox import Outbox
from bot.services import errands
from bot.services.lanes import dump_part
from store import conversations, outbox
from tests.builders import AYSE, GROUP, MEHMET, ZEYNEP, House, house
from tests.fakes import FakeDesk

PER_SECOND, PER_MINUTE = 30, 20
TOO_QUICK = SendError(key="send-error-rate", certain=True, retryable=True, retry_after=7.0, reach=Reach.SENDER)


async def known(house: House, who: Person) -> int:
    found, _ = await conversations.resolve(house.home(who).name, who, house.clock.now(), "tr")
    await conversations.spoke({found.id: house.clock.now()})
    return found.id


async def says(house: House, words: str, who: Person) -> None:
    """Words of ours for a customer."""
    found = await conversations.get(await known(house, who))
    assert found is not None
    await errands.to_customer(house.helpdesk, found, Outgoing(text=words), ticket_id=None)


async def alarms(house: House, count: int) -> None:
    """So many posts in the agents' group."""
    for number in range(count):
        await errands.to_group(house.helpdesk, Outgoing(text=f"haber {number}"), chat=GROUP, thread=str(number))


async def test_posts_in_groups_and_edits_at_customers_count_for_the_bots_second(desk_house: House) -> None:
    people = [Person(keys=(f"tg:{830_000 + number}",), name=f"Tg {number}") for number in range(PER_SECOND)]
    for who in people[: PER_SECOND // 2]:
        await says(desk_house, "Merhaba", who)
    edit = {"part": dump_part(Part(text="Selam")), "external_id": "1"}
    for who in people[PER_SECOND // 2 :]:
        found = await conversations.get(await known(desk_house, who))
        assert found is not None
        await errands.change_at_customer(desk_house.helpdesk, found, Op.EDIT, edit, ticket_id=None)
    await alarms(desk_house, 5)
    await desk_house.deliver()
    assert len(desk_house.telegram.calls) == PER_SECOND
    assert desk_house.telegram.said(GROUP) == [], "answers to customers go first"
    desk_house.clock.move(1.0)
    await desk_house.deliver()
    assert len(desk_house.telegram.said(GROUP)) == 5


async def test_answers_to_many_customers_leave_the_group_its_share_of_the_bots_second(desk_house: House) -> None:
    people = [Person(keys=(f"tg:{830_000 + number}",), name=f"Tg {number}") for number in range(2 * PER_SECOND)]
    for number in range(6):
        for who in people:
            await says(desk_house, f"yanıt {number}", who)
    await alarms(desk_house, 3)
    for _ in range(40):
        await desk_house.deliver()
        desk_house.clock.move(0.1)
    said = desk_house.telegram.said
    assert len(said(GROUP)) == 3
    assert len(said()) >= 4 * PER_SECOND - 4, "room that nobody waits for is used"


async def test_a_group_that_has_no_limit_slows_nothing_down(database: Path) -> None:
    limitless = FakeDesk("telegram", replace(TELEGRAM, group_writes_per_minute=0), GROUP)
    free = house(database, telegram=limitless)
    await alarms(free, 2 * PER_SECOND)
    await free.deliver()
    assert len(limitless.said(GROUP)) == 2 * PER_SECOND


async def test_a_number_that_was_too_quick_rests_as_a_whole_and_nobody_is_alarmed(desk_house: House) -> None:
    await says(desk_house, "bir", AYSE)
    desk_house.whatsapp.refusals.append(TOO_QUICK)
    await desk_house.deliver()
    for who in (MEHMET, ZEYNEP):
        await says(desk_house, "iki", who)
    desk_house.clock.move(6.5)
    await desk_house.deliver()
    assert (desk_house.whatsapp.said(), desk_house.telegram.said()) == (["bir"], ["iki"])
    assert desk_house.outbox.troubles == {}
    desk_house.clock.move(0.6)
    await desk_house.deliver()
    assert sorted(desk_house.whatsapp.said()) == ["bir", "bir", "iki"]


async def test_files_of_a_person_count_for_the_same_rate_as_their_words(desk_house: House) -> None:
    rate = desk_house.whatsapp.capabilities.rate_per_person
    assert rate is not None
    for number in range(rate.burst):
        await says(desk_house, f"söz {number}", AYSE)
    await desk_house.deliver()
    await says(desk_house, "dosya", AYSE)
    [last] = await outbox.claim("other", desk_house.clock.now(), 1_000, 1)
    await outbox.add([replace(last, id=0, state=ErrandState.PENDING, lane=f"{last.lane}:file:1")])
    await desk_house.deliver()
    assert len(desk_house.whatsapp.said()) == rate.burst


async def test_the_groups_minute_goes_on_over_a_restart(desk_house: House) -> None:
    await alarms(desk_house, 10)
    await desk_house.deliver()
    for _ in range(6):
        desk_house.clock.move(3)
        await alarms(desk_house, 1)
        await desk_house.deliver()
    helpdesk = replace(desk_house.helpdesk, epoch="next-process")
    desk_house.clock.move(1)
    await alarms(desk_house, 10)
    fresh = Outbox(helpdesk)
    for _ in range(30):
        await fresh.drain()
        desk_house.clock.move(1)
    assert len(desk_house.telegram.said(GROUP)) == PER_MINUTE
    desk_house.clock.move(60)
    await fresh.drain()
    assert len(desk_house.telegram.said(GROUP)) == 26


async def test_after_a_restart_each_bot_goes_on_with_its_own_minute(database: Path) -> None:
    helped = house(database, telegram=FakeDesk("telegram", TELEGRAM, GROUP, helpers=[43]))
    await helped.opened()
    await helped.settles()
    helped.clock.move(60)
    await helped.customer("bir")
    await helped.deliver()
    await helped.customer("iki")
    await Outbox(replace(helped.helpdesk, epoch="next-process")).drain()
    by = {call.words.partition("\n")[2]: call.account for call in helped.telegram.sent if call.chat == GROUP}
    assert (by["bir"], by["iki"]) == (43, 0), "the one that wrote less of late"


async def test_a_post_of_many_words_was_one_write_after_a_restart_too(desk_house: House) -> None:
    await desk_house.opened()
    await desk_house.settles()
    desk_house.clock.move(60)
    for number in range(PER_MINUTE):
        await desk_house.customer(f"söz {number}")
    await desk_house.deliver()
    before = len(desk_house.telegram.said(GROUP))
    await alarms(desk_house, 5)
    await Outbox(replace(desk_house.helpdesk, epoch="next-process")).drain()
    assert len(desk_house.telegram.said(GROUP)) == before + 5
