"""Words and what carries none: marks of a repetition, and captions that are longer than a platform takes."""

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.telegram.capabilities import CAPABILITIES
from bot.domain.errors import SendError
from bot.domain.ledger import Delivery
from bot.domain.message import Attachment, ContactCard, Content, Kind, Location
from bot.domain.press import Verb, encode
from bot.domain.ticket import ActorKind, Ticket
from bot.outbox.wording import posts_of
from store import messages, outbox
from tests.builders import GROUP, ZEYNEP, House, house, outgoing
from tests.fakes import Call, FakeDesk

UNKNOWN = SendError(key="send-error-unknown-outcome", certain=False, retryable=True)
REFUSED = SendError(key="send-error-bad-request", certain=True, retryable=False)
RATE = SendError(key="send-error-rate", certain=True, retryable=True, retry_after=7.0)

BARE = {
    "place": Content(location=Location(latitude=41.0, longitude=29.0)),
    "contact": Content(contacts=(ContactCard(name="Usta", phones=("+905550000001",)),)),
    "sticker": Content(attachment=Attachment(kind=Kind.STICKER, ref="sticker-1", mime="image/webp")),
    "video note": Content(attachment=Attachment(kind=Kind.VIDEO_NOTE, ref="note-1", mime="video/mp4")),
    "full text": Content(text="u" * (4096 - len("👤 Zeynep\n") - 1)),
    "full caption": Content(
        text="u" * (1024 - len("👤 Zeynep\n") - 1), attachment=Attachment(kind=Kind.PHOTO, ref="photo-1")
    ),
}


class Picky(FakeDesk):
    """Ends calls of a verb into a chat as `ends` has it, each of them once."""

    def __init__(self) -> None:
        super().__init__("telegram", CAPABILITIES, GROUP)
        self.ends: list[tuple[str, str, SendError]] = []

    async def _make(self, call: Call) -> None:
        await super()._make(call)
        for ending in self.ends:
            if ending[:2] == (call.verb, call.chat):
                self.ends.remove(ending)
                raise ending[2]


@pytest.fixture
def picky() -> Picky:
    return Picky()


@pytest.fixture
def captioned_house(database: Path, picky: Picky) -> House:
    return house(database, telegram=picky)


def photo(number: int, text: str = "") -> Content:
    attachment = Attachment(kind=Kind.PHOTO, ref=f"photo-{number}", name=f"ekran-{number}.jpg", mime="image/jpeg")
    return Content(text=text, attachment=attachment)


def in_group(house: House) -> list[Call]:
    return [call for call in house.telegram.sent if call.chat == GROUP]


def mark(house: House) -> str:
    return house.helpdesk.desk_text("possibly-repeated")


async def settled(house: House) -> Ticket:
    ticket = await house.opened(who=ZEYNEP)
    await house.settles()
    house.telegram.calls.clear()
    return ticket


async def customers_album(house: House, *texts: str) -> None:
    for number, text in enumerate(texts):
        await house.customer(photo(number, text), ZEYNEP, album="album-1")
    house.clock.move(2)


async def agents_album(house: House, ticket: Ticket, *texts: str) -> None:
    for number, text in enumerate(texts):
        await house.agent(photo(number, text), ticket, album="album-1")
    house.clock.move(2)


async def states(ticket: Ticket) -> list[Delivery]:
    """Of the agents' messages, in order."""
    return [said.delivery for said in await messages.of_ticket(ticket.id) if said.author is ActorKind.AGENT]


@pytest.mark.parametrize("kind", BARE)
async def test_what_has_no_room_for_the_mark_of_a_repetition_follows_it(
    captioned_house: House, picky: Picky, kind: str
) -> None:
    await settled(captioned_house)
    picky.ends.append(("send", GROUP, UNKNOWN))
    await captioned_house.customer(BARE[kind], ZEYNEP)
    await captioned_house.settles()
    first, said, again, *_ = in_group(captioned_house)
    assert said.words == mark(captioned_house)
    assert (again.part, again.thread) == (first.part, first.thread)
    assert await outgoing(state="failed") == []


async def test_a_mark_that_stands_there_is_not_said_again_while_the_post_has_to_wait(
    captioned_house: House, picky: Picky
) -> None:
    await settled(captioned_house)
    picky.ends.extend([("album", GROUP, UNKNOWN), ("album", GROUP, RATE)])
    await customers_album(captioned_house, "a" * 1010, "")
    await captioned_house.settles()
    assert [mark(captioned_house) in call.words for call in in_group(captioned_house)] == [False, True, False, False]


