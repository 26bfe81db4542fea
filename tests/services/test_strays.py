"""What a topic refuses for good is said outside it, once, and never told for ever in the place that refuses."""

from bot.domain.errors import SendError
from bot.domain.ticket import Ticket
from store.sql import rows
from tests.builders import GROUP, House

CLOSED = SendError(key="send-error-rights", certain=True, retryable=False)
MALFORMED = SendError(key="send-error-bad-request", certain=True, retryable=False)


_POSTS = "SELECT external_id FROM post WHERE ticket_id = ? AND place LIKE 'desk:%' ORDER BY id"


async def general(desk_house: House) -> list[str]:
    """What stands in the group outside every topic."""
    return [call.words for call in desk_house.telegram.sent if call.chat == GROUP and call.thread is None]


async def later(desk_house: House) -> None:
    for _ in range(20):
        desk_house.clock.move(30)
        await desk_house.deliver()


async def test_words_for_a_closed_topic_are_shown_outside_it_and_a_reply_there_answers(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await later(desk_house)
    desk_house.telegram.refusals.append(CLOSED)
    await desk_house.customer("Orada mısınız?")
    await later(desk_house)
    assert len(await general(desk_house)) == 1
    assert ticket.label in (await general(desk_house))[0]
    assert "Orada mısınız?" in (await general(desk_house))[0]
    await desk_house.agent("Buradayız", reply_to=await outside(ticket))
    await later(desk_house)
    assert "Buradayız" in desk_house.whatsapp.said()


async def outside(ticket: Ticket) -> str:
    """The id of the post that stands outside the ticket's topic: the newest of this ticket."""
    found = await rows(
        "SELECT external_id FROM post WHERE ticket_id = ? AND place LIKE 'desk:%' ORDER BY id", ticket.id
    )
    return str(found[-1]["external_id"])


async def test_a_line_that_its_topic_refuses_is_not_told_there_again(desk_house: House) -> None:
    await desk_house.opened()
    await later(desk_house)
    before = len(desk_house.telegram.sent)
    desk_house.telegram.refusals.extend([MALFORMED, CLOSED])
    await desk_house.customer("Orada mısınız?")
    await later(desk_house)
    posts = [call.thread is None for call in desk_house.telegram.sent[before:] if call.chat == GROUP]
    assert posts == [False, False, True], "the words, the line that tells why, and that line outside"


async def test_a_group_that_refuses_everything_is_not_asked_for_ever(desk_house: House) -> None:
    await desk_house.opened()
    await later(desk_house)
    before = len(desk_house.telegram.calls)
    desk_house.telegram.refusals.extend([CLOSED] * 100)
    await desk_house.customer("Orada mısınız?")
    await later(desk_house)
    assert len(desk_house.telegram.calls) <= before + 3
