"""S8: whatever people write arrives as they wrote it: no markup comes to life, nothing is refused, nothing is lost."""

import random
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from adapters.sandbox.telegram.text import detected, utf16_length
from bot import cards
from bot.domain.fit import fit
from bot.domain.ledger import Delivery, LedgerMessage
from bot.domain.message import Attachment, Content, Kind
from bot.domain.outgoing import Address, LocalFile, Outgoing, Part, Template
from bot.domain.people import Conversation, Requester
from bot.domain.ticket import ActorKind, Ticket
from bot.services import relay
from tests.builders import House, house
from tests.fakes import START
from tests.proofs import hostile
from tests.proofs.hostile import visible
from tests.proofs.platforms import AYSE, TEMPLATE, TO_AYSE, TO_ZEYNEP, ZEYNEP, Platforms, platforms
from tests.proofs.proof import Proof

pytestmark = pytest.mark.proof("S8")

Json = dict[str, Any]
Case = Callable[["Stage", str], Coroutine[Any, Any, int]]
FILE = Attachment(kind=Kind.DOCUMENT, ref="1", name="rapor.pdf")


class Stage:
    """The platforms, a help desk that makes sentences, and a file to send."""

    def __init__(self, there: Platforms, desk: House, path: Path) -> None:
        self.there = there
        self.desk = desk
        self.file = LocalFile(kind=Kind.DOCUMENT, name="rapor.pdf", mime="application/pdf", path=path)
        self.entities = 0
        self.cuts = 0

    async def says(self, to: Address, outgoing: Outgoing) -> list[Json]:
        """Fitted and sent on Telegram as the outbox does it; the messages as the chat shows them."""
        before = len(self.there.telegram.calls)
        for part in fit(outgoing, self.there.to_telegram.capabilities).parts:
            await self.there.to_telegram.send(to, part, file=self.file if part.attachment else None)
        shown: list[Json] = self.there.results(before)
        for message in shown:
            self.check(message)
        self.cuts += len(shown) - 1
        return shown

    def check(self, message: Json) -> None:
        """No entity but those that Telegram finds in plain words by itself; never longer than it takes."""
        words = message.get("text") or message.get("caption") or ""
        entities = message.get("entities") or message.get("caption_entities") or []
        assert entities == list(detected(words))
        assert utf16_length(words) <= (4096 if "text" in message else 1024)
        self.entities += len(entities)


def shown_words(messages: list[Json]) -> str:
    return "".join(message.get("text") or message.get("caption") or "" for message in messages)


async def text_to_a_customer(stage: Stage, words: str) -> int:
    shown = await stage.says(TO_ZEYNEP, Outgoing(text=words))
    assert visible(shown_words(shown)) == visible(words)
    return len(shown)


async def caption_to_a_customer(stage: Stage, words: str) -> int:
    shown = await stage.says(TO_ZEYNEP, Outgoing(text=words, attachment=FILE))
    assert visible(shown_words(shown)) == visible(words)
    assert sum("document" in message for message in shown) == 1
    return len(shown)


async def words_in_the_group(stage: Stage, words: str) -> int:
    """A customer's words under a customer's name, as agents see them."""
    half = len(words) // 2
    name, said = words[:half] or "x", words[half:]
    message = LedgerMessage(
        ticket_id=1,
        author=ActorKind.REQUESTER,
        author_name=name,
        content=Content(text=said),
        at=START,
        delivery=Delivery.RECEIVED,
    )
    shown = await stage.says(Address(chat=stage.there.group), relay.shown(stage.desk.helpdesk, message))
    assert visible(shown_words(shown)).startswith("👤")
    assert visible(shown_words(shown)).endswith(visible(said))
    return len(shown)


async def card_and_topic(stage: Stage, words: str) -> int:
    """The card and the topic's name of a ticket about these words, by somebody of that name."""
    requester = Requester(id=1, name=words, locale="tr")
    conversation = Conversation(id=1, channel="telegram", requester=requester, keys=("tg:1",))
    ticket = Ticket(
        id=1,
        number="2026-000001",
        conversation_id=1,
        requester_id=1,
        subject=words[:60],
        assignee_name=words[:40],
        answers={"other": words[:40]},
        created_at=START,
        status_since=START,
    )
    card = cards.card(stage.desk.helpdesk, ticket, conversation, window_ms=0, earlier=())
    before = len(stage.there.telegram.calls)
    thread = await stage.there.to_telegram.open_topic(stage.there.group, card.topic_name)
    [topic] = stage.there.results(before)
    assert topic["name"] == card.topic_name.strip()
    assert 0 < len(topic["name"]) <= cards.TOPIC_NAME_LENGTH
    shown = await stage.says(Address(chat=stage.there.group, thread=thread), Outgoing(text=card.text, rows=card.rows))
    assert visible(shown_words(shown)) == visible(card.text)
    return len(shown) + 1


