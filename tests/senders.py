"""Fourteen kinds of senders in an agents' group and beside it, as the Bot API tells of them."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from adapters.telegram.capabilities import CAPABILITIES
from adapters.telegram.parse import Parser
from bot import inbox
from bot.domain.people import Role
from bot.domain.ticket import Ticket
from bot.ports import Item
from store import conversations, db, desk, messages, tickets
from tests.builders import ADMIN_ID, GROUP, House, counted, house, new_id, outgoing
from tests.fakes import FakeDesk
from tests.sqlite import emptied

OWNER, LEAD, AGENT, EX_AGENT, MEMBER, CUSTOMER = 910_001, 910_002, 910_003, 910_004, 910_005, 910_006
OTHER_GROUP = -1009000000099
CHANNEL = -1009000000077

Json = dict[str, Any]


def user(user_id: int, **fields: Any) -> Json:
    return {"id": user_id, "is_bot": False, "first_name": f"Kişi {user_id}", **fields}


def in_group(message: Json) -> Json:
    return {"message": {"chat": {"id": int(GROUP), "type": "supergroup", "is_forum": True}, **message}}


SENDERS: dict[str, Callable[[Json], Json]] = {
    "admin": lambda body: in_group({"from": user(ADMIN_ID), **body}),
    "lead": lambda body: in_group({"from": user(LEAD), **body}),
    "agent": lambda body: in_group({"from": user(AGENT), **body}),
    "member": lambda body: in_group({"from": user(MEMBER), **body}),
    "owner": lambda body: in_group({"from": user(OWNER), **body}),
    "ex-agent": lambda body: in_group({"from": user(EX_AGENT), **body}),
    "customer": lambda body: {"message": {"chat": {"id": CUSTOMER, "type": "private"}, "from": user(CUSTOMER), **body}},
    "anonymous admin": lambda body: in_group(
        {
            "from": user(1087968824, is_bot=True, username="GroupAnonymousBot"),
            "sender_chat": {"id": int(GROUP), "type": "supergroup", "title": "Ekip"},
            **body,
        }
    ),
    "linked channel": lambda body: in_group(
        {
            "from": user(777000),
            "sender_chat": {"id": CHANNEL, "type": "channel", "title": "Kanal"},
            "is_automatic_forward": True,
            **body,
        }
    ),
    "other group": lambda body: {
        "message": {"chat": {"id": OTHER_GROUP, "type": "supergroup"}, "from": user(ADMIN_ID), **body}
    },
    "forwarded": lambda body: in_group(
        {
            "from": user(ADMIN_ID),
            "forward_origin": {"type": "hidden_user", "sender_user_name": "Biri", "date": 1},
            **body,
        }
    ),
    "via bot": lambda body: in_group({"from": user(ADMIN_ID), "via_bot": user(99, is_bot=True), **body}),
    "edited": lambda body: {
        "edited_message": {**in_group({"from": user(ADMIN_ID), **body})["message"], "edit_date": 1_780_000_001}
    },
    "bot": lambda body: in_group({"from": user(98, is_bot=True), **body}),
    "nobody": in_group,
}

AGENTS = {"admin", "lead", "agent", "member"}
PRESSERS = ("admin", "lead", "agent", "member", "owner", "ex-agent", "customer", "other group")
# What has to happen first, so that a command makes sense.
BEFORE = {
    "resume": "/ask Hangi model?",
    "reopen": "/close bitti",
    "ban": "/unban",
    "unban": "/ban küfür",
    "vip": "/unvip",
    "unvip": "/vip",
    "untag": "/tag önemli",
    "handover": "/take",
}


async def sends(strict_house: House, update: Json) -> inbox.Outcome:
    raw = json.dumps({"update_id": 1, **update}).encode()
    item = Item(channel="telegram", key=new_id("update"), lane="one", raw=raw)
    await inbox.accept(strict_house.helpdesk, [item])
    return await strict_house.works()


def press(sender: str, token: str) -> Json:
    """A button, pressed by the sender of a message."""
    dressed = SENDERS[sender]({"message_id": 5, "date": 1_780_000_000})
    message = dressed.get("message") or dressed["edited_message"]
    by = message.pop("from", user(1))
    return {"callback_query": {"id": new_id("press"), "from": by, "message": message, "data": token}}


async def body(strict_house: House, text: str, ticket: Ticket | None, **fields: Any) -> Json:
    place = await strict_house.place(ticket)
    topic = {"message_thread_id": int(place.thread), "is_topic_message": True} if place.thread else {}
    return {"message_id": int(new_id("m")[2:]) + 10_000, "date": 1_780_000_000, "text": text, **topic, **fields}


async def picture(ticket: Ticket) -> tuple[Any, ...]:
    """Whatever a sender without rights must not be able to change."""
    rows = await counted()
    people = [(one.id, one.role, one.away_until) for one in await desk.agents() if one.role or one.away_until]
    sent = [row["id"] for row in await outgoing(channel="whatsapp")]
    return (
        await tickets.get(ticket.id),
        await messages.of_ticket(ticket.id),
        rows["history"],
        rows["audit"],
        sent,
        people,
        await conversations.get(ticket.conversation_id),
    )


async def prepared(strict_house: House, command: str = "") -> Ticket:
    """A fresh ticket in the state the command is for."""
    await strict_house.customer("/new Yazıcı çalışmıyor")
    ticket = await strict_house.ticket()
    await strict_house.deliver()
    if command in BEFORE:
        await sends(strict_house, SENDERS["admin"](await body(strict_house, BEFORE[command], ticket)))
    strict_house.clock.move(120)
    return await strict_house.again(ticket)


@asynccontextmanager
async def opened_house(folder: Path) -> AsyncIterator[House]:
    """A help desk with Telegram and WhatsApp on a fresh database; its log is kept from the terminal."""
    await db.open_database(await emptied(folder / "gise.sqlite3"))
    with capture_logs():
        yield house(folder)
    await db.close_database()


@asynccontextmanager
async def opened_strict_house(folder: Path) -> AsyncIterator[House]:
    """A house whose Telegram reads raw updates, with one person of every standing."""
    async with opened_house(folder) as plain:
        parser = Parser(bot_id=42, groups=[GROUP], now=plain.clock.now, username="gise_bot")
        for user_id in (OWNER, LEAD, AGENT, EX_AGENT):
            await desk.seen(user_id, f"Kişi {user_id}", "")
        await desk.seen(910_009, "Vekil", "vekil")
        for user_id, role in ((OWNER, Role.OWNER), (LEAD, Role.LEAD), (AGENT, Role.AGENT), (EX_AGENT, Role.ADMIN)):
            await desk.set_role(user_id, role)
        await desk.set_present(EX_AGENT, False)
        yield house(folder, telegram=FakeDesk("telegram", CAPABILITIES, GROUP, read=parser.parse))
