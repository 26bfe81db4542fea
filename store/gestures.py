"""What customers do to a message: the latest reaction and the withdrawal, which may come before the message itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from store.codec import to_json
from store.sql import changed, rows

_NOTE: Final = """
INSERT INTO gesture (channel, external_id, kind, emoji, at, early) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (channel, external_id, kind) DO UPDATE SET emoji = excluded.emoji, at = excluded.at, early = excluded.early
WHERE excluded.at > gesture.at OR excluded.at = gesture.at AND excluded.emoji <> gesture.emoji RETURNING at"""
_TAKE_EARLY: Final = """
UPDATE gesture SET early = FALSE WHERE channel = ? AND external_id = ? AND early RETURNING kind, emoji, at"""
_EARLY_ONES: Final = """
SELECT DISTINCT external_id FROM gesture WHERE channel = ? AND external_id IN texts(?) AND early = TRUE"""
_PRUNE: Final = """
DELETE FROM gesture WHERE (channel, external_id, kind) IN (
    SELECT channel, external_id, kind FROM gesture WHERE at < ? ORDER BY at LIMIT ?
) RETURNING at"""


class GestureKind(StrEnum):
    REVOKED = "revoked"
    REACTED = "reacted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gesture:
    """`at` is the provider's time; a reaction that was taken back has an empty `emoji`."""

    kind: GestureKind
    emoji: str = ""
    at: int


async def note(channel: str, external_id: str, gesture: Gesture, *, early: bool) -> bool:
    """Remember it; false when it is old news. `early`: the message it is about has not come yet."""
    values = (gesture.kind.value, gesture.emoji, gesture.at, early)
    return bool(await rows(_NOTE, channel, external_id, *values))


async def take_early(channel: str, external_id: str) -> list[Gesture]:
    """What came before this message, in the order of its doing; each is handed out once."""
    found = await rows(_TAKE_EARLY, channel, external_id)
    early = [Gesture(kind=GestureKind(row["kind"]), emoji=row["emoji"], at=row["at"]) for row in found]
    return sorted(early, key=lambda gesture: gesture.at)


async def early_ones(channel: str, external_ids: Sequence[str]) -> set[str]:
    """About which of these messages something came before them."""
    return {row["external_id"] for row in await rows(_EARLY_ONES, channel, to_json(list(external_ids)))}


async def prune(before: int, limit: int) -> int:
    """Forget up to `limit` gestures of before that instant; returns how many."""
    return await changed(_PRUNE, before, limit)
