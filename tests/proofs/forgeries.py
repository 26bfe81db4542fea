"""Webhooks that nobody entitled sent: every way of getting the proof of the sender wrong."""

import base64
import hashlib
import hmac
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from adapters.whatsapp.signature import HEADER as SIGNATURE
from adapters.whatsapp.signature import sign
from tests.proofs.doors import WORD, WORD_HEADER, Headers

OTHERS = "the-secret-of-another-account"
EARLIER = "X-Hub-Signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forger:
    """Knows the right secrets and takes care never to use them rightly; the arguments of its tricks are real bodies."""

    draw: random.Random
    app_secret: str
    verify_token: str
    bot_token: str

    def right(self, body: bytes) -> str:
        return sign(self.app_secret, body)

    def cut(self, value: str) -> str:
        """All but some of the end."""
        return value[: self.draw.randrange(len(value))]

    def longer(self, value: str) -> str:
        return value + self.draw.choice("0aF=é")

    def one_letter_off(self, value: str) -> str:
        at = self.draw.randrange(len(value))
        other = self.draw.choice([letter for letter in "0123456789abcdefgXYZ-" if letter != value[at]])
        return value[:at] + other + value[at + 1 :]

    def one_byte_off(self, body: bytes) -> bytes:
        at = self.draw.randrange(len(body))
        return body[:at] + bytes([body[at] ^ (1 << self.draw.randrange(8))]) + body[at + 1 :]

    def hashed(self, algorithm: str, body: bytes) -> str:
        return hmac.new(self.app_secret.encode(), body, algorithm).hexdigest()


Trick = Callable[[Forger, bytes], tuple[bytes, Headers]]


def _named(value: Callable[[Forger, bytes], str], header: str = SIGNATURE) -> Trick:
    return lambda forger, body: (body, [(header, value(forger, body))])


def _base64(forger: Forger, body: bytes) -> str:
    digest = hmac.new(forger.app_secret.encode(), body, hashlib.sha256).digest()
    return "sha256=" + base64.b64encode(digest).decode()


META: Mapping[str, Trick] = {
    "missing": lambda _, body: (body, []),
    "empty": _named(lambda *_: ""),
    "prefix only": _named(lambda *_: "sha256="),
    "short": _named(lambda forger, body: forger.cut(forger.right(body))),
    "long": _named(lambda forger, body: forger.longer(forger.right(body))),
    "one letter off": _named(lambda forger, body: forger.one_letter_off(forger.right(body))),
    "bare digest": _named(lambda forger, body: forger.right(body).removeprefix("sha256=")),
    "upper case": _named(lambda forger, body: forger.right(body).upper()),
    "upper case digits": _named(lambda forger, body: "sha256=" + forger.right(body)[7:].upper()),
    "base64": _named(_base64),
    "sha1": _named(lambda forger, body: "sha1=" + forger.hashed("sha1", body)),
    "sha1 called sha256": _named(lambda forger, body: "sha256=" + forger.hashed("sha1", body)),
    "sha1 in its own header": _named(lambda forger, body: "sha1=" + forger.hashed("sha1", body), EARLIER),
    "another header": _named(lambda forger, body: forger.right(body), EARLIER),
    "no key": _named(lambda _, body: "sha256=" + hashlib.sha256(body).hexdigest()),
    "empty key": _named(lambda _, body: sign("", body)),
    "another account's secret": _named(lambda _, body: sign(OTHERS, body)),
    "the verify token as key": _named(lambda forger, body: sign(forger.verify_token, body)),
    "not ASCII": _named(lambda forger, body: forger.cut(forger.right(body)) + forger.draw.choice("ığş٣ａ")),
    "doubled": lambda forger, body: (body, [(SIGNATURE, forger.right(body))] * 2),
    "right and wrong": lambda forger, body: (body, [(SIGNATURE, forger.right(body)), (SIGNATURE, "sha256=0")]),
    "wrong and right": lambda forger, body: (body, [(SIGNATURE, "sha256=0"), (SIGNATURE, forger.right(body))]),
    "listed": _named(lambda forger, body: f"{forger.right(body)}, {forger.right(body)}"),
    "one byte changed": lambda forger, body: (forger.one_byte_off(body), [(SIGNATURE, forger.right(body))]),
    "one byte more": lambda forger, body: (body + b" ", [(SIGNATURE, forger.right(body))]),
    "one byte less": lambda forger, body: (body[:-1], [(SIGNATURE, forger.right(body))]),
}


def _word(value: Callable[[Forger, str], str], header: str = WORD_HEADER) -> Trick:
    return lambda forger, body: (body, [(header, value(forger, WORD))])


TELEGRAM: Mapping[str, Trick] = {
    "missing": lambda _, body: (body, []),
    "empty": _word(lambda *_: ""),
    "short": _word(lambda forger, word: forger.cut(word)),
    "long": _word(lambda forger, word: forger.longer(word)),
    "one letter off": _word(lambda forger, word: forger.one_letter_off(word)),
    "upper case": _word(lambda _, word: word.upper()),
    "not ASCII": _word(lambda forger, word: forger.cut(word) + forger.draw.choice("ığş٣ａ")),
    "another account's secret": _word(lambda *_: OTHERS),
    "the bot's token": _word(lambda forger, _: forger.bot_token),
    "its digest": _word(lambda _, word: hashlib.sha256(word.encode()).hexdigest()),
    "another header": _word(lambda _, word: word, "X-Secret-Token"),
    "in the authorization": _word(lambda _, word: f"Bearer {word}", "Authorization"),
    "wrong and right": lambda _, body: (body, [(WORD_HEADER, OTHERS), (WORD_HEADER, WORD)]),
    "doubled and wrong": lambda _, body: (body, [(WORD_HEADER, OTHERS)] * 2),
    "listed": _word(lambda _, word: f"{word}, {word}"),
    "Meta's signature": lambda forger, body: (body, [(SIGNATURE, forger.right(body))]),
}
