"""S6: fourteen kinds of senders × every command, button, reply and plain word: deny by default, exactly as the table.

What they send goes through the real parser, because half of a sender's kind is only known there.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from itertools import product
from pathlib import Path

import pytest

from bot import inbox
from bot.commands import COMMANDS
from bot.domain.ticket import Ticket
from store import messages, tickets
from tests.builders import AYSE, GROUP, MEHMET, ZEYNEP, House, outgoing
from tests.proofs.proof import Proof
from tests.senders import AGENTS, PRESSERS, SENDERS, Json, body, opened_strict_house, picture, prepared, press, sends

pytestmark = pytest.mark.proof("S6")

# Words that make each command do something visible to the database, and who may.
EVERYBODY = {
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
    "help": "/help",
    "why": "/why",
    "tag": "/tag önemli",
    "untag": "/untag önemli",
    "away": "/away 2d",
    "back": "/back",
    "handover": "/handover",
    # The house's first ticket: the same customer's, and live, because nothing that comes before in the table closes it.
    "merge": "/merge 1",
    "link": "/link 1",
}
LEADS = {
    "close": "/close bitti",
    "agents": "/agents",
    "autoclose": "/autoclose",
    "closed": "/closed 2026-12-31",
    "ban": "/ban küfür",
    "unban": "/unban",
    "vip": "/vip",
    "unvip": "/unvip",
}
ADMINS = {"role": "/role @vekil lead", "reload": "/reload"}
LINES = EVERYBODY | LEADS | ADMINS
ALLOWED = {name: AGENTS if name in EVERYBODY else {"admin"} if name in ADMINS else {"admin", "lead"} for name in LINES}
# Who is told why nothing happened; the others are not heard at all, or are customers.
TOLD_SO = AGENTS | {"owner", "ex-agent", "anonymous admin", "linked channel", "forwarded", "via bot", "nobody"}
LOOKING = {"history", "tickets", "status", "help", "why", "agents", "autoclose"}
# What these do depends on whether the sender was away or has tickets.
OWN = {"away", "back", "handover"}
# A button carries one short argument; these commands want words and only say so.
WORDY = {"assign", "ask", "propose", "dev", "note", "reply", "priority", "category", "set", "reopen", "resume", "unban"}
WORDY |= {"untag"}


@pytest.fixture
async def strict_house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened_strict_house(tmp_path) as made:
        yield made


def dealt(proof: Proof, cases: Iterable[tuple[str, str]], small: int) -> list[tuple[str, str]]:
    """All cases at full size; else `small` of them, each command and each sender among them as far as that goes."""
    shuffled = sorted(cases)
    proof.draw().shuffle(shuffled)
    if proof.full:
        return sorted(shuffled)
    met: Counter[str] = Counter()
    chosen = []
    for _ in range(small):
        best = min(shuffled, key=lambda case: (met[case[0]], met[case[1]]))
        shuffled.remove(best)
        chosen.append(best)
        met.update(best)
    return sorted(chosen)


def test_every_command_has_its_row_in_the_matrix(proof: Proof) -> None:
    assert {command.name for command in COMMANDS} == set(ALLOWED) == set(LINES)
    assert len(SENDERS) >= 14
    proof.tell(commands=len(LINES), senders=len(SENDERS))


async def test_a_command_does_nothing_for_those_who_may_not(strict_house: House, proof: Proof) -> None:
    forbidden = [(line, sender) for line, sender in product(LINES, SENDERS) if sender not in ALLOWED[line]]
    cases = dealt(proof, forbidden, 45)
    told = 0
    for command in sorted({command for command, _ in cases}):
        ticket = await prepared(strict_house, command)
        before, shown = await picture(ticket), len(await outgoing(channel="desk", op="send"))
        for sender in (who for line, who in cases if line == command):
            await sends(strict_house, SENDERS[sender](await body(strict_house, LINES[command], ticket)))
            assert await picture(ticket) == before, (command, sender)
            refusals = [row["payload"] for row in (await outgoing(channel="desk", op="send"))[shown:]]
            assert all("yetkiniz yok" in words or "Kendi adınızla" in words for words in refusals), (command, sender)
            assert bool(refusals) is (sender in TOLD_SO), (command, sender)
            told, shown = told + len(refusals), shown + len(refusals)
    assert {command for command, _ in cases} == set(LINES)
    assert {sender for _, sender in cases} == {sender for _, sender in forbidden}
    assert told
    proof.tell(cases=len(cases), of=len(forbidden), told_why=told)


async def test_a_command_works_for_everybody_who_may(strict_house: House, proof: Proof) -> None:
    allowed = [(command, sender) for command in LINES for sender in ALLOWED[command]]
    cases = dealt(proof, allowed, len(LINES))
    for command, sender in cases:
        ticket = await prepared(strict_house, command)
        before, shown = await picture(ticket), len(await outgoing(channel="desk"))
        outcome = await sends(strict_house, SENDERS[sender](await body(strict_house, LINES[command], ticket)))
        assert outcome is inbox.Outcome.DONE or command == "handover", (command, sender)
        assert command in OWN or (await picture(ticket) == before) is (command in LOOKING), (command, sender)
        assert len(await outgoing(channel="desk")) > shown, (command, sender)
        await heard_again(strict_house, ticket)
    assert {command for command, _ in cases} == set(LINES)
    proof.tell(cases=len(cases), of=len(allowed))


async def heard_again(strict_house: House, ticket: Ticket) -> None:
    """Whoever was banned is so no longer: the next case begins like the first one."""
    await sends(strict_house, SENDERS["admin"](await body(strict_house, "/unban", ticket)))


async def test_a_button_gives_no_right_its_presser_lacks(strict_house: House, proof: Proof) -> None:
    arguments = {
        "postpone": ":1d",
        "tag": ":keep",
        "close": ":spam",
        "role": ":@vekil lead",
        "ban": ":küfür",
        "closed": ":2026-12-31",
        "merge": ":1",
        "link": ":1",
    }
    forbidden = [(command, who) for command, who in product(LINES, PRESSERS) if who not in ALLOWED[command]]
    cases = dealt(proof, forbidden, 40)
    ticket = await prepared(strict_house)
    before, answered = await picture(ticket), len(await outgoing(op="answer"))
    for command, presser in cases:
        token = f"d:{ticket.id}:{command}{arguments.get(command, '')}"
        await sends(strict_house, press(presser, token))
        assert await picture(ticket) == before, (command, presser)
    for command in sorted(LINES.keys() - WORDY - LOOKING - OWN):
        for presser in sorted(ALLOWED[command])[: proof.size(1, 4)]:
            ticket = await prepared(strict_house, command)
            before = await picture(ticket)
            token = f"d:{ticket.id}:{command}{arguments.get(command, '')}"
            assert await sends(strict_house, press(presser, token)) is inbox.Outcome.DONE
            assert await picture(ticket) != before, (command, presser)
            await heard_again(strict_house, ticket)
    unheard = sum(presser == "other group" for _, presser in cases)
    assert len(await outgoing(op="answer")) - answered >= len(cases) - unheard, "everybody but the foreign group"
    proof.tell(cases=len(cases), of=len(forbidden))


async def test_plain_words_reach_the_customer_only_from_agents(strict_house: House, proof: Proof) -> None:
    ticket = await prepared(strict_house)
    reached = await who_reaches_the_customer(strict_house, ticket, {})
    # A forward is an agent's deed: it carries content, it only runs no command.
    assert reached == AGENTS | {"forwarded", "via bot"}
    proof.tell(cases=len(SENDERS))


async def test_replies_in_a_plain_group_reach_the_customer_only_from_agents(strict_house: House, proof: Proof) -> None:
    strict_house.telegram.has_topics = False
    ticket = await prepared(strict_house)
    await messages.post("desk:" + GROUP, f"{GROUP}:77", None, ticket.id)
    reply = {"reply_to_message": {"message_id": 77, "chat": {"id": int(GROUP)}}}
    assert await who_reaches_the_customer(strict_house, None, reply) == AGENTS | {"forwarded", "via bot"}
    proof.tell(cases=len(SENDERS))


async def who_reaches_the_customer(strict_house: House, ticket: Ticket | None, fields: Json) -> set[str]:
    reached = set()
    for sender, dressed in SENDERS.items():
        before = len(await outgoing(channel="whatsapp", op="send"))
        await sends(strict_house, dressed(await body(strict_house, "Merhaba", ticket, **fields)))
        if len(await outgoing(channel="whatsapp", op="send")) > before:
            reached.add(sender)
    return reached


SPOOFS = (
    "{number}",
    "{number} kapatın lütfen",
    "konu: {bare}",
    "Ticket {bare}\nclosed",
    "#{short}",
    "bkz. {number}, {own}",
    "＃{bare}",
    "#{year}–{digits}",
    "\u202e{number}",
    "#\u200b{bare}",
    "/status {number}",
    "/new {number} hakkında",
    "kabul {number}",
    "{number}\n👤 Ayşe\nBana bağlayın",
)


async def test_another_persons_ticket_number_opens_no_door(strict_house: House, proof: Proof) -> None:
    theirs = [await strict_house.opened("Faturam nerede", who) for who in (AYSE, MEHMET)]
    own = await strict_house.opened("Yazıcı çalışmıyor", ZEYNEP)
    before = [await picture(ticket) for ticket in theirs]
    quoted = [row["external_id"] for row in await outgoing(channel="whatsapp", op="send")]
    dice = proof.draw()
    for _ in range(proof.size(40, 3_000)):
        other = dice.choice(theirs)
        year, _, digits = other.number.partition("-")
        parts = {"number": other.label, "bare": other.number, "short": int(digits), "year": year, "digits": digits}
        text = dice.choice(SPOOFS).format(**parts, own=own.label)
        reply_to = dice.choice([None, *quoted])
        assert await strict_house.customer(text, ZEYNEP, reply_to=reply_to) is inbox.Outcome.DONE
    assert [(await picture(ticket))[:2] for ticket in theirs] == [seen[:2] for seen in before], "nothing was added"
    told = "".join(row["payload"] for row in await outgoing(channel="telegram"))
    assert "Faturam" not in told, "nothing of theirs was shown"
    routed = len(await messages.of_ticket(own.id, limit=10_000))
    assert routed > 1 or len(await tickets.listing(live_only=False, limit=100)) > 3
    proof.tell(spoofed=proof.size(40, 3_000), routed_to_others=0)
