"""The parser and the lanes: what no recorded payload can show."""

import contextlib
import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.loose_json import dumps
from adapters.telegram.lanes import item, lane
from adapters.telegram.parse import Parser
from bot.domain.errors import Unparsable
from bot.domain.message import Ignored, Said

PAYLOADS = Path(__file__).parent / "payloads" / "telegram"
UPDATES = [
    json.loads(path.read_bytes()) for path in sorted(PAYLOADS.glob("*.json")) if not path.stem.startswith("not_")
]
GROUP = -1001000000001

Step = str | int


def parser(*groups: str) -> Parser:
    return Parser(bot_id=4242, groups=groups or (str(GROUP),), now=lambda: 1, username="gise_bot")


def paths(value: object, here: tuple[Step, ...] = ()) -> list[tuple[Step, ...]]:
    """Where every value inside a JSON value is found."""
    if isinstance(value, dict):
        inner = [path for name in value for path in paths(value[name], (*here, name))]
    elif isinstance(value, list):
        inner = [path for at, each in enumerate(value) for path in paths(each, (*here, at))]
    else:
        inner = []
    return [here, *inner] if here else inner


NONSENSE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["/x@y", "\ud83d", "\0", 2**63, -(2**63), 1e308, "text_link", "emoji"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_damaged_update_is_understood_or_unparsable_and_gets_a_lane(data: st.DataObject) -> None:
    update = copy.deepcopy(data.draw(st.sampled_from(UPDATES)))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(paths(update) or [("message",)]))
        holder = update
        for step in way:
            holder = holder[step]
        if data.draw(st.booleans()):
            holder[last] = data.draw(NONSENSE)
        else:
            holder.pop(last, None) if isinstance(holder, dict) else holder.pop(last)
    raw = dumps(update)
    stored = item(4242, update, raw)
    assert stored.lane.startswith("tg:")
    with contextlib.suppress(Unparsable):
        event = parser().parse(raw)
        if isinstance(event, Said):
            assert "\0" not in event.content.text
            assert event.content.text.encode() is not None


@given(st.binary(max_size=40))
def test_any_bytes_are_understood_or_unparsable(raw: bytes) -> None:
    with contextlib.suppress(Unparsable):
        assert parser().parse(raw) is not None


def test_bottomless_nesting_is_unparsable() -> None:
    with pytest.raises(Unparsable):
        parser().parse(b'{"message":' + b"[" * 200_000)


PRIVATE = {"id": 7, "type": "private"}
DESK = {"id": GROUP, "type": "supergroup"}
LANES: tuple[tuple[dict[str, object], str], ...] = (
    ({"message": {"chat": PRIVATE, "message_thread_id": 3, "is_topic_message": True}}, "tg:7"),
    ({"edited_message": {"chat": DESK, "message_thread_id": 57, "is_topic_message": True}}, f"tg:{GROUP}:57"),
    ({"message": {"chat": DESK, "message_thread_id": 57}}, f"tg:{GROUP}:0"),
    ({"message_reaction": {"chat": DESK}}, f"tg:{GROUP}:0"),
    ({"chat_member": {"chat": DESK}}, f"tg:{GROUP}:0"),
    ({"my_chat_member": {"chat": PRIVATE}}, "tg:7"),
    ({"callback_query": {"from": {"id": 8}, "message": {"chat": PRIVATE}}}, "tg:7"),
    ({"callback_query": {"from": {"id": 8}, "inline_message_id": "x"}}, "tg:8"),
    ({"callback_query": {}}, "tg:other"),
    ({"inline_query": {"from": {"id": 8}}}, "tg:other"),
    ({"message": 5}, "tg:other"),
)


@pytest.mark.parametrize(("update", "expected"), LANES)
def test_an_update_runs_in_the_lane_of_its_conversation(update: dict[str, object], expected: str) -> None:
    assert lane(update) == expected


def test_what_is_said_in_a_moved_group_is_heard_before_anybody_acts_on_the_move() -> None:
    ours = parser("-4000000004")
    said = dumps({"message": {"message_id": 2, "from": {"id": 7}, "chat": {"id": -1004000000004}, "text": "x"}})
    assert isinstance(ours.parse(said), Ignored)
    ours.parse((PAYLOADS / "migrate_to.json").read_bytes())
    assert isinstance(ours.parse(said), Said)


def test_a_press_or_an_undated_message_takes_the_clocks_time() -> None:
    ours = Parser(bot_id=1, groups=(), now=lambda: 1_790_000_000_123)
    press = ours.parse((PAYLOADS / "press_private.json").read_bytes())
    assert getattr(press, "at", None) == 1_790_000_000_123
