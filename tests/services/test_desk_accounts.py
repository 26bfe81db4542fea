"""More than one bot account: who says what, whose pause is whose, and a helper that may not."""

from pathlib import Path

import pytest

from adapters.telegram.capabilities import CAPABILITIES
from bot.domain.errors import Missing, Reach, SendError
from bot.domain.message import Attachment, Content, Edited, Kind
from bot.domain.outgoing import Outgoing
from bot.services import errands
from store import messages
from tests.builders import AYSE, GROUP, House, house, outgoing
from tests.fakes import Call, FakeChannel, FakeDesk

HELPER, OTHER = 43, 44
RATE = SendError(key="send-error-rate", certain=True, retryable=True, retry_after=30.0)
KICKED = SendError(key="send-error-chat-gone", certain=True, retryable=False, reach=Reach.RECIPIENT, code="403")
REVOKED = SendError(key="send-error-auth", certain=True, retryable=False, reach=Reach.CHANNEL, code="401")
CLOSED = SendError(key="send-error-rights", certain=True, retryable=False, code="400")
GONE = SendError(key="send-error-bad-request", certain=True, retryable=False, missing=Missing.THREAD)
LOST = SendError(key="send-error-unknown-outcome", certain=False, retryable=True)


@pytest.fixture
def helped_house(database: Path) -> House:
    """One group, and one bot that helps to write into it."""
    return house(database, telegram=FakeDesk("telegram", CAPABILITIES, GROUP, helpers=[HELPER]))


def helper(house: House) -> FakeChannel:
    return house.telegram.helpers[HELPER]


def in_group(house: House) -> list[Call]:
    return [call for call in house.telegram.calls if call.chat == GROUP and call.verb not in {"react", "answer"}]


def showing(house: House, words: str) -> list[Call]:
    return [call for call in in_group(house) if words in call.words]


async def test_words_go_out_by_the_helper_and_all_else_by_the_main_account(helped_house: House) -> None:
    ticket = await helped_house.opened()
    photo = Content(text="fiş", attachment=Attachment(kind=Kind.PHOTO, ref="f1"))
    await helped_house.customer(photo)
    await helped_house.agent("/history", ticket)
    await helped_house.settles()
    helpers = [call for call in in_group(helped_house) if call.account == HELPER]
    assert {call.verb for call in helpers} == {"send"}
    assert not [call for call in helpers if call.part.rows or call.files]
    assert [call.account for call in showing(helped_house, "Yazıcı çalışmıyor") if "👤" in call.words] == [HELPER]
    assert [call.account for call in showing(helped_house, "fiş") if call.files] == [0]
    assert [call.account for call in showing(helped_house, "🕘")] == [HELPER]


async def test_a_reply_to_what_the_helper_posted_finds_ticket_and_message(helped_house: House) -> None:
    helped_house.telegram.has_topics = False
    ticket = await helped_house.opened()
    said = (await messages.of_ticket(ticket.id))[0]
    [post] = await messages.posts_of(said.id, "desk:")
    assert post.account == HELPER
    await helped_house.agent("Bakıyoruz", reply_to=post.external_id)
    await helped_house.deliver()
    assert helped_house.whatsapp.said()[-1] == "Bakıyoruz"


async def edited(house: House) -> None:
    """The customer's first message gets other words."""
    said = (await messages.of_ticket((await house.ticket()).id))[0]
    [post] = await messages.posts_of(said.id, "whatsapp:")
    event = Edited(
        author=AYSE, at=house.clock.now(), external_id=post.external_id, content=Content(text="Tarayıcı çalışmıyor")
    )
    await house.takes_in(house.whatsapp, event)
    await house.settles()


async def test_an_edit_goes_through_the_account_that_posted(helped_house: House) -> None:
    await helped_house.opened()
    await edited(helped_house)
    [edit] = showing(helped_house, "Tarayıcı")
    assert (edit.verb, edit.account) == ("edit", HELPER)


