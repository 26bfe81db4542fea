"""Bodies nobody would send: recorded payloads, bent in structure, type, size, depth, encoding and spelling."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

LARGEST = 2**20
"""Bytes; no mutated body is larger."""
_WORDS: tuple[Any, ...] = ("", "x", "\ud800", "\udfff x", "\x00", "١٢", "905550000001", "TR.1", "-1", "1e5", "/start")
_NUMBERS: tuple[Any, ...] = (None, True, 0, -1, 1.5, -0.0, float("nan"), float("inf"), 10**30, 2**53, 10**4000)
_SHAPES: tuple[Any, ...] = ([], [None], {}, [[]], {"": ""}, {"id": {}}, ["a", {"type": "text"}], {"chat": {"id": 1}})
_SPELLINGS = ("utf-16", "utf-16-le", "utf-32-be", "utf-8-sig", "utf-7", "cp1254")
_NO_NUMBERS = ("NaN", "-Infinity", "1e999", "9" * 5_000, "00", "0x1", "1.", "'x'", "\\ud800")

Place = tuple[Any, Any]


class Bender:
    """Bends a body in one of the ways of `WAYS`; what comes out has `LARGEST` bytes at most."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw

    def bent(self, way: str, body: bytes) -> bytes:
        bent = WAYS[way](self, body)
        assert len(bent) <= LARGEST, way
        return bent

    def places(self, document: Any) -> list[Place]:
        """Every (container, key) of a document; a place of its own where it has none."""
        return list(_places(document)) or [([document], 0)]

    def changed(self, body: bytes, change: Callable[[Any, Any], None], most: int = 3) -> bytes:
        """The document after one to `most` changes of a container at a key."""
        document = json.loads(body)
        for _ in range(self.draw.randint(1, most)):
            change(*self.draw.choice(self.places(document)))
        return json.dumps(document).encode()

    def removed(self, body: bytes) -> bytes:
        return self.changed(body, lambda container, key: container.pop(key))

    def moved(self, body: bytes) -> bytes:
        """A part of the document stands in the place of another."""
        parts = [container[key] for container, key in self.places(json.loads(body))]
        return self.changed(body, lambda container, key: _put(container, key, self.draw.choice(parts)))

    def renamed(self, body: bytes) -> bytes:
        def rename(container: Any, key: Any) -> None:
            if isinstance(container, dict):
                container[f"{key}{self.draw.choice(['_', 's', '', chr(0)])}"] = container.pop(key)

        return self.changed(body, rename)

    def repeated(self, body: bytes) -> bytes:
        """A list is many times as long, sometimes as long as there is room for."""

        def repeat(container: Any, key: Any) -> None:
            part = container[key] if isinstance(container[key], list) else [container[key]]
            times = self.draw.choice([2, 2, 10, 10, 100, 100, 1_000, LARGEST])
            room = (LARGEST - len(body)) // 4 // (len(json.dumps(part)) + 1)
            container[key] = part * max(1, min(times, room))

        return self.changed(body, repeat, most=1)

    def retyped(self, body: bytes) -> bytes:
        odd = (*_WORDS, *_NUMBERS, *_SHAPES)
        return self.changed(body, lambda container, key: _put(container, key, self.draw.choice(odd)))

    def numbered(self, body: bytes) -> bytes:
        """What is no JSON number, or none that fits a column, in the place of a value."""
        return self._spelt(body, self.draw.choice(_NO_NUMBERS))

    def surrogate(self, body: bytes) -> bytes:
        """Half a character in a value or in a name."""
        return self._spelt(body, self.draw.choice(['"\\ud83d"', '"a\\udc00b"', '{"\\ud800": "\\udfff"}']))

    def swollen(self, body: bytes) -> bytes:
        """A text as long as the limit of bodies allows, or up to a tenth of it."""
        size = (LARGEST - 4 * len(body)) // self.draw.choice([10, 100, 100, 1_000, 1_000])
        letters = self.draw.choice(["x", "#1 ", "a ", "<b>", "\\n", "\\u0130", "😀"])
        return self._spelt(body, '"' + letters * (size // len(letters.encode())) + '"')

    def deep(self, body: bytes) -> bytes:
        levels = self.draw.choice([10, 10, 300, 300, 900, 1_100, 1_100, 20_000])
        opening, closing = self.draw.choice([("[", "]"), ('{"message":', "}"), ('{"entry":[', "]}")])
        return self._spelt(body, opening * levels + "1" + closing * levels * self.draw.randint(0, 1))

    def doubled_key(self, body: bytes) -> bytes:
        """A name twice in one object, the second time with something else."""
        document = json.loads(body)
        objects = [one for one, _ in _places([document]) if isinstance(one, dict) and one]
        if not objects:
            return body
        chosen = self.draw.choice(objects)
        key = self.draw.choice(list(chosen))
        other = self.draw.choice([chosen[key], *_WORDS, *_SHAPES])
        chosen["\x01"] = other
        return json.dumps(document).encode().replace(b'"\\u0001"', json.dumps(key).encode())

    def encoded(self, body: bytes) -> bytes:
        return body.decode(errors="replace").encode(self.draw.choice(_SPELLINGS), errors="replace")

    def damaged(self, body: bytes) -> bytes:
        at, cut = self.draw.randrange(len(body)), self.draw.randint(0, 40)
        return body[:at] + self.draw.randbytes(self.draw.randint(0, 4)) + body[at + cut :]

    def cut_off(self, body: bytes) -> bytes:
        return body[: self.draw.randrange(len(body))]

    def noise(self, _: bytes) -> bytes:
        return self.draw.randbytes(self.draw.randint(0, 300))

    def _spelt(self, body: bytes, words: str) -> bytes:
        """The document with `words`, which need not be JSON, in the place of one value."""
        document = json.loads(body)
        container, key = self.draw.choice(self.places(document))
        container[key] = "\x01"
        return json.dumps(document).encode().replace(b'"\\u0001"', words.encode())


def _places(node: Any) -> Iterator[Place]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in list(pairs):
        yield node, key
        yield from _places(child)


def _put(container: Any, key: Any, value: Any) -> None:
    container[key] = deepcopy(value)


WAYS: Mapping[str, Callable[[Bender, bytes], bytes]] = {
    "removed": Bender.removed,
    "moved": Bender.moved,
    "renamed": Bender.renamed,
    "repeated": Bender.repeated,
    "retyped": Bender.retyped,
    "numbered": Bender.numbered,
    "surrogate": Bender.surrogate,
    "swollen": Bender.swollen,
    "deep": Bender.deep,
    "doubled key": Bender.doubled_key,
    "encoded": Bender.encoded,
    "damaged": Bender.damaged,
    "cut off": Bender.cut_off,
    "noise": Bender.noise,
}
