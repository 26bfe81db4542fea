"""A ticket's topic that vanishes or is closed: agents find the words in a topic they can answer in, and learn why."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from adapters.telegram.capabilities import CAPABILITIES
from bot.domain.errors import Missing, SendError
from bot.domain.ledger import Topic
from bot.domain.message import Attachment, Content, DeskPlace, Kind
from bot.domain.outgoing import Outgoing
from bot.domain.ticket import Ticket
from bot.services import errands
from store import desk, messages
from tests.builders import GROUP, House, house
from tests.fakes import Call, FakeDesk

GONE = SendError(key="send-error-bad-request", certain=True, retryable=False, missing=Missing.THREAD)
CLOSED = SendError(key="send-error-rights", certain=True, retryable=False, missing=Missing.OPEN_THREAD)
NO_RIGHTS = SendError(key="send-error-rights", certain=True, retryable=False)
AWAY = SendError(key="send-error-vendor", certain=False, retryable=True)
PHOTO = Content(text="Ekran", attachment=Attachment(kind=Kind.PHOTO, ref="photo-1", mime="image/jpeg"))


class Forum(FakeDesk):
    """A forum in which people delete and close topics.

    `may`: by which calls the bot can help itself; `falters`: how the next call of a verb ends; `meanwhile`: what
    happens elsewhere while such a call is under way.
    """

    def __init__(self) -> None:
        super().__init__("telegram", CAPABILITIES, GROUP)
        self.gone: set[str] = set()
        self.closed: set[str] = set()
        self.may = {"reopen_topic", "open_topic"}
        self.falters: dict[str, SendError] = {}
        self.meanwhile: dict[str, Callable[[], Awaitable[object]]] = {}

    async def _make(self, call: Call) -> None:
        await super()._make(call)
        moment = "file" if call.files else call.verb
        if moment in self.meanwhile:
            await self.meanwhile.pop(moment)()
        if call.verb in self.falters:
            raise self.falters.pop(call.verb)
        if call.verb in {"reopen_topic", "open_topic"} - self.may:
            raise NO_RIGHTS
        if call.thread in self.gone:
            raise GONE
        if call.verb == "reopen_topic":
            self.closed.discard(call.thread or "")
        if call.verb == "send" and call.thread in self.closed:
            raise CLOSED

    def count(self, verb: str) -> int:
        return sum(call.verb == verb for call in self.calls)


@pytest.fixture
def forum() -> Forum:
    return Forum()


@pytest.fixture
def forum_house(database: Path, forum: Forum) -> House:
    return house(database, telegram=forum)


async def thread_of(ticket: Ticket) -> str:
    found = await desk.topic(ticket.id)
    assert found is not None
    return found.thread


async def is_furnished(ticket: Ticket, *, beside: str) -> bool:
    """Whether it has another topic than this one, with its card."""
    found = await desk.topic(ticket.id)
    return found is not None and found.thread not in {beside, ""} and bool(found.card_id)


async def settled(forum_house: House, *more: Content) -> tuple[Ticket, str]:
    """A ticket and its topic, with everything shown that there is."""
    ticket = await forum_house.opened()
    for content in more:
        await forum_house.customer(content)
    await forum_house.settles()
    return ticket, await thread_of(ticket)


async def file_follows(forum_house: House, ticket: Ticket) -> None:
    """The file of a message shown long ago comes after it, in a lane of its own."""
    said = (await messages.of_ticket(ticket.id, newest_first=True, limit=1))[0]
    file = Outgoing(text="Ekran", attachment=PHOTO.attachment)
    await errands.file_to_topic(forum_house.helpdesk, said, file)


def explained(posts: list[str]) -> int:
    return sum("/history" in words for words in posts)


async def test_the_topic_after_a_vanished_one_says_once_why_and_where_the_words_are(
    forum_house: House, forum: Forum
) -> None:
    ticket, old = await settled(forum_house)
    forum.gone.add(old)
    for words in ("Orada mısınız?", "Alo?"):
        await forum_house.customer(words)
    await forum_house.settles()
    posts = forum.in_topics()[await thread_of(ticket)]
    assert ["Orada" in words or "Alo" in words for words in posts].count(True) >= 1
    assert explained(posts) == 1
    assert any(ticket.label in words for words in posts), "the card"
    assert explained(forum.in_topics()[old]) == 0


async def test_a_first_topic_has_nothing_to_explain(forum_house: House, forum: Forum) -> None:
    _, thread = await settled(forum_house)
    assert explained(forum.in_topics()[thread]) == 0


async def test_a_slow_file_on_its_way_to_a_vanished_topic_does_not_take_the_new_one_away(
    forum_house: House, forum: Forum
) -> None:
    ticket, old = await settled(forum_house, PHOTO)
    forum.gone.add(old)

    async def words_find_a_new_topic() -> None:
        await forum_house.customer("Alo?")
        while not await is_furnished(ticket, beside=old):
            forum_house.clock.move(1)
            await forum_house.outbox.claim()
        news.append(await thread_of(ticket))

    news: list[str] = []
    forum.meanwhile["file"] = words_find_a_new_topic
    await file_follows(forum_house, ticket)
    await forum_house.settles()
    assert await thread_of(ticket) == news[0]
    assert forum.count("open_topic") == 2
    [*_, file] = [call for call in forum.sent if call.files]
    assert file.thread == news[0]


async def test_words_and_a_file_that_both_need_a_topic_open_one(forum_house: House, forum: Forum) -> None:
    ticket, _ = await settled(forum_house, PHOTO)
    await desk.save_topic(Topic(ticket_id=ticket.id, chat=GROUP))

    async def the_other_comes_as_far() -> None:
        for _ in range(50):
            await thread_of(ticket)

    forum.meanwhile["open_topic"] = the_other_comes_as_far
    await file_follows(forum_house, ticket)
    await forum_house.customer("Alo?")
    await forum_house.settles()
    assert forum.count("open_topic") == 2, "one for the ticket, one in place of the lost one"


async def test_a_topic_opened_for_nothing_still_leads_to_its_ticket(forum_house: House, forum: Forum) -> None:
    """Another process has opened one meanwhile: whoever writes in ours is told, and the ticket keeps the other."""
    await forum_house.customer("Yazıcı çalışmıyor")
    ticket = await forum_house.ticket()

    async def another_is_opened() -> None:
        await desk.save_topic(Topic(ticket_id=ticket.id, chat=GROUP, thread="77"))

    forum.meanwhile["open_topic"] = another_is_opened
    await forum_house.settles()
    assert await thread_of(ticket) == "77"
    [orphan] = forum.topics
    assert await desk.former_ticket(GROUP, orphan) == ticket.id


async def test_a_closed_topic_is_opened_again_for_words(forum_house: House, forum: Forum) -> None:
    ticket, thread = await settled(forum_house)
    forum.closed.add(thread)
    await forum_house.customer("Orada mısınız?")
    await forum_house.settles()
    assert await thread_of(ticket) == thread
    assert (forum.count("reopen_topic"), forum.count("open_topic")) == (1, 1)
    assert forum.in_topics()[thread][-1].endswith("Orada mısınız?")
    assert explained(forum.in_topics()[thread]) == 0


async def test_a_closed_topic_that_cannot_be_opened_gets_a_successor(forum_house: House, forum: Forum) -> None:
    ticket, old = await settled(forum_house)
    forum.closed.add(old)
    forum.may.discard("reopen_topic")
    await forum_house.customer("Orada mısınız?")
    await forum_house.settles()
    posts = forum.in_topics()[await thread_of(ticket)]
    assert await thread_of(ticket) != old
    assert any("Orada mısınız?" in words for words in posts)
    assert explained(posts) == 1
    forum.closed.clear()
    await forum_house.agent("Buradayız", desk=DeskPlace(chat=GROUP, thread=old))
    await forum_house.settles()
    assert ticket.label in forum.in_topics()[old][-1], "words in the old one reach nobody, and the agent is told"


async def test_a_closed_topic_is_kept_while_the_bot_may_neither_open_it_nor_another(
    forum_house: House, forum: Forum
) -> None:
    ticket, thread = await settled(forum_house)
    forum.closed.add(thread)
    forum.may.clear()
    await forum_house.customer("Orada mısınız?")
    await forum_house.settles()
    outside = [call.words for call in forum.sent if call.chat == GROUP and call.thread is None]
    assert [ticket.label in words and "Orada mısınız?" in words for words in outside] == [True]
    forum.closed.clear()
    await forum_house.customer("Alo?")
    await forum_house.settles()
    assert (await thread_of(ticket), forum.in_topics()[thread][-1]) == (thread, "👤 Ayşe\nAlo?")


@pytest.mark.parametrize("may", [{"reopen_topic", "open_topic"}, {"open_topic"}])
async def test_an_unknown_outcome_of_opening_says_nothing_about_the_words(
    forum_house: House, forum: Forum, may: set[str]
) -> None:
    _, thread = await settled(forum_house)
    forum.closed.add(thread)
    forum.may = may
    forum.falters["reopen_topic" if "reopen_topic" in may else "open_topic"] = AWAY
    await forum_house.customer("Orada mısınız?")
    await forum_house.settles()
    shown = [call.words for call in forum.sent if "Orada" in call.words and call.thread not in forum.closed]
    assert shown[-1] == "👤 Ayşe\nOrada mısınız?", "without the mark of a repetition"


async def test_a_closed_topic_that_is_deleted_just_then_gets_a_successor(forum_house: House, forum: Forum) -> None:
    ticket, old = await settled(forum_house)
    forum.closed.add(old)
    forum.falters["reopen_topic"] = GONE
    await forum_house.customer("Orada mısınız?")
    await forum_house.settles()
    assert await thread_of(ticket) != old
    assert explained(forum.in_topics()[await thread_of(ticket)]) == 1
