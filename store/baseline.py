"""What to compare with: the plain way to take a message in, one ORM transaction for each, into the house's own tables.

Written as Tortoise's manual would have it, on Tortoise's own engine, with the same promises on the disk: write-ahead
log, `synchronous=FULL`, unique keys against repeats. Nothing of the help desk uses it; `gise bench` does.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import orjson
from tortoise import fields
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from bot.domain.ledger import Delivery, Visibility
from bot.domain.message import Content
from bot.domain.ticket import ActorKind
from bot.ports import Item
from store.codec import to_json
from store.inbox import slot_of
from store.models import ConversationRow, IdentityRow, MessageRow, PostRow, RequesterRow, Row, TicketRow, TopicRow

_PRAGMAS: Final[dict[str, int | str]] = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "busy_timeout": 5000,
    "journal_size_limit": 64 * 1024 * 1024,
}


class PlainInbox(Row):
    """What came; its key keeps repeats out."""

    channel = fields.TextField()
    key = fields.TextField()
    lane = fields.TextField()
    slot = fields.IntField()
    body = fields.BinaryField(source_field="raw")
    state = fields.TextField(default="waiting")
    received_at = fields.BigIntField()
    due_at = fields.BigIntField()
    done_at = fields.BigIntField(null=True)

    class Meta:
        table = "inbox"


class PlainOutbox(Row):
    """What is to go to the agents' group."""

    channel = fields.TextField()
    lane = fields.TextField()
    op = fields.TextField()
    payload = fields.TextField()
    urgency = fields.IntField()
    budget = fields.TextField()
    coalesce_key = fields.TextField(default="")
    state = fields.TextField(default="pending")
    ticket_id = fields.BigIntField()
    message_id = fields.BigIntField()
    created_at = fields.BigIntField()
    due_at = fields.BigIntField()
    ready_at = fields.BigIntField()
    attempts = fields.IntField(default=0)
    external_id = fields.TextField(default="")
    error = fields.TextField(default="")

    class Meta:
        table = "outbox"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[None]:
    """A database that has the house's schema; `sqlite:///folder/file` or `postgres://…`. No other may be open."""
    context = TortoiseContext()
    with context:
        await context.init(
            config={
                "connections": {"baseline": _connection(url)},
                "apps": {"store": {"models": ["store.models", __name__], "default_connection": "baseline"}},
            }
        )
        try:
            yield
        finally:
            await context.close_connections()


def _connection(url: str) -> str | dict[str, Any]:
    """Stock engines, as whoever writes such a program would use them."""
    if not url.startswith("sqlite://"):
        return url.replace("postgresql://", "postgres://", 1).replace("postgres://", "asyncpg://", 1)
    credentials = {"file_path": url.removeprefix("sqlite://"), **_PRAGMAS}
    return {"engine": "tortoise.backends.sqlite", "credentials": credentials}


async def take(item: Item, now: int) -> bool:
    """One message of somebody with an open ticket, in one transaction; False for one that was there already."""
    part = orjson.loads(item.raw)
    said = part["message"]
    try:
        async with in_transaction("baseline"):
            stored = await PlainInbox.create(
                channel=item.channel,
                key=item.key,
                lane=item.lane,
                slot=slot_of(item.channel, item.lane),
                body=item.raw,
                received_at=now,
                due_at=now,
            )
            identity = await IdentityRow.get(channel=item.channel, key=f"phone:{said['from']}")
            conversation = await ConversationRow.get(id=identity.conversation_id)
            requester = await RequesterRow.get(id=conversation.requester_id)
            ticket = await TicketRow.get(id=conversation.ticket_id)
            message = await _message(ticket, requester, said["text"]["body"], now)
            place = f"{item.channel}:{conversation.id}"
            await PostRow.create(place=place, external_id=said["id"], message_id=message.id, ticket_id=ticket.id)
            await _outgoing(message, f"{requester.name}\n{said['text']['body']}", now)
            conversation.last_inbound_at = now
            await conversation.save(update_fields=["last_inbound_at"])
            stored.state, stored.done_at = "done", now
            await stored.save(update_fields=["state", "done_at"])
    except IntegrityError:
        return False
    return True


async def _message(ticket: TicketRow, requester: RequesterRow, words: str, now: int) -> MessageRow:
    return await MessageRow.create(
        ticket_id=ticket.id,
        author=ActorKind.REQUESTER,
        author_id=requester.id,
        author_name=requester.name,
        visibility=Visibility.PUBLIC,
        content=to_json(Content(text=words)),
        at=now,
        delivery=Delivery.RECEIVED,
        failure="",
        revoked=False,
        album="",
    )


async def _outgoing(message: MessageRow, shown: str, now: int) -> None:
    home = await TopicRow.get(ticket_id=message.ticket_id)
    await PlainOutbox.create(
        channel="desk",
        lane=f"ticket:{message.ticket_id}",
        op="send",
        payload=to_json({"part": {"text": shown}, "reply_to": None}),
        urgency=1,
        budget=home.chat,
        ticket_id=message.ticket_id,
        message_id=message.id,
        created_at=now,
        due_at=now,
        ready_at=now,
    )


async def counted() -> tuple[int, int]:
    """How many messages there are, and how many posts wait."""
    return await MessageRow.all().count(), await PlainOutbox.filter(state="pending").count()
