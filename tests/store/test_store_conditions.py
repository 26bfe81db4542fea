"""How things stand: remembered by subject, with the instant of the last change and of the last look."""

import pytest

from store import conditions
from store.conditions import Condition

pytestmark = pytest.mark.usefixtures("database")


async def test_what_was_never_seen_is_not_known() -> None:
    assert await conditions.of("template:x:tr") is None
    assert await conditions.known() == []


async def test_since_moves_with_the_state_and_seen_at_with_every_look() -> None:
    for state, now in (("good", 1), ("good", 2), ("paused", 3), ("paused", 4), ("good", 5)):
        await conditions.save("a", state, now)
    assert await conditions.of("a") == Condition(subject="a", state="good", since=5, seen_at=5)
    await conditions.save("a", "good", 6)
    await conditions.save("b", "red", 7)
    assert [(one.subject, one.since, one.seen_at) for one in await conditions.known()] == [("a", 5, 6), ("b", 7, 7)]