async def test_another_unknown_outcome_is_marked_anew(captioned_house: House, picky: Picky) -> None:
    await settled(captioned_house)
    picky.ends.extend([("album", GROUP, UNKNOWN), ("album", GROUP, RATE), ("album", GROUP, UNKNOWN)])
    await customers_album(captioned_house, "a" * 1010, "")
    await captioned_house.settles()
    calls = in_group(captioned_house)
    assert [call.verb for call in calls] == ["album", "send", "album", "album", "send", "album"]
    assert [mark(captioned_house) in call.words for call in calls if call.verb == "send"] == [True, True]


async def test_an_album_that_is_posted_again_says_so(captioned_house: House, picky: Picky) -> None:
    await settled(captioned_house)
    picky.ends.append(("album", GROUP, UNKNOWN))
    await customers_album(captioned_house, "Bakın", "")
    await captioned_house.settles()
    first, again = in_group(captioned_house)
    assert (first.words, again.words) == ("👤 Zeynep\nBakın", f"{mark(captioned_house)}\n👤 Zeynep\nBakın")
    assert len(again.files) == 2


async def test_captions_that_are_too_long_for_an_album_go_before_it(captioned_house: House) -> None:
    await settled(captioned_house)
    await customers_album(captioned_house, "a" * 1020, "b" * 1000)
    await captioned_house.settles()
    words, album = in_group(captioned_house)
    assert words.words == "\n".join(("👤 Zeynep", "a" * 1020, "b" * 1000))
    assert (album.words, [file.name for file in album.files]) == ("👤 Zeynep", ["ekran-0.jpg", "ekran-1.jpg"])


async def test_whoever_replies_to_the_words_before_an_album_means_its_ticket(
    captioned_house: House, picky: Picky
) -> None:
    picky.has_topics = False
    await settled(captioned_house)
    await customers_album(captioned_house, "a" * 1020, "b" * 1000)
    await captioned_house.settles()
    [album] = await outgoing(op="album")
    chat, _, number = str(album["external_id"]).rpartition("-")
    await captioned_house.agent("Gördüm", reply_to=f"{chat}-{int(number) - 1}")
    await captioned_house.settles()
    assert "Gördüm" in picky.said("800001")


@pytest.mark.parametrize("where", [GROUP, "800001"], ids=["agents", "customer"])
async def test_words_before_an_album_are_said_once_though_the_album_has_to_wait(
    captioned_house: House, picky: Picky, where: str
) -> None:
    ticket = await settled(captioned_house)
    picky.ends.extend([("album", where, RATE), ("album", where, RATE)])
    if where == GROUP:
        await customers_album(captioned_house, "a" * 600, "b" * 600)
    else:
        await agents_album(captioned_house, ticket, "a" * 600, "b" * 600)
    await captioned_house.settles()
    calls = [call for call in picky.sent if call.chat == where]
    assert [call.verb for call in calls] == ["send", "album", "album", "album"]
    assert calls[0].words.endswith("\n".join(("a" * 600, "b" * 600)))


@pytest.mark.parametrize(
    ("error", "state"), [(REFUSED, Delivery.FAILED), (UNKNOWN, Delivery.UNCERTAIN)], ids=["refused", "unknown"]
)
async def test_every_item_of_an_album_shares_its_fate(
    captioned_house: House, picky: Picky, error: SendError, state: Delivery
) -> None:
    ticket = await settled(captioned_house)
    picky.ends.append(("album", "800001", error))
    await agents_album(captioned_house, ticket, "Üç adım", "", "")
    await captioned_house.settles()
    assert await states(ticket) == [state] * 3
    [album] = await outgoing(op="album")
    await captioned_house.desk_press(encode(Verb.RESEND, album["id"]))
    assert await states(ticket) == [Delivery.STORED] * 3
    await captioned_house.settles()
    assert await states(ticket) == [Delivery.SENT] * 3


async def test_posts_that_go_before_are_paid_from_the_groups_budget(captioned_house: House) -> None:
    await settled(captioned_house)
    await customers_album(captioned_house, "a" * 1024, "b" * 1024)
    [row] = await outgoing(op="album")
    album = await outbox.by_id(row["id"])
    assert album is not None
    assert await posts_of(captioned_house.helpdesk, album) == 3
    assert await posts_of(captioned_house.helpdesk, replace(album, payload={**album.payload, "before": 1})) == 2
