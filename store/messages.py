"""The ledger: what was said on a ticket, where it stands outside, and the files that came with it."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any, Final

from tortoise.exceptions import IntegrityError

from bot.domain.ledger import Delivery, LedgerMessage, Visibility
from bot.domain.message import Content
from store import bulk, fetch
from store.codec import content_from_json, to_json
from store.db import transaction
from store.errors import Conflict
from store.files import FileRow, file_failed, file_of, file_stored, keep_attachment, retry_file
from store.models import MessageRow, PostRow
from store.sql import Dialects, rows

__all__ = [
    "FileRow",
    "Post",
    "add",
    "add_texts",
    "by_album",
    "file_failed",
    "file_of",
    "file_stored",
    "find_post",
    "get",
    "last_public",
    "move",
    "of_ticket",
    "post",
    "post_at",
    "post_new",
    "posted",
    "posts_of",
    "retry_file",
    "set_content",
    "set_cost_class",
    "set_delivery",
    "set_revoked",
    "written_by",
]
_ADD: Final = """
INSERT INTO message (
    ticket_id, author, author_id, author_name, visibility, content, at, delivery, failure, reply_to, edited_at, revoked,
    album, cost_class
) VALUES {} RETURNING id"""
_POST: Final = """
INSERT INTO post (place, external_id, message_id, ticket_id) VALUES {}
ON CONFLICT (place, external_id) DO NOTHING RETURNING id"""
_WRITTEN_BY: Final = """
UPDATE post SET account = ? WHERE place = ? AND external_id IN texts(?) RETURNING id"""
_POSTED: Final = Dialects(
    sqlite="""
SELECT post.place, post.external_id FROM positions(?) AS asked
JOIN post ON post.place = asked.value ->> 0 AND post.external_id = asked.value ->> 1""",
    postgres="""
SELECT post.place, post.external_id FROM positions(?) AS asked
JOIN post ON post.place = CAST(asked.value AS JSON) ->> 0 AND post.external_id = CAST(asked.value AS JSON) ->> 1""",
)
_GET: Final = "SELECT * FROM message WHERE id = ?"
_FIND_POST: Final = "SELECT * FROM post WHERE place = ? AND external_id = ?"
_POSTS_OF: Final = "SELECT * FROM post WHERE message_id = ? ORDER BY id"
_POST_AT: Final = "SELECT * FROM post WHERE message_id = ? AND place = ? ORDER BY id LIMIT 1"
_SET_DELIVERY: Final = "UPDATE message SET delivery = ?, failure = ? WHERE id = ? RETURNING id"
_SET_COST_CLASS: Final = "UPDATE message SET cost_class = ? WHERE id = ? AND cost_class = '' RETURNING id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """The external message `external_id` at `place` belongs to this ticket; cards and lines have no `message_id`.

    `account` is the bot that posted it and alone may edit it: 0 is the main one (and every person).
    """

    place: str
    external_id: str
    message_id: int | None
    ticket_id: int
    account: int = 0


async def add(message: LedgerMessage, attachment_source: str = "") -> LedgerMessage:
    """Write a message and, if it has a file, a file row that says on which channel (`attachment_source`) it lies."""
    async with transaction() if message.content.attachment else nullcontext():  # one statement needs no savepoint
        [message_id] = await add_texts([message])
        await keep_attachment(message_id, message.content.attachment, attachment_source)
    return replace(message, id=message_id)


async def add_texts(messages: Sequence[LedgerMessage]) -> list[int]:
    """Write messages in their order and return their ids; files that came with them are the caller's to keep."""
    return sorted(row["id"] for row in await bulk.insert(_ADD, [_values(message) for message in messages]))


async def get(message_id: int) -> LedgerMessage | None:
    return _maybe(await fetch.one(MessageRow, _GET, message_id))


async def set_content(message_id: int, content: Content, edited_at: int, attachment_source: str = "") -> LedgerMessage:
    """The author edited the message; a new file replaces the old one and is to be fetched."""
    async with transaction():
        await MessageRow.filter(id=message_id).update(content=to_json(content), edited_at=edited_at)
        await keep_attachment(message_id, content.attachment, attachment_source)
        return await _known(message_id)


async def set_revoked(message_id: int) -> None:
    await MessageRow.filter(id=message_id).update(revoked=True)


async def set_delivery(message_id: int, delivery: Delivery, failure: str = "") -> None:
    await rows(_SET_DELIVERY, delivery.value, failure, message_id)


async def set_cost_class(message_id: int, cost_class: str) -> bool:
    """What the platform counts a message as; the first word it says stays. False when it was known already."""
    return bool(await rows(_SET_COST_CLASS, cost_class, message_id))


