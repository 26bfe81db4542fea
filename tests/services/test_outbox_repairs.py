"""When the outside world is not as it was: unknown outcomes, vanished topics, moved groups, dead processes."""

import pytest

from bot.domain.errors import Missing, SendError
from bot.domain.ledger import ErrandState, Op
from bot.domain.message import Attachment, Content, Kind
from bot.outbox import recover
from bot.services import digests
from store import desk, outbox
from tests.builders import GROUP, ZEYNEP, House

pytestmark = pytest.mark.both_databases

UNKNOWN = SendError(key="send-error-unknown-outcome", certain=False, retryable=True)
THREAD_GONE = SendError(key="send-error-chat-gone", certain=True, retryable=False, missing=Missing.THREAD)
MOVED = SendError(key="send-error-moved", certain=True, retryable=True, moved_to="-1009000000002")


async def state(errand_id: int) -> ErrandState:
    found = await outbox.by_id(errand_id)
    assert found is not None
    return found.state


async def test_an_unknown_outcome_in_the_group_is_posted_again_and_says_so(desk_house: House) -> None:
    await desk_house.opened()
    desk_house.telegram.refusals.append(UNKNOWN)
    await desk_house.customer("Kâğıt sıkıştı")
    for _ in range(5):
        await desk_house.deliver()
        desk_house.clock.move(60)
    posts = [post for post in desk_house.telegram.said() if "Kâğıt sıkıştı" in post]
    assert posts[0] == "👤 Ayşe\nKâğıt sıkıştı"
    assert len(posts) == 2
    assert "yinelenmiş olabilir" in posts[1]


async def test_a_vanished_topic_is_opened_again_with_its_card(desk_house: House) -> None:
    ticket = await desk_house.opened()
    desk_house.telegram.refusals.append(THREAD_GONE)
    await desk_house.customer("Orada mısınız?")
    for _ in range(4):
        await desk_house.deliver()
        desk_house.clock.move(60)
    assert len(desk_house.telegram.topics) == 2
    found = await desk.topic(ticket.id)
    assert found is not None
    posts = desk_house.telegram.in_topics()[found.thread]
    assert any("Orada mısınız?" in post for post in posts)
    assert any(ticket.label in post for post in posts), "the card"


async def test_a_group_that_moved_is_followed(desk_house: House) -> None:
    ticket = await desk_house.opened()
    desk_house.telegram.refusals.append(MOVED)
    await desk_house.customer("Orada mısınız?")
    for _ in range(4):
        await desk_house.deliver()
        desk_house.clock.move(60)
    assert "Orada mısınız?" in desk_house.telegram.said("-1009000000002")[0]
    assert (await desk_house.place(ticket)).thread is not None


async def test_what_another_process_left_behind_is_unknown_and_handled_as_such(desk_house: House) -> None:
    ticket = await desk_house.opened(who=ZEYNEP)
    await desk_house.agent("Yanıt", ticket)
    await desk_house.customer("Orada mısınız?", ZEYNEP)
    now = desk_house.clock.now()
    left = await outbox.claim("dead-process", now, 60_000, 10)
    assert {errand.channel for errand in left} >= {"telegram", "desk"}
    assert await recover(desk_house.helpdesk, all_others=True) == len(left)
    assert await recover(desk_house.helpdesk, all_others=True) == 0
    words = next(errand for errand in left if errand.channel == "telegram" and errand.op is Op.SEND)
    assert await state(words.id) is ErrandState.UNCERTAIN
    await desk_house.settles()
    assert "Yanıt" not in desk_house.telegram.said("800001"), "nothing is doubled silently"
    assert any("bilinmiyor" in post for post in desk_house.telegram.said()), "nothing is lost silently"
    assert any("Orada mısınız?" in post and "yinelenmiş" in post for post in desk_house.telegram.said(GROUP))


async def test_a_living_process_keeps_what_it_holds(desk_house: House) -> None:
    await desk_house.customer("Selam")
    claimed = await outbox.claim(desk_house.helpdesk.epoch, desk_house.clock.now(), 60_000, 10)
    assert claimed
    assert await recover(desk_house.helpdesk, all_others=True) == 0
    assert {await state(errand.id) for errand in claimed} == {ErrandState.SENDING}


async def photo(house: House, ref: str) -> None:
    attachment = Attachment(kind=Kind.PHOTO, ref=ref, mime="image/jpeg", size=5)
    await house.customer(Content(attachment=attachment), ZEYNEP, album="album-1")


def shown_files(house: House) -> set[str]:
    return {file.ref for call in house.telegram.sent for file in call.files}


async def test_an_album_cut_in_two_by_a_dead_process_arrives_whole(desk_house: House) -> None:
    """Its first half was being sent when the process died; the second half waits under the same name."""
    await desk_house.opened(who=ZEYNEP)
    await photo(desk_house, "bir")
    await photo(desk_house, "iki")
    desk_house.clock.move(10)
    assert Op.ALBUM in {errand.op for errand in await outbox.claim("dead-process", desk_house.clock.now(), 60_000, 10)}
    await photo(desk_house, "üç")
    await recover(desk_house.helpdesk, all_others=True)
    await desk_house.settles()
    assert shown_files(desk_house) == {"bir", "iki", "üç"}


async def test_an_album_that_is_put_off_while_its_rest_is_gathered_arrives_whole(desk_house: House) -> None:
    """A platform that says "later" to the first half must not make the second half take its place."""
    await desk_house.opened(who=ZEYNEP)
    await photo(desk_house, "bir")
    desk_house.clock.move(10)
    epoch, now = desk_house.helpdesk.epoch, desk_house.clock.now()
    [album] = [errand for errand in await outbox.claim(epoch, now, 60_000, 10) if errand.op is Op.ALBUM]
    await photo(desk_house, "iki")
    await outbox.retry(album.id, epoch, now + 7_000, "send-error-rate")
    await recover(desk_house.helpdesk, all_others=True)
    await desk_house.settles()
    assert shown_files(desk_house) == {"bir", "iki"}


async def test_a_digest_that_is_put_off_while_the_next_is_gathered_is_told_as_well(desk_house: House) -> None:
    helpdesk, now = desk_house.helpdesk, desk_house.clock.now()
    await digests.to_group(helpdesk, GROUP, "Önce bu")
    [first] = await outbox.claim(helpdesk.epoch, now + 60_000, 60_000, 10)
    await digests.to_group(helpdesk, GROUP, "Sonra şu")
    await outbox.retry(first.id, helpdesk.epoch, now, "send-error-rate")
    await desk_house.settles()
    told = "\n".join(desk_house.telegram.said(GROUP))
    assert "Önce bu" in told
    assert "Sonra şu" in told
