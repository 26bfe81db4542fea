"""How far an errand of several calls has come."""

from typing import Final

from store import outbox
from store.codec import to_json
from store.errors import LeaseLost
from store.sql import changed

_NOTE: Final = """
UPDATE outbox SET payload = ? WHERE id = ? AND epoch = ? AND state = 'sending' RETURNING id"""


async def note(errand_id: int, epoch: str, name: str, value: int) -> None:
    """Write this into the payload of an errand that we are at. Raises `LeaseLost` when it is no longer ours."""
    errand = await outbox.by_id(errand_id)
    payload = {**errand.payload, name: value} if errand else {}
    if not await changed(_NOTE, to_json(payload), errand_id, epoch):
        raise LeaseLost("The errand was taken over by another worker.")