async def move(message_id: int, ticket_id: int) -> LedgerMessage:
    """Hand the message, and with it its places outside, to another ticket."""
    async with transaction():
        await MessageRow.filter(id=message_id).update(ticket_id=ticket_id)
        await PostRow.filter(message_id=message_id).update(ticket_id=ticket_id)
        return await _known(message_id)


async def of_ticket(ticket_id: int, limit: int = 50, newest_first: bool = False) -> list[LedgerMessage]:
    """Up to `limit` messages from the beginning, or from the end with `newest_first`."""
    found = MessageRow.filter(ticket_id=ticket_id).order_by("-id" if newest_first else "id").limit(limit)
    return [_to_message(row) for row in await found]


async def last_public(ticket_id: int) -> LedgerMessage | None:
    """The latest message that is not a note."""
    found = MessageRow.filter(ticket_id=ticket_id, visibility=Visibility.PUBLIC)
    return _maybe(await found.order_by("-id").first())


async def by_album(ticket_id: int, album: str) -> list[LedgerMessage]:
    """The messages of one album in order; an empty name is no album."""
    if not album:
        return []
    return [_to_message(row) for row in await MessageRow.filter(ticket_id=ticket_id, album=album).order_by("id")]


async def post(place: str, external_id: str, message_id: int | None, ticket_id: int) -> None:
    """Remember what an external message is; `place` is like `whatsapp` or `telegram:-1001`.

    The same mapping twice is fine, also after the message moved to another ticket.
    Raises `Conflict` when the external message is known as something else.
    """
    try:
        if await bulk.insert(_POST, [(place, external_id, message_id, ticket_id)]):
            return
    except IntegrityError as error:
        raise Conflict("There is no such message or ticket to post.") from error
    known = await find_post(place, external_id)
    if known is None or known.message_id != message_id or (message_id is None and known.ticket_id != ticket_id):
        raise Conflict(f"Message {external_id} at {place} is known as something else.")


async def post_new(posts: Sequence[Post]) -> None:
    """Remember what nobody knew before. Raises `Conflict` when one of the external messages is known already."""
    values = [(post.place, post.external_id, post.message_id, post.ticket_id) for post in posts]
    if len(await bulk.insert(_POST, values)) != len(values):
        raise Conflict("A message came a second time.")


async def posted(places: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these (place, external id) are in the map."""
    return {(row["place"], row["external_id"]) for row in await rows(_POSTED, to_json(list(places)))}


async def written_by(account: int, place: str, external_ids: Sequence[str]) -> None:
    """These posts are another bot account's than the main one's."""
    await rows(_WRITTEN_BY, account, place, to_json(list(external_ids)))


async def find_post(place: str, external_id: str) -> Post | None:
    row = await fetch.one(PostRow, _FIND_POST, place, external_id)
    return _to_post(row) if row else None


async def posts_of(message_id: int, place_prefix: str = "") -> list[Post]:
    """Where a message stands, oldest first; `place_prefix` is compared exactly."""
    found = await fetch.every(PostRow, _POSTS_OF, message_id)
    return [_to_post(row) for row in found if row.place.startswith(place_prefix)]


async def post_at(place: str, message_id: int) -> Post | None:
    """The post that shows a message at this place, the oldest where there are several."""
    row = await fetch.one(PostRow, _POST_AT, message_id, place)
    return _to_post(row) if row else None


async def _known(message_id: int) -> LedgerMessage:
    message = await get(message_id)
    if message is None:
        raise Conflict(f"Message {message_id} is not in the ledger.")
    return message


def _maybe(row: MessageRow | None) -> LedgerMessage | None:
    return _to_message(row) if row else None


def _values(message: LedgerMessage) -> tuple[Any, ...]:
    return (
        message.ticket_id,
        message.author.value,
        message.author_id,
        message.author_name,
        message.visibility.value,
        to_json(message.content),
        message.at,
        message.delivery.value,
        message.failure,
        message.reply_to,
        message.edited_at,
        message.revoked,
        message.album,
        message.cost_class,
    )


def _to_message(row: MessageRow) -> LedgerMessage:
    return LedgerMessage(
        id=row.id,
        ticket_id=row.ticket_id,
        author=row.author,
        author_id=row.author_id,
        author_name=row.author_name,
        visibility=row.visibility,
        content=content_from_json(row.content),
        at=row.at,
        delivery=row.delivery,
        failure=row.failure,
        reply_to=row.reply_to,
        edited_at=row.edited_at,
        revoked=row.revoked,
        album=row.album,
        cost_class=row.cost_class,
    )


def _to_post(row: PostRow) -> Post:
    return Post(
        place=row.place,
        external_id=row.external_id,
        message_id=row.message_id,
        ticket_id=row.ticket_id,
        account=row.account,
    )
