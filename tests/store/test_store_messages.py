"""The ledger: messages, their files, and where they stand outside."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ledger import Delivery, LedgerMessage, Visibility
from bot.domain.message import Attachment, ContactCard, Content, Kind, Location
from bot.domain.outgoing import FetchedFile
from bot.domain.ticket import ActorKind, Ticket
from store import messages
from store.errors import Conflict
from store.files import FileState
from store.messages import Post

PHOTO = Attachment(kind=Kind.PHOTO, ref="file-1", name="a.jpg", mime="image/jpeg", size=12)


def _said(ticket: Ticket, **changes: Any) -> LedgerMessage:
    values: dict[str, Any] = {
        "ticket_id": ticket.id,
        "author": ActorKind.REQUESTER,
        "content": Content(text="Merhaba"),
        "at": 10,
        "delivery": Delivery.RECEIVED,
    }
    return LedgerMessage(**values | changes)


@pytest.mark.parametrize(
    "content",
    [
        Content(),
        Content(text="Ağır çekim 🐢\n\x00 \u202e"),
        Content(text="caption", attachment=PHOTO),
        Content(attachment=Attachment(kind=Kind.OTHER, ref="x")),
        Content(location=Location(latitude=41.0082, longitude=28.9784, title="Ofis", address="İstanbul")),
        Content(contacts=(ContactCard(name="Ege", phones=("1", "2")), ContactCard(name="Su"))),
        Content(placeholder="poll", detail="Evet / Hayır"),
    ],
)
async def test_every_content_comes_back_as_it_was(ticket: Ticket, content: Content) -> None:
    written = await messages.add(_said(ticket, content=content), "telegram")
    assert written.id > 0
    assert written.content == content
    assert await messages.get(written.id) == written


async def test_a_message_comes_back_as_it_was(ticket: Ticket, message: LedgerMessage) -> None:
    given = LedgerMessage(
        ticket_id=ticket.id,
        author=ActorKind.AGENT,
        author_id=-5,
        author_name="Deniz",
        visibility=Visibility.NOTE,
        content=Content(text="not"),
        at=11,
        delivery=Delivery.FAILED,
        failure="send-error-blocked",
        reply_to=message.id,
        edited_at=12,
        revoked=True,
        album="g1",
    )
    written = await messages.add(given)
    assert written == replace(given, id=written.id)
    assert await messages.get(written.id) == written
    assert await messages.get(999) is None


async def test_an_edit_changes_words_and_keeps_the_stored_file(ticket: Ticket, tmp_path: Path) -> None:
    written = await messages.add(_said(ticket, content=Content(text="a", attachment=PHOTO)), "whatsapp")
    file = await messages.file_of(written.id)
    assert file is not None
    await messages.file_stored(file.id, FetchedFile(path=tmp_path / "f1", size=9, sha256="ab", mime="image/png"))
    content = Content(text="b", attachment=PHOTO)
    changed = await messages.set_content(written.id, content, 20)
    assert (changed.content, changed.edited_at) == (content, 20)
    assert await messages.get(written.id) == changed
    kept = await messages.file_of(written.id)
    assert kept is not None
    assert (kept.state, kept.path, kept.mime) == (FileState.STORED, str(tmp_path / "f1"), "image/png")


async def test_an_edit_with_a_new_file_is_fetched_anew(ticket: Ticket, tmp_path: Path) -> None:
    written = await messages.add(_said(ticket, content=Content(attachment=PHOTO)), "telegram")
    file = await messages.file_of(written.id)
    assert file is not None
    await messages.file_stored(file.id, FetchedFile(path=tmp_path / "f1", size=9, sha256="ab"))
    await messages.set_content(written.id, Content(attachment=replace(PHOTO, ref="file-2", size=None)), 20)
    renewed = await messages.file_of(written.id)
    assert renewed is not None
    assert (renewed.ref, renewed.state, renewed.path, renewed.size, renewed.source) == (
        "file-2",
        FileState.REMOTE,
        "",
        None,
        "telegram",
    )


async def test_a_file_is_described_then_stored_or_failed(ticket: Ticket, tmp_path: Path) -> None:
    written = await messages.add(_said(ticket, content=Content(attachment=PHOTO)), "telegram")
    file = await messages.file_of(written.id)
    assert file is not None
    assert (file.message_id, file.source, file.ref, file.kind) == (written.id, "telegram", "file-1", Kind.PHOTO)
    assert (file.name, file.mime, file.size, file.state) == ("a.jpg", "image/jpeg", 12, FileState.REMOTE)
    await messages.file_failed(file.id, "send-error-media-gone")
    failed = await messages.file_of(written.id)
    assert failed is not None
    assert (failed.state, failed.error) == (FileState.FAILED, "send-error-media-gone")
    await messages.file_stored(file.id, FetchedFile(path=tmp_path / "f1", size=13, sha256="ab"))
    stored = await messages.file_of(written.id)
    assert stored is not None
    assert (stored.state, stored.error, stored.size, stored.sha256, stored.mime) == (
        FileState.STORED,
        "",
        13,
        "ab",
        "image/jpeg",
    )
    assert not await messages.retry_file(written.id), "what was not given up is not asked for again"
    await messages.file_failed(file.id, "send-error-vendor")
    assert [await messages.retry_file(written.id) for _ in range(2)] == [True, False]
    again = await messages.file_of(written.id)
    assert again is not None
    assert (again.state, again.path, again.error) == (FileState.STORED, str(tmp_path / "f1"), "")


async def test_the_first_cost_class_stays(message: LedgerMessage) -> None:
    assert [await messages.set_cost_class(message.id, word) for word in ("utility", "utility", "service")] == [
        True,
        False,
        False,
    ]
    known = await messages.get(message.id)
    assert known is not None
    assert known.cost_class == "utility"


async def test_words_alone_have_no_file(message: LedgerMessage) -> None:
    assert await messages.file_of(message.id) is None


async def test_small_changes_are_kept(message: LedgerMessage) -> None:
    await messages.set_delivery(message.id, Delivery.FAILED, "send-error-window")
    await messages.set_revoked(message.id)
    changed = replace(message, delivery=Delivery.FAILED, failure="send-error-window", revoked=True)
    assert await messages.get(message.id) == changed
    await messages.set_delivery(message.id, Delivery.SENT)
    assert await messages.get(message.id) == replace(changed, delivery=Delivery.SENT, failure="")


async def test_what_does_not_exist_cannot_be_edited_or_moved(ticket: Ticket) -> None:
    with pytest.raises(Conflict):
        await messages.set_content(999, Content(text="x"), 1)
    with pytest.raises(Conflict):
        await messages.move(999, ticket.id)


async def test_a_ticket_is_read_from_either_end(ticket: Ticket) -> None:
    written = [await messages.add(_said(ticket, at=20 - number)) for number in range(4)]
    assert await messages.of_ticket(ticket.id, limit=3) == written[:3]
    assert await messages.of_ticket(ticket.id, limit=2, newest_first=True) == [written[3], written[2]]
    assert await messages.of_ticket(999) == []


async def test_the_last_public_word_is_no_note(ticket: Ticket) -> None:
    assert await messages.last_public(ticket.id) is None
    word = await messages.add(_said(ticket))
    await messages.add(_said(ticket, visibility=Visibility.NOTE))
    assert await messages.last_public(ticket.id) == word


async def test_an_album_is_found_in_order(ticket: Ticket) -> None:
    album = [await messages.add(_said(ticket, album="g1")) for _ in range(3)]
    await messages.add(_said(ticket, album="g2"))
    await messages.add(_said(ticket))
    assert await messages.by_album(ticket.id, "g1") == album
    assert await messages.by_album(ticket.id, "") == []


async def test_an_external_message_leads_back_to_ours(ticket: Ticket, message: LedgerMessage) -> None:
    await messages.post("desk:-100", "7", message.id, ticket.id)
    await messages.post("whatsapp:1", "7", message.id, ticket.id)
    await messages.post("desk:-100", "8", None, ticket.id)
    by_desk = Post(place="desk:-100", external_id="7", message_id=message.id, ticket_id=ticket.id)
    by_customer = replace(by_desk, place="whatsapp:1")
    assert await messages.find_post("desk:-100", "7") == by_desk
    assert await messages.find_post("desk:-100", "9") is None
    assert await messages.find_post("whatsapp:1", "7") == by_customer
    assert await messages.find_post("whatsapp:2", "7") is None
    assert await messages.posts_of(message.id) == [by_desk, by_customer]
    assert await messages.posts_of(message.id, "desk:") == [by_desk]
    assert await messages.posts_of(message.id, "desk_") == []


async def test_an_external_message_has_one_meaning(ticket: Ticket, message: LedgerMessage) -> None:
    for _ in range(2):
        await messages.post("desk:-100", "7", message.id, ticket.id)
        await messages.post("desk:-100", "8", None, ticket.id)
    with pytest.raises(Conflict):
        await messages.post("desk:-100", "7", None, ticket.id)
    with pytest.raises(Conflict):
        await messages.post("desk:-100", "9", 999, ticket.id)


async def test_a_message_moves_with_its_places(
    ticket: Ticket, message: LedgerMessage, new_ticket: Callable[[], Awaitable[Ticket]]
) -> None:
    await messages.post("desk:-100", "7", message.id, ticket.id)
    fresh = await new_ticket()
    assert await messages.move(message.id, fresh.id) == replace(message, ticket_id=fresh.id)
    found = await messages.find_post("desk:-100", "7")
    assert found is not None
    assert found.ticket_id == fresh.id
    await messages.post("desk:-100", "7", message.id, ticket.id)


async def test_a_post_knows_the_account_that_wrote_it(message: LedgerMessage, ticket: Ticket) -> None:
    for external_id in ("7", "8"):
        await messages.post("desk:-100", external_id, message.id, ticket.id)
    await messages.written_by(43, "desk:-100", ["8"])
    assert [post.account for post in await messages.posts_of(message.id)] == [0, 43]
    first = await messages.post_at("desk:-100", message.id)
    assert (first and first.external_id) == "7"
    assert await messages.post_at("desk:-200", message.id) is None
