"""S18: a hundred kilobytes meant to keep a parser busy cost it fifty milliseconds at most."""

import json
from collections.abc import Callable
from contextlib import suppress
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.telegram.capabilities import CAPABILITIES as TELEGRAM
from adapters.telegram.parse import Parser
from adapters.whatsapp.parse import parse as parse_whatsapp
from bot.domain import folding, intake, press, split, words
from bot.domain.channel import TextUnit
from bot.domain.errors import BadInput, Unparsable
from bot.domain.fit import fit
from bot.domain.outgoing import Outgoing
from bot.domain.when import parse_when
from config.redaction import Redaction
from tests.builders import shipped_intake
from tests.fakes import START
from tests.proofs.hostile import BIDI, MARKUP, SIGNS, SPACES, ZERO_WIDTH
from tests.proofs.proof import Proof

pytestmark = pytest.mark.proof("S18")

SIZE = 100_000
"""Bytes in UTF-8."""
LIMIT = 0.05
CROWDED = 5
"""The ordinary run shares its cores with other tests; what walks back over everything takes far longer still."""
USUAL = 0.0014
"""Seconds of `measured_work` on the machine the limit was set for; a slower or busier one gets more."""

_STRETCHES = """
    a|a.|a. |ı|İ|m|miyo|olmuyor |hata |hata sorun yok ama |not work |hala ayni |still same error |keeps |artik ne |(|:(
    #|#2026-|2026-000001 |1|1 |-|input_value=|a.token.|token=|wamid.|wamid.AAAAAAAA=|AB.|+1 |+1|/bot1|/bot1:|bearer |EAA
    kabul ama |evet |tamaaam |yarin |2 gun |1h30m|ve |saat |9:00 |'|a'|ol|no longer |x y |0000000000|http://|@|5,5|:|i:1:
"""
STRETCHES = [*_STRETCHES.replace("\n    ", "|").strip("|\n").split("|"), *MARKUP, *SIGNS, *SPACES, *BIDI, *ZERO_WIDTH]

WORST = ["ﷺ", "a. ", "a.token.", "input_value=", "🇹🇷", "ve "]
"""Those that once took seconds."""

telegram = Parser(bot_id=42, groups=["-1"], now=lambda: 0, username="gise_bot")
redaction = Redaction(["a-secret-of-ours"])
questions = shipped_intake().questions


def _telegram(text: str) -> object:
    chat = {"id": 7, "type": "private"}
    link = {"type": "text_link", "offset": 0, "length": 1, "url": "https://evil.example"}
    message = {"message_id": 1, "date": 1, "chat": chat, "text": text, "entities": [link] * 100}
    return telegram.parse(json.dumps({"update_id": 1, "message": message}).encode())


def _whatsapp(text: str) -> object:
    message = {"id": "wamid.1", "from": "905550000101", "timestamp": "1", "type": "text", "text": {"body": text}}
    return parse_whatsapp(json.dumps({"message": message, "contact": {"profile": {"name": text}}}).encode(), "1")


PARSERS: dict[str, Callable[[str], Any]] = {
    "fold": folding.fold,
    "tokens": folding.tokens,
    "squeezed": folding.squeezed,
    "thanks": words.is_thanks,
    "accept": words.is_accept,
    "reject": words.is_reject,
    "still failing": words.still_failing,
    "contradiction": words.contradicts_itself,
    "menu": words.is_menu,
    "skip": words.is_skip,
    "ticket numbers": words.ticket_numbers,
    "names": words.clean_name,
    "split": lambda text: split.split(text, TELEGRAM.text, TextUnit.UTF16),
    "split by characters": lambda text: split.split(text, 4096, TextUnit.CHARACTERS),
    "fit": lambda text: fit(Outgoing(text=text), TELEGRAM),
    "intake": lambda text: [intake.match_answer(question, text) for question in questions],
    "press": press.decode,
    "when": lambda text: parse_when(text, START, ZoneInfo("Europe/Istanbul")),
    "redaction": redaction.clean,
    "telegram": _telegram,
    "whatsapp": _whatsapp,
    "telegram bytes": lambda text: telegram.parse(text.encode()),
    "whatsapp bytes": lambda text: parse_whatsapp(text.encode(), "1"),
}


def measured_work() -> float:
    """A fixed piece of work, to know how fast this machine is right now."""
    started = process_time()
    sum(ord(letter) for letter in "x" * 20_000)
    return process_time() - started


def cost(parser: Callable[[str], Any], text: str) -> float:
    started = process_time()
    with suppress(BadInput, Unparsable, ValueError):
        parser(text)
    return process_time() - started


def too_slow(parser: Callable[[str], Any], text: str, limit: float) -> float:
    """How much over the limit, 0 if not; a second and third try tell a slow parser from a busy machine."""
    for _ in range(3):
        found = cost(parser, text) / max(1.0, measured_work() / USUAL)
        if found <= limit:
            return 0.0
    return round(found, 3)


def bodies(proof: Proof) -> list[str]:
    """Each stretch over and over, with an end that fits or does not."""
    dice = proof.draw()
    stretches = STRETCHES + WORST if proof.full else WORST + dice.sample(STRETCHES, 3)
    made = []
    for stretch in stretches:
        count = SIZE // len(stretch.encode())
        made += [stretch * count, f"x{stretch * count}!"] if proof.full else [f"{stretch * count}!"]
    return [*made, "[" * SIZE, '{"a":' * (SIZE // 5)]


def test_no_parser_can_be_kept_busy(proof: Proof) -> None:
    texts = bodies(proof)
    limit = LIMIT if proof.full else CROWDED * LIMIT
    slow = [
        (name, text[:20], over)
        for name, parser in PARSERS.items()
        for text in texts
        if (over := too_slow(parser, text, limit))
    ]
    assert slow == []
    proof.tell(parsers=len(PARSERS), inputs=len(texts), kilobytes=SIZE // 1000)


def test_the_measure_tells_slow_from_fast(proof: Proof) -> None:
    """A search that walks back over everything for every letter is noticed."""
    assert too_slow(lambda text: [text.count("b", 0, end) for end in range(0, len(text), 10)], "a" * SIZE, LIMIT)
    proof.tell(slow_noticed=True)
