"""Customers' files that cannot be shown: each is named, and trying again is harmless in anybody's hands."""

import pytest

from bot import inbox
from bot.domain.errors import SendError
from bot.domain.message import Attachment, Content, Kind, Person
from bot.domain.press import Verb, encode
from bot.domain.ticket import Ticket
from store import desk, messages
from store.files import FileState
from tests.builders import AYSE, DENIZ, ELIF, GROUP, ZEYNEP, House, outgoing

GONE = SendError(key="send-error-media-gone", certain=True, retryable=False)
TOO_LARGE = SendError(key="send-error-too-large", certain=True, retryable=False)
FILE = Content(text="Fatura bu", attachment=Attachment(kind=Kind.DOCUMENT, ref="media-1", name="fatura.pdf"))


async def lost(house: House, error: SendError = GONE, who: Person = AYSE) -> tuple[Ticket, int]:
    """A ticket whose latest message has a file that the group did not take; that message's id."""
    ticket = await house.opened(who=who)
    house.telegram.refusals.append(error)
    await house.customer(FILE, who)
    await house.settles()
    return ticket, (await messages.of_ticket(ticket.id, newest_first=True, limit=1))[0].id


def offers(house: House) -> list[str]:
    """The tokens of all buttons that offer to try again."""
    rows = [row for call in house.telegram.sent if "aktarılamadı" in call.words for row in call.part.rows]
    return [button.token for row in rows for button in row]


def shown_files(house: House) -> list[str]:
    return [file.name for call in house.telegram.sent if call.chat == GROUP for file in call.files]


def toasts(house: House) -> list[str]:
    return [call.text for call in house.telegram.calls if call.verb == "answer" and call.text]


async def state_of(message_id: int) -> FileState:
    file = await messages.file_of(message_id)
    assert file is not None
    return file.state


@pytest.mark.parametrize("who", [AYSE, ZEYNEP], ids=["whatsapp", "telegram"])
async def test_the_words_stay_and_one_press_brings_the_file_behind_them(desk_house: House, who: Person) -> None:
    _, message_id = await lost(desk_house, who=who)
    assert await state_of(message_id) is FileState.FAILED
    [line] = [call for call in desk_house.telegram.sent if "aktarılamadı" in call.words]
    assert "Fatura bu" in line.words
    assert "fatura.pdf" in line.words
    shown = len(shown_files(desk_house))
    [token] = offers(desk_house)
    for _ in range(2):
        assert await desk_house.desk_press(token) is inbox.Outcome.DONE
    await desk_house.settles()
    await desk_house.desk_press(token)
    await desk_house.settles()
    assert len(shown_files(desk_house)) == shown + 1
    assert [toast.split()[0] for toast in toasts(desk_house)] == ["Dosya", "Gerek", "Gerek"]
    posts = await messages.posts_of(message_id, "desk:")
    assert desk_house.telegram.sent[-1].reply_to == posts[0].external_id


async def test_a_file_that_fails_again_is_offered_again_without_its_words(desk_house: House) -> None:
    _, message_id = await lost(desk_house)
    desk_house.telegram.refusals.extend([GONE, GONE])  # the first one hits the toast
    await desk_house.desk_press(offers(desk_house)[0])
    await desk_house.settles()
    assert offers(desk_house) == [encode(Verb.FETCH, message_id)] * 2
    assert sum("Fatura bu" in call.words for call in desk_house.telegram.sent if not call.files) == 1


async def test_a_file_lost_from_our_disk_is_fetched_anew(desk_house: House) -> None:
    _, message_id = await lost(desk_house)
    file = await messages.file_of(message_id)
    assert file is not None
    (desk_house.helpdesk.files / file.path).unlink()
    await desk_house.desk_press(offers(desk_house)[0])
    await desk_house.settles()
    newest = desk_house.telegram.sent[-1].files[0].path
    assert newest is not None
    assert newest.read_bytes() == b"media-1"


async def test_a_file_that_is_too_large_is_answered_to_the_customer_and_not_offered(desk_house: House) -> None:
    await lost(desk_house, TOO_LARGE)
    assert offers(desk_house) == []
    assert any("çok büyük" in said for said in desk_house.whatsapp.said())


async def test_a_file_known_to_be_too_large_is_named_to_both_sides(desk_house: House) -> None:
    await desk_house.opened(who=ZEYNEP)
    attachment = Attachment(kind=Kind.VIDEO, ref="video-1", name="kayıt.mp4", size=60 * 2**20)
    await desk_house.customer(Content(text="Kayıt burada", attachment=attachment), ZEYNEP)
    await desk_house.settles()
    [line] = [call for call in desk_house.telegram.sent if "Kayıt burada" in call.words]
    assert (line.chat, line.files) == (GROUP, ())
    assert "“kayıt.mp4”" in line.words
    assert any("çok büyük" in said for said in desk_house.telegram.said("800001"))


@pytest.mark.parametrize("who", ["customer", "left", "stranger"])
async def test_nobody_but_agents_asks_for_files(desk_house: House, who: str) -> None:
    _, message_id = await lost(desk_house)
    token, before = encode(Verb.FETCH, message_id), len(await outgoing(channel="desk", op="send"))
    if who == "customer":
        await desk_house.presses(token, AYSE)
        await desk_house.presses(token, ZEYNEP)
    elif who == "left":
        await desk.seen(900_002, DENIZ.name, DENIZ.username)
        await desk.set_present(900_002, False)
        assert await desk_house.desk_press(token, DENIZ) is inbox.Outcome.REFUSED
    else:
        await desk.seen(900_001, ELIF.name, ELIF.username)
        await desk.set_present(900_001, False)
        assert await desk_house.desk_press(token) is inbox.Outcome.REFUSED
    assert await state_of(message_id) is FileState.FAILED
    assert len(await outgoing(channel="desk", op="send")) == before


async def test_a_made_up_button_finds_nothing_to_fetch(desk_house: House) -> None:
    ticket, _ = await lost(desk_house)
    await desk_house.agent(FILE, ticket)
    rows = await messages.of_ticket(ticket.id)
    others = [row.id for row in rows if row.content.attachment is None or row.author_name == ELIF.name]
    before = len(await outgoing(channel="desk", op="send"))
    for message_id in (*others, 0, 999_999):
        assert await desk_house.desk_press(encode(Verb.FETCH, message_id)) is inbox.Outcome.DONE
    assert len(await outgoing(channel="desk", op="send")) == before
    await desk_house.settles()
    assert {toast.split()[0] for toast in toasts(desk_house)} == {"Bu"}


async def test_an_album_that_cannot_be_posted_loses_neither_words_nor_names(desk_house: House) -> None:
    await desk_house.opened(who=ZEYNEP)
    await desk_house.settles()
    for nth in (1, 2):
        attachment = Attachment(kind=Kind.PHOTO, ref=f"photo-{nth}", name=f"ekran-{nth}.jpg")
        await desk_house.customer(Content(text=f"Bakın {nth}", attachment=attachment), ZEYNEP, album="album-1")
    desk_house.clock.move(2)
    desk_house.telegram.refusals.append(GONE)
    await desk_house.settles()
    lines = [call.words for call in desk_house.telegram.sent if "aktarılamadı" in call.words]
    assert [f"ekran-{nth}.jpg" in line and f"Bakın {nth}" in line for nth, line in enumerate(lines, 1)] == [True, True]
    for token in offers(desk_house):
        await desk_house.desk_press(token)
    await desk_house.settles()
    assert sorted(shown_files(desk_house)[-2:]) == ["ekran-1.jpg", "ekran-2.jpg"], "each in a lane of its own"
