"""The calls that one message takes, and what is noted about each of them."""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.ledger import Errand
from store.codec import to_json
from store.outbox_rows import to_errand
from store.sql import Dialects, changed, rows

_NOTE: Final = Dialects(
    sqlite="""
UPDATE outbox SET payload = json_patch(payload, ?1)
WHERE id = ?2 AND (?3 = '' OR epoch = ?3 AND state = 'sending') RETURNING id""",
    postgres="""
UPDATE outbox SET payload = CAST(CAST(payload AS JSONB) || CAST(?1 AS JSONB) AS TEXT)
WHERE id = ?2 AND (CAST(?3 AS TEXT) = '' OR epoch = ?3 AND state = 'sending') RETURNING id""",
)
_THESE: Final = "SELECT * FROM outbox WHERE id IN numbers(?) ORDER BY id"


async def note(errand_id: int, news: Mapping[str, Any], *, epoch: str = "") -> bool:
    """Add to an errand's payload, whatever its state; nothing else in it changes.

    With an `epoch` only while it is in that process's hands; false when it is not.
    """
    return bool(await changed(_NOTE, to_json(news), errand_id, epoch))


async def join(errand_ids: list[int]) -> None:
    """These errands are the parts of one message; each knows the others from now on, if there are any."""
    for errand_id in errand_ids if len(errand_ids) > 1 else ():
        await note(errand_id, {"parts": errand_ids})


async def of(errand_id: int) -> list[Errand]:
    """All parts of the message that this errand is a part of, as they are now and in order; nothing for none."""
    found = [to_errand(row) for row in await rows(_THESE, to_json([errand_id]))]
    others = found[0].payload.get("parts", ()) if found else ()
    return [to_errand(row) for row in await rows(_THESE, to_json(others))] if others else found
