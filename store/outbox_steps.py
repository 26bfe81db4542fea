"""How far errands have come that are in our hands: of several calls, or in nobody's hands after all."""

from collections.abc import Collection
from typing import Final

from bot.domain.ledger import Errand
from store import parts
from store.codec import to_json
from store.errors import LeaseLost
from store.outbox_rows import to_errand
from store.sql import rows

_STRAYS: Final = """
SELECT * FROM outbox WHERE state = 'sending' AND epoch = ? AND NOT EXISTS (
    SELECT 1 FROM outbox AS head
    WHERE head.id IN numbers(?) AND head.channel = outbox.channel AND head.lane = outbox.lane
) ORDER BY id"""


async def note(errand_id: int, epoch: str, name: str, value: int) -> None:
    """Write this into the payload of an errand that we are at. Raises `LeaseLost` when it is no longer ours."""
    if not await parts.note(errand_id, {name: value}, epoch=epoch):
        raise LeaseLost("The errand was taken over by another worker.")


async def strays(epoch: str, busy: Collection[int]) -> list[Errand]:
    """Errands claimed for this process in whose lane it works on nothing: `busy` are all it knows to be working on."""
    return list(map(to_errand, await rows(_STRAYS, epoch, to_json(list(busy)))))