async def test_what_a_lost_helper_posted_is_corrected_by_a_new_post(helped_house: House) -> None:
    await helped_house.opened()
    helper(helped_house).refusals.extend([REVOKED] * 5)
    await edited(helped_house)
    shown = [call for call in showing(helped_house, "Tarayıcı") if call.account == 0]
    assert [call.verb for call in shown] == ["send"]


async def test_what_a_helper_posted_that_is_no_longer_configured_is_corrected_by_a_new_post(desk_house: House) -> None:
    ticket = await desk_house.opened()
    [post] = await messages.posts_of((await messages.of_ticket(ticket.id))[0].id, "desk:")
    await messages.written_by(HELPER, post.place, [post.external_id])
    await edited(desk_house)
    assert [(call.verb, call.account) for call in showing(desk_house, "Tarayıcı")] == [("send", 0)]


async def test_a_pause_of_one_account_is_not_the_others(helped_house: House) -> None:
    await helped_house.opened()
    await helped_house.settles()
    helped_house.clock.move(60)
    helper(helped_house).refusals.append(RATE)
    await helped_house.customer("bir")
    await helped_house.deliver()
    assert [call.account for call in showing(helped_house, "bir")] == [HELPER, 0]
    for second in range(30):
        await helped_house.customer(f"saniye-{second:02d}")
        await helped_house.deliver()
        helped_house.clock.move(1)
    later = in_group(helped_house)
    assert [call.account for call in later[later.index(showing(helped_house, "bir")[-1]) + 1 :]].count(HELPER) == 0
    helped_house.clock.move(1)
    await helped_house.customer("sonra")
    await helped_house.settles()
    assert showing(helped_house, "sonra")[-1].account == HELPER


@pytest.mark.parametrize(("error", "where"), [(KICKED, f"bot {HELPER} in {GROUP}"), (REVOKED, f"bot {HELPER}")])
async def test_a_helper_that_is_shut_out_is_told_of_once_and_left_out(
    helped_house: House, error: SendError, where: str
) -> None:
    await helped_house.opened()
    await helped_house.settles()
    helper(helped_house).refusals.extend([error] * 9)
    for words in ("söz-1", "söz-2", "söz-3"):
        await helped_house.customer(words)
        await helped_house.settles()
    assert [call.account for call in showing(helped_house, "söz-1")] == [HELPER, 0]
    assert {call.account for words in ("söz-2", "söz-3") for call in showing(helped_house, words)} == {0}
    assert len(showing(helped_house, f"bot {HELPER}")) == 1
    assert helped_house.outbox.troubles == {where: error.key}
    assert await outgoing(state="failed") == []


async def test_a_helper_is_tried_again_later_and_welcome_when_it_works(helped_house: House) -> None:
    await helped_house.opened()
    helper(helped_house).refusals.append(KICKED)
    await helped_house.customer("bir")
    await helped_house.settles()
    helped_house.clock.move(601)
    await helped_house.customer("iki")
    await helped_house.settles()
    assert showing(helped_house, "iki")[-1].account == HELPER
    assert helped_house.outbox.troubles == {}


async def test_a_refusal_that_concerns_one_message_leaves_the_helper_in(helped_house: House) -> None:
    await helped_house.opened()
    helper(helped_house).refusals.append(CLOSED)
    await helped_house.customer("bir")
    await helped_house.settles()
    await helped_house.customer("iki")
    await helped_house.settles()
    assert [call.account for call in showing(helped_house, "bir")] == [HELPER, 0]
    assert [call.account for call in showing(helped_house, "iki")] == [HELPER]
    assert helped_house.outbox.troubles == {}


async def test_what_is_gone_for_everybody_is_mended_as_ever(helped_house: House) -> None:
    ticket = await helped_house.opened()
    before = (await helped_house.place(ticket)).thread
    helper(helped_house).refusals.append(GONE)
    await helped_house.customer("bir")
    await helped_house.settles()
    assert (await helped_house.place(ticket)).thread != before
    assert helped_house.outbox.troubles == {}


