"""Reactions and withdrawals: the latest counts, and what came before its message is kept for it."""

from store import gestures
from store.gestures import Gesture, GestureKind

LIKED = Gesture(kind=GestureKind.REACTED, emoji="👍", at=1_000)
LOVED = Gesture(kind=GestureKind.REACTED, emoji="❤", at=2_000)
GONE = Gesture(kind=GestureKind.REVOKED, at=1_500)


async def test_what_came_early_is_handed_out_once_and_in_the_order_of_its_doing(database: str) -> None:
    assert await gestures.note("whatsapp", "wamid.1", LOVED, early=True)
    assert await gestures.note("whatsapp", "wamid.1", GONE, early=True)
    assert await gestures.note("whatsapp", "wamid.2", LIKED, early=True)
    assert await gestures.take_early("whatsapp", "wamid.1") == [GONE, LOVED]
    assert await gestures.take_early("whatsapp", "wamid.1") == []


async def test_old_news_is_told_from_new(database: str) -> None:
    assert await gestures.note("telegram", "1:1", LOVED, early=False)
    assert not await gestures.note("telegram", "1:1", LOVED, early=False)
    assert not await gestures.note("telegram", "1:1", LIKED, early=False)
    assert await gestures.note("telegram", "1:1", Gesture(kind=LOVED.kind, at=LOVED.at), early=False)
    assert await gestures.note("whatsapp", "1:1", LIKED, early=False), "another channel's message"


async def test_gestures_are_forgotten_in_time(database: str) -> None:
    for gesture in (LOVED, GONE):
        await gestures.note("whatsapp", "wamid.1", gesture, early=True)
    assert await gestures.prune(LOVED.at, 10) == 1
    assert await gestures.take_early("whatsapp", "wamid.1") == [LOVED]