async def edited_words(stage: Stage, words: str) -> int:
    [first] = await stage.says(TO_ZEYNEP, Outgoing(text="Bir dakika"))
    part = fit(Outgoing(text=words), stage.there.to_telegram.capabilities).parts[0]
    before = len(stage.there.telegram.calls)
    await stage.there.to_telegram.edit(TO_ZEYNEP, f"{ZEYNEP}:{first['message_id']}", part)
    [message] = stage.there.results(before)
    stage.check(message)
    assert visible(message["text"]) == visible(part.text)
    return 2


async def text_on_whatsapp(stage: Stage, words: str) -> int:
    parts = fit(Outgoing(text=words), stage.there.to_whatsapp.capabilities).parts
    for part in parts:
        await stage.there.to_whatsapp.send(TO_AYSE, part)
    shown = stage.there.whatsapp.messages(AYSE)[-len(parts) :]
    assert visible("".join(message["text"]["body"] for message in shown)) == visible(words)
    assert not any(call.params["text"]["preview_url"] for call in stage.there.whatsapp.calls[-len(parts) :])
    return len(parts)


async def parameter_of_a_template(stage: Stage, words: str) -> int:
    template = Template(name=TEMPLATE, language="tr", parameters=(words[:400],))
    await stage.there.to_whatsapp.send(TO_AYSE, Part(template=template))
    sent = stage.there.whatsapp.calls[-1].params["template"]
    assert visible(sent["components"][0]["parameters"][0]["text"]) in {visible(words[:400]), "–"}
    return 1


CASES: tuple[Case, ...] = (
    text_to_a_customer,
    text_to_a_customer,
    caption_to_a_customer,
    words_in_the_group,
    card_and_topic,
    edited_words,
    text_on_whatsapp,
    parameter_of_a_template,
)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    path = tmp_path / "rapor"
    path.write_bytes(b"%PDF-1.4")
    async with platforms(tmp_path) as there:
        yield Stage(there, house(tmp_path), path)


def drawn(dice: random.Random) -> str:
    """Mostly short; at times around the platforms' limits."""
    size = dice.random()
    words = hostile.long_text(dice, dice.choice((1000, 1030, 4090, 4100, 9000))) if size < 0.06 else hostile.text(dice)
    return words if visible(words) else f"{words}x"


async def test_what_people_write_arrives_as_they_wrote_it(stage: Stage, proof: Proof) -> None:
    dice, amount = proof.draw(), proof.size(160, 20_000)
    calls = 0
    for number in range(amount):
        words = drawn(dice)
        calls += await CASES[number % len(CASES)](stage, words)
    assert stage.there.refused() == []
    assert stage.cuts, "some were too long for one message"
    assert stage.entities, "some held what Telegram recognises by itself"
    proof.tell(strings=amount, calls=calls, cuts=stage.cuts, detected_by_telegram=stage.entities, refused=0)


async def test_the_platform_would_have_noticed(stage: Stage, proof: Proof) -> None:
    """With a parse mode the same words break calls and come to life: what the proof looks for can happen."""
    dice = proof.draw()
    broken = alive = 0
    for _ in range(proof.size(60, 500)):
        words = drawn(dice)[:900]
        fields = {"chat_id": ZEYNEP, "text": words, "parse_mode": "HTML"}
        before = len(stage.there.telegram.calls)
        await raw_call(stage, fields)
        call = stage.there.telegram.calls[before]
        broken += not call.ok
        entities = call.result.get("entities", []) if isinstance(call.result, dict) else []
        alive += any(entity["type"] in {"bold", "text_link"} for entity in entities)
    assert broken
    assert alive
    proof.tell(broken_with_a_parse_mode=broken, alive_with_a_parse_mode=alive)


async def raw_call(stage: Stage, fields: Json) -> None:
    server = stage.there.telegram
    async with ClientSession() as http, http.post(f"{server.base_url}/bot{server.token}/sendMessage", json=fields):
        pass