async def test_an_unknown_outcome_of_the_helper_is_posted_again_and_marked(helped_house: House) -> None:
    await helped_house.opened()
    helper(helped_house).refusals.append(LOST)
    await helped_house.customer("bir")
    await helped_house.settles()
    assert len(showing(helped_house, "bir")) == 2
    assert helped_house.helpdesk.desk_text("possibly-repeated") in showing(helped_house, "bir")[-1].words


async def test_the_emptiest_account_is_chosen_and_the_main_one_last(database: Path) -> None:
    account = FakeDesk("telegram", CAPABILITIES, GROUP, helpers=[HELPER, OTHER])
    crowded = house(database, telegram=account)
    for number in range(24):
        await errands.to_group(crowded.helpdesk, Outgoing(text=f"{number}"), chat=GROUP, thread=f"{number}")
    await crowded.deliver()
    by = [call.account for call in in_group(crowded)]
    assert {one: by.count(one) for one in (0, HELPER, OTHER)} == {0: 8, HELPER: 8, OTHER: 8}
    assert by[:2] == [OTHER, HELPER]


async def test_what_only_the_main_account_can_do_is_not_overtaken_for_ever(helped_house: House) -> None:
    ticket = await helped_house.opened()
    await helped_house.settles()
    for second in range(120):
        for number in range(4):
            await errands.to_group(
                helped_house.helpdesk, Outgoing(text=f"{second}-{number}"), chat=GROUP, thread=f"{number}"
            )
        if second == 60:
            # The least urgent of all, and it costs two writes.
            await helped_house.agent("/category Fatura", ticket)
        await helped_house.deliver()
        helped_house.clock.move(1)
    cards = [call for call in in_group(helped_house) if call.verb == "edit" and "Fatura" in call.words]
    assert len(cards) == 1


async def with_an_album(house: House, items: int) -> float:
    """A photo album of the customer after a quiet time; returns when it was written."""
    await house.opened()
    house.clock.move(120)
    for number in range(items):
        photo = Content(attachment=Attachment(kind=Kind.PHOTO, ref=f"f{number}"))
        await house.customer(photo, album="tatil")
    house.clock.move(2)
    await house.deliver()
    [album] = [call for call in in_group(house) if call.verb == "album"]
    assert len(album.files) == items
    return house.clock.monotonic()


@pytest.mark.parametrize("items", [2, 10])
async def test_an_album_counts_for_each_of_its_items(desk_house: House, items: int) -> None:
    began = await with_an_album(desk_house, items)
    before = len(in_group(desk_house))
    for number in range(40):
        await errands.to_group(desk_house.helpdesk, Outgoing(text=f"{number}"), chat=GROUP, thread=f"{number}")
    while desk_house.clock.monotonic() < began + 59:
        await desk_house.deliver()
        desk_house.clock.move(1)
    others = len(in_group(desk_house)) - before
    assert 20 - items - 1 <= others <= 20 - items


async def test_an_album_waits_until_all_of_it_has_room(desk_house: House) -> None:
    await desk_house.opened()
    desk_house.clock.move(120)
    for number in range(15):
        await errands.to_group(desk_house.helpdesk, Outgoing(text=f"{number}"), chat=GROUP, thread=f"{number}")
    times = []
    for second in range(120):
        if second == 20:
            for number in range(10):
                photo = Content(attachment=Attachment(kind=Kind.PHOTO, ref=f"f{number}"))
                await desk_house.customer(photo, album="tatil")
        seen = len(in_group(desk_house))
        await desk_house.deliver()
        for call in in_group(desk_house)[seen:]:
            times += [second] * max(1, len(call.files))
        desk_house.clock.move(1)
    assert len(times) >= 25
    assert max(sum(start <= at < start + 60 for at in times) for start in range(120)) <= 20
