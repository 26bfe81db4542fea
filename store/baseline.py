"""What to compare with: the plain way to take a message in, one ORM transaction for each, on tables of its own.

Written as Tortoise's manual would have it, with the same promises on the disk: write-ahead log, `synchronous=FULL`, a
unique key against repeats. Nothing of the help desk uses it; `gise bench` does.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import orjson
from tortoise import fields
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError
from tortoise.models import Model
from tortoise.transactions import in_transaction

from bot.ports import Item

_PRAGMAS: Final[dict[str, int | str]] = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "busy_timeout": 5000,
    "journal_size_limit": 64 * 1024 * 1024,
}


class PlainInbox(Model):
    """What came; `key` keeps repeats out."""

    id = fields.BigIntField(primary_key=True)
    channel = fields.CharField(max_length=20)
    key = fields.CharField(max_length=200)
    received_at = fields.BigIntField()

    class Meta:
        table = "plain_inbox"
        unique_together = (("channel", "key"),)


class PlainConversation(Model):
    """A person, and the ticket their words belong to."""

    id = fields.BigIntField(primary_key=True)
    address = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=200)
    last_at = fields.BigIntField()
    unread = fields.IntField(default=0)

    class Meta:
        table = "plain_conversation"


class PlainTicket(Model):
    id = fields.BigIntField(primary_key=True)
    conversation: Any = fields.ForeignKeyField("baseline.PlainConversation")
    status = fields.CharField(max_length=20, db_index=True)
    updated_at = fields.BigIntField()
    version = fields.IntField(default=1)

    class Meta:
        table = "plain_ticket"


class PlainMessage(Model):
    id = fields.BigIntField(primary_key=True)
    ticket: Any = fields.ForeignKeyField("baseline.PlainTicket")
    external_id = fields.CharField(max_length=200)
    text = fields.TextField()
    at = fields.BigIntField()

    class Meta:
        table = "plain_message"


class PlainOutbox(Model):
    id = fields.BigIntField(primary_key=True)
    ticket: Any = fields.ForeignKeyField("baseline.PlainTicket")
    payload = fields.JSONField[dict[str, Any]]()
    state = fields.CharField(max_length=20, db_index=True)
    created_at = fields.BigIntField()

    class Meta:
        table = "plain_outbox"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[None]:
    """A fresh database with the tables; `sqlite:///folder/file` or `postgres://…`. No other may be open."""
    context = TortoiseContext()
    with context:
        await context.init(
            config={
                "connections": {"baseline": _connection(url)},
                "apps": {"baseline": {"models": [__name__], "default_connection": "baseline"}},
            }
        )
        try:
            await context.generate_schemas()
            yield
        finally:
            await context.close_connections()


def _connection(url: str) -> str | dict[str, Any]:
    """Stock engines, as whoever writes such a program would use them."""
    if not url.startswith("sqlite://"):
        return url.replace("postgresql://", "postgres://", 1).replace("postgres://", "asyncpg://", 1)
    credentials = {"file_path": url.removeprefix("sqlite://"), **_PRAGMAS}
    return {"engine": "tortoise.backends.sqlite", "credentials": credentials}


async def people(addresses: Sequence[str], now: int) -> None:
    """Somebody with an open ticket behind each address."""
    for address in addresses:
        conversation = await PlainConversation.create(address=address, name="Person", last_at=now)
        await PlainTicket.create(conversation=conversation, status="open", updated_at=now)


async def take(item: Item, now: int) -> bool:
    """One message in one transaction of seven statements; False for one that was there already."""
    part = orjson.loads(item.raw)
    said = part["message"]
    try:
        async with in_transaction("baseline"):
            await PlainInbox.create(channel=item.channel, key=item.key, received_at=now)
            conversation = await PlainConversation.get(address=said["from"])
            conversation.last_at, conversation.unread = now, conversation.unread + 1
            await conversation.save()
            ticket = await PlainTicket.get(conversation_id=conversation.id)
            ticket.updated_at, ticket.version = now, ticket.version + 1
            await ticket.save()
            words = said["text"]["body"]
            await PlainMessage.create(ticket=ticket, external_id=said["id"], text=words, at=int(said["timestamp"]))
            shown = {"text": f"{part['contact']['profile']['name']}\n{words}"}
            await PlainOutbox.create(ticket=ticket, payload=shown, state="pending", created_at=now)
    except IntegrityError:
        return False
    return True


async def counted() -> tuple[int, int]:
    """How many messages there are, and how many posts wait."""
    return await PlainMessage.all().count(), await PlainOutbox.filter(state="pending").count()
