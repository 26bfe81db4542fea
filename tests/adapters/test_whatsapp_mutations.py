"""Bodies nobody would send: splitting never raises, parsing raises `Unparsable` or nothing."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.whatsapp.parse import parse
from adapters.whatsapp.split import split
from bot.domain.errors import Unparsable

BODIES = [path.read_bytes() for path in sorted((Path(__file__).parent / "payloads" / "whatsapp").glob("*.json"))]
WORDS: list[Any] = ["", "x", "\ud800", "\x00", "١٢", "905550000001", "TR.1"]
NUMBERS: list[Any] = [None, True, 0, -1, 1.5, float("nan"), float("inf"), 10**30]
SHAPES: list[Any] = [[], [None], {}, [[]], {"": ""}, {"id": {}}, ["a", {"type": "text"}]]
ODD = st.sampled_from([*WORDS, *NUMBERS, *SHAPES])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
KEYS = st.sampled_from(["id", "type", "from", "text", "body", "contacts", "errors", "status", "system", "user_id"])
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))


def survives(body: bytes) -> None:
    items = split(body)
    for item in items:
        item.key.encode()
        item.lane.encode()
        assert len(item.key) < 600
        assert len(item.lane) < 600
        try:
            told = parse(item.raw, "100000000000001")
        except Unparsable:
            continue
        json.dumps(asdict(told), ensure_ascii=False).encode()  # a lone surrogate would break the database's UTF-8


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a JSON document."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in list(pairs):
        yield node, key
        yield from places(child)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(BODIES), st.data())
def test_a_value_of_another_type_does_no_harm(body: bytes, data: st.DataObject) -> None:
    document = json.loads(body)
    for _ in range(data.draw(st.integers(1, 3))):
        found = list(places(document))
        if found:  # an empty document has no place left
            container, key = data.draw(st.sampled_from(found))
            container[key] = deepcopy(data.draw(ODD))  # a later change may go into it
    survives(json.dumps(document).encode())


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(BODIES), st.data())
def test_a_missing_field_does_no_harm(body: bytes, data: st.DataObject) -> None:
    document = json.loads(body)
    container, key = data.draw(st.sampled_from(list(places(document))))
    del container[key]
    survives(json.dumps(document).encode())


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(BODIES), st.integers(0, 10_000), st.binary(max_size=4), st.integers(0, 40))
def test_damaged_bytes_do_no_harm(body: bytes, at: int, junk: bytes, cut: int) -> None:
    at %= len(body)
    survives(body[:at] + junk + body[at + cut :])


@settings(max_examples=100, deadline=None)
@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_any_json_does_no_harm(message: Any, status: Any, contact: Any, metadata: Any) -> None:
    value = {"messages": [message], "statuses": [status], "contacts": [contact], "metadata": metadata}
    envelope = {"entry": [{"changes": [{"field": "messages", "value": value}]}]}
    survives(json.dumps(envelope).encode())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_do_no_harm(body: bytes) -> None:
    survives(body)


def test_every_recorded_field_set_to_every_odd_value_does_no_harm() -> None:
    for body in (b for b in BODIES if b'"system"' in b or b'"failed"' in b or b'"interactive"' in b):
        document = json.loads(body)
        for container, key in list(places(document)):
            right = container[key]
            for odd in (None, 1, "x", *SHAPES[:3]):
                container[key] = odd
                survives(json.dumps(document).encode())
            container[key] = right
