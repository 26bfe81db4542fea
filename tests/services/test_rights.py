"""Fourteen kinds of senders × every command, plain words and replies: deny by default.

What they send goes through the real parser, because half of a sender's kind is only known there.
"""

import pytest

from bot import inbox
from bot.commands import COMMANDS
from store import messages
from tests.builders import GROUP, House, outgoing
from tests.senders import AGENTS, SENDERS, body, picture, prepared, sends

ALLOWED: dict[str, set[str]] = {
    **dict.fromkeys(
        [
            "take",
            "assign",
            "ask",
            "propose",
            "postpone",
            "dev",
            "resume",
            "note",
            "reply",
            "priority",
            "category",
            "set",
            "history",
            "tickets",
            "status",
            "reopen",
            "help",
        ],
        AGENTS,
    ),
    "close": {"admin", "lead"},
    "ban": {"admin", "lead"},
    "unban": {"admin", "lead"},
    "role": {"admin"},
}
# Words that make each command do something visible to the database.
LINES = {
    "take": "/take",
    "assign": "/assign @vekil",
    "ask": "/ask Hangi model?",
    "propose": "/propose Kabloyu takın",
    "postpone": "/postpone 2d",
    "dev": "/dev can ABC-1 2d",
    "resume": "/resume",
    "note": "/note gizli",
    "reply": "/reply Merhaba",
    "priority": "/priority high",
    "category": "/category Fatura",
    "set": "/set type fault",
    "history": "/history",
    "tickets": "/tickets",
    "status": "/status",
    "reopen": "/reopen",
    "close": "/close bitti",
    "ban": "/ban küfür",
    "unban": "/unban",
    "role": "/role @vekil lead",
    "help": "/help",
}
# Who is told why nothing happened; the others are not heard at all, or are customers.
TOLD_SO = AGENTS | {"owner", "ex-agent", "anonymous admin", "linked channel", "forwarded", "via bot", "nobody"}


def test_every_command_has_its_row_in_the_matrix() -> None:
    assert {command.name for command in COMMANDS} == set(ALLOWED) == set(LINES)
    assert len(SENDERS) >= 14


@pytest.mark.parametrize("command", LINES)
async def test_a_command_does_nothing_for_those_who_may_not(strict_house: House, command: str) -> None:
    ticket = await prepared(strict_house, command)
    for sender in SENDERS.keys() - ALLOWED[command]:
        before = await picture(ticket)
        shown = len(await outgoing(channel="desk", op="send"))
        await sends(strict_house, SENDERS[sender](await body(strict_house, LINES[command], ticket)))
        assert await picture(ticket) == before, sender
        refusal = [row["payload"] for row in (await outgoing(channel="desk", op="send"))[shown:]]
        assert all("yetkiniz yok" in words or "Kendi adınızla" in words for words in refusal), sender
        assert bool(refusal) is (sender in TOLD_SO), sender


@pytest.mark.parametrize("command", LINES)
async def test_a_command_works_for_everybody_who_may(strict_house: House, command: str) -> None:
    for sender in sorted(ALLOWED[command]):
        ticket = await prepared(strict_house, command)
        before, shown = await picture(ticket), len(await outgoing(channel="desk"))
        outcome = await sends(strict_house, SENDERS[sender](await body(strict_house, LINES[command], ticket)))
        assert outcome is inbox.Outcome.DONE, sender
        looked = command in {"history", "tickets", "status", "help"}
        assert (await picture(ticket) == before) is looked, sender
        assert len(await outgoing(channel="desk")) > shown, sender


async def test_plain_words_reach_the_customer_only_from_agents(strict_house: House) -> None:
    ticket = await prepared(strict_house)
    reached = set()
    for sender, dressed in SENDERS.items():
        before = len(await outgoing(channel="whatsapp", op="send"))
        await sends(strict_house, dressed(await body(strict_house, "Merhaba", ticket)))
        if len(await outgoing(channel="whatsapp", op="send")) > before:
            reached.add(sender)
    # A forward is an agent's deed: it carries content, it only runs no command.
    assert reached == AGENTS | {"forwarded", "via bot"}


async def test_replies_in_a_plain_group_reach_the_customer_only_from_agents(strict_house: House) -> None:
    strict_house.telegram.has_topics = False
    ticket = await prepared(strict_house)
    card = next(post for post in strict_house.telegram.calls if post.verb == "send" and post.chat == GROUP)
    assert card.thread is None
    quoted = (await outgoing(channel="desk", op="card"))[0]["external_id"]
    await messages.post("desk:" + GROUP, f"{GROUP}:77", None, ticket.id)
    assert quoted
    reached = set()
    for sender, dressed in SENDERS.items():
        before = len(await outgoing(channel="whatsapp", op="send"))
        reply = {"reply_to_message": {"message_id": 77, "chat": {"id": int(GROUP)}}}
        await sends(strict_house, dressed(await body(strict_house, "Merhaba", None, **reply)))
        if len(await outgoing(channel="whatsapp", op="send")) > before:
            reached.add(sender)
    assert reached == AGENTS | {"forwarded", "via bot"}
