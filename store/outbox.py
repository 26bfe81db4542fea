"""The door out: errands, handed out in order within each lane, and what became of them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from tortoise.exceptions import IntegrityError

from bot.domain.ledger import Errand, ErrandState, Urgency
from store import bulk, leases
from store.codec import to_json
from store.db import transaction
from store.door import DoorState
from store.errors import Conflict, LeaseLost
from store.outbox_claim import CLAIM, FILES, FILES_OF_ONE, USUAL, WEIGHTS, Turn
from store.outbox_rows import to_errand, to_values
from store.sql import changed, look, rows

_ADD: Final = """
INSERT INTO outbox (
    channel, lane, op, payload, urgency, budget, coalesce_key, state, ticket_id, conversation_id, message_id,
    created_at, due_at, ready_at, expires_at, attempts, external_id, error
) VALUES {}
ON CONFLICT (coalesce_key) WHERE state = 'pending' AND coalesce_key <> '' DO NOTHING RETURNING id"""
_PENDING_TWIN: Final = "SELECT * FROM outbox WHERE coalesce_key = ? AND coalesce_key <> '' AND state = 'pending'"
_CLAIM_FENCED: Final = leases.fenced_by("outbox", CLAIM)
_FOLLOWING: Final = """
UPDATE outbox SET state = 'sending', epoch = ?1, lease_until = ?2, attempts = attempts + 1,
    coalesce_key = CASE WHEN op IN ('send', 'album') THEN '' ELSE coalesce_key END
WHERE id IN numbers(?3) AND state = 'pending' RETURNING *"""
_LANE: Final = """
SELECT * FROM outbox WHERE channel = ? AND lane = ? AND id > ? AND state = 'pending' ORDER BY id LIMIT ?"""
_EARLIER: Final = "SELECT id FROM outbox WHERE channel = ? AND lane = ? AND id < ? AND state = 'pending' LIMIT 1"
_AWAIT_RECEIPT: Final = "UPDATE outbox SET due_at = ? WHERE id = ? AND state = 'uncertain' RETURNING id"
_OVERDUE: Final = """
SELECT * FROM outbox WHERE state = 'uncertain' AND channel IN texts(?) AND due_at <= ?
ORDER BY id"""
_PARKED_OF: Final = "SELECT count(*) AS parked FROM outbox WHERE conversation_id = ? AND state = 'parked'"
_PARKED_AMONG: Final = """
SELECT DISTINCT conversation_id FROM outbox WHERE conversation_id IN numbers(?) AND state = 'parked'"""
_SET_PAYLOAD: Final = "UPDATE outbox SET payload = ?, due_at = ? WHERE id = ? AND state = 'pending' RETURNING id"
_HURRY: Final = """
UPDATE outbox SET due_at = ? WHERE channel = ? AND state = 'pending' AND error = ? AND due_at > ? RETURNING id"""
_SETTLE: Final = """
UPDATE outbox SET state = ?1, settled_at = ?2, error = ?3, external_id = coalesce(nullif(?4, ''), external_id)
WHERE id = ?5 AND epoch = ?6 AND state = 'sending' RETURNING id"""
_RETRY: Final = """
UPDATE outbox SET due_at = ?1, error = ?2, epoch = '', lease_until = 0, attempts = attempts - ?5,
    (state, settled_at) = (
    SELECT CASE WHEN count(*) > 0 THEN 'expired' ELSE 'pending' END,
        CASE WHEN count(*) > 0 THEN CAST(?1 AS BIGINT) END
    FROM outbox AS twin
    WHERE twin.coalesce_key = outbox.coalesce_key AND twin.coalesce_key <> '' AND twin.state = 'pending'
)
WHERE id = ?3 AND epoch = ?4 AND state = 'sending' RETURNING id"""
_RESOLVE: Final = """
UPDATE outbox SET state = ?1, error = ?3, external_id = coalesce(nullif(?4, ''), external_id), epoch = '',
    settled_at = CASE WHEN ?1 = 'pending' THEN NULL ELSE CAST(?2 AS BIGINT) END,
    due_at = CASE WHEN ?1 = 'pending' THEN ?2 ELSE due_at END,
    ready_at = CASE WHEN ?1 = 'pending' THEN ?2 ELSE ready_at END
WHERE id = ?5 AND state IN texts(?6) RETURNING id"""
_DROP_PARKED_TWINS: Final = """
UPDATE outbox SET state = 'expired', settled_at = ?
WHERE conversation_id = ? AND state = 'parked' AND coalesce_key <> '' AND EXISTS (
    SELECT 1 FROM outbox AS twin
    WHERE twin.coalesce_key = outbox.coalesce_key AND (
        twin.state = 'pending'
        OR twin.state = 'parked' AND twin.conversation_id = outbox.conversation_id AND twin.id > outbox.id
    )
) RETURNING id"""
_RELEASE_PARKED: Final = """
UPDATE outbox SET state = 'pending', due_at = ?1, ready_at = ?1, settled_at = NULL, epoch = ''
WHERE conversation_id = ?2 AND state = 'parked' RETURNING id"""
_BY_ID: Final = "SELECT * FROM outbox WHERE id = ?"
_BY_EXTERNAL: Final = """
SELECT * FROM outbox WHERE channel = ? AND external_id = ? AND external_id <> '' ORDER BY id DESC LIMIT 1"""
_ORPHANS: Final = """
UPDATE outbox SET state = 'uncertain', settled_at = ?1, due_at = lease_until
WHERE state = 'sending' AND CASE WHEN ?3 THEN epoch <> ?2 ELSE lease_until <= ?1 END
    AND NOT EXISTS (
        SELECT 1 FROM outbox AS head
        WHERE head.id IN numbers(?4) AND head.channel = outbox.channel AND head.lane = outbox.lane
    ) RETURNING *"""
_EXPIRE: Final = """
UPDATE outbox SET state = 'expired', settled_at = ?1 WHERE state = 'pending' AND expires_at <= ?1 RETURNING id"""
_STATE: Final = """
SELECT (SELECT count(*) FROM outbox WHERE state = 'pending') AS waiting,
    (SELECT count(*) FROM outbox WHERE state = 'parked') AS parked,
    (
        SELECT ready_at FROM outbox
        WHERE state = 'pending' AND due_at <= ? AND urgency < 4 -- what is merely cosmetic may wait for a quiet group
        ORDER BY ready_at LIMIT 1
    ) AS oldest"""
_NEXT_DUE: Final = "SELECT min(due_at) AS due FROM outbox WHERE state = 'pending' AND due_at > ?"
_PRUNE: Final = """
DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox WHERE state IN ('sent', 'failed', 'expired') AND settled_at < ? LIMIT ?
) RETURNING id"""


async def add(errands: Sequence[Errand]) -> list[int]:
    """Queue errands; returns their ids in order, for one that is needless the id of its pending twin."""
    if len(errands) == 1:
        return [await _add(errands[0])]  # the common case costs no savepoint
    async with transaction():
        if any(errand.coalesce for errand in errands):
            return [await _add(errand) for errand in errands]
        return sorted(row["id"] for row in await bulk.insert(_ADD, [to_values(errand) for errand in errands]))


async def _add(errand: Errand) -> int:
    new = await bulk.insert(_ADD, [to_values(errand)])
    found = new or await rows(_PENDING_TWIN, errand.coalesce)
    if not found:  # the twin was claimed just now, so this one is not needless after all
        found = await bulk.insert(_ADD, [to_values(errand)])
    if not found:
        raise Conflict("The errand's twins come and go.")
    return int(found[0]["id"])


async def claim(
    epoch: str,
    now: int,
    lease_ms: int,
    limit: int,
    *,
    closed_budgets: Collection[str] = (),
    closed_channels: Collection[str] = (),
    receipted_channels: Collection[str] = (),
    turn: Turn = USUAL,
) -> list[Errand]:
    """Take the head of each free lane that is due and not closed, most urgent first; they are `sending` from now on.

    Of each channel no more than `limit` are under way together with those that were claimed before, and fewer files.
    A head is as urgent as the most urgent that waits behind it.
    What has expired is let go on the way, so that it cannot shut its lane. On `receipted_channels` an uncertain errand
    keeps its lane shut: a receipt will tell what became of it, and nothing may overtake it meanwhile.
    """
    await expire(now)
    lists = (list(closed_budgets), list(closed_channels), list(receipted_channels))
    values = (epoch, now, now + lease_ms, *map(to_json, lists), limit, to_json(dict(turn.busy)), turn.by_age)
    claimed = list(map(to_errand, await rows(_CLAIM_FENCED if turn.fenced else CLAIM, *values, FILES, FILES_OF_ONE)))
    weights = await _weights(claimed)
    return sorted(claimed, key=lambda errand: (turn.weight(weights.get(errand.id, errand.urgency)), errand.id))


async def _weights(heads: Sequence[Errand]) -> dict[int, int]:
    """How urgent those heads are that may have something more urgent behind them; of a single one nobody asks."""
    doubtful = [errand.id for errand in heads if errand.urgency > Urgency.WORDS]
    found = await rows(WEIGHTS, to_json(doubtful)) if doubtful and len(heads) > 1 else []
    return {row["id"]: row["urgency"] for row in found}


async def waiting_behind(errand: Errand, limit: int) -> list[Errand]:
    """What waits next in the lane of a claimed errand, in order."""
    return list(map(to_errand, await rows(_LANE, errand.channel, errand.lane, errand.id, limit)))


async def overtakes(errand: Errand) -> bool:
    """Whether something of its lane that was put aside waits again, and was there first."""
    return bool(await rows(_EARLIER, errand.channel, errand.lane, errand.id))


async def claim_too(errand_ids: Sequence[int], epoch: str, now: int, lease_ms: int) -> list[Errand]:
    """Take further errands of a lane whose head this process holds."""
    claimed = await rows(_FOLLOWING, epoch, now + lease_ms, to_json(list(errand_ids)))
    return sorted(map(to_errand, claimed), key=lambda errand: errand.id)


async def parked_among(conversation_ids: Collection[int]) -> set[int]:
    """Which of these conversations have something parked."""
    found = await rows(_PARKED_AMONG, to_json(sorted(conversation_ids)))
    return {row["conversation_id"] for row in found}


async def find_pending(coalesce: str) -> Errand | None:
    return _first(await rows(_PENDING_TWIN, coalesce))


async def set_payload(errand_id: int, payload: Mapping[str, Any], due_at: int) -> bool:
    """Rewrite an errand that is still pending; false when it is not any more."""
    return bool(await rows(_SET_PAYLOAD, to_json(payload), due_at, errand_id))


async def hurry(channel: str, error: str, now: int) -> int:
    """What waits because of this error need not wait any longer; returns how many errands that were."""
    return await changed(_HURRY, now, channel, error, now)


async def settle(
    errand_id: int, epoch: str, state: ErrandState, now: int, *, external_id: str = "", error: str = ""
) -> None:
    """Record the outcome of the call. Raises `LeaseLost` when the errand is no longer ours."""
    await _if_ours(_SETTLE, state.value, now, error, external_id, errand_id, epoch)


async def retry(errand_id: int, epoch: str, due_at: int, error: str, *, tried: bool = True) -> None:
    """Back to pending; an errand whose twin was queued meanwhile expires instead. Raises `LeaseLost`.

    Not `tried`: no call was made, so the claim does not count as an attempt.
    """
    await _if_ours(_RETRY, due_at, error, errand_id, epoch, 0 if tried else 1)


async def resolve(
    errand_id: int,
    state: ErrandState,
    now: int,
    *,
    external_id: str = "",
    error: str = "",
    from_states: Collection[ErrandState] = (ErrandState.UNCERTAIN, ErrandState.PARKED, ErrandState.FAILED),
) -> bool:
    """Later news, by a receipt or an agent; false when the errand is in none of `from_states`.

    To `PENDING` means: send it now. Raises `Conflict` when a twin is pending already.
    """
    allowed = to_json([old.value for old in from_states])
    try:
        return bool(await rows(_RESOLVE, state.value, now, error, external_id, errand_id, allowed))
    except IntegrityError as error_of_index:
        raise Conflict("An errand with the same purpose is pending already.") from error_of_index


async def release_parked(conversation_id: int, now: int) -> int:
    """Send what was put aside for this conversation, in order; of twins only the latest. Returns how many."""
    if not await parked_of(conversation_id):
        return 0
    async with transaction():
        await rows(_DROP_PARKED_TWINS, now, conversation_id)
        return await changed(_RELEASE_PARKED, now, conversation_id)


async def parked_of(conversation_id: int) -> int:
    """How many answers are put aside for this conversation."""
    return int((await rows(_PARKED_OF, conversation_id))[0]["parked"])


async def await_receipt(errand_id: int, until: int) -> None:
    """Give an uncertain errand until then to be settled by a receipt."""
    await rows(_AWAIT_RECEIPT, until, errand_id)


async def overdue(channels: Collection[str], now: int) -> list[Errand]:
    """Uncertain errands of these channels for which no receipt came in time."""
    return list(map(to_errand, await rows(_OVERDUE, to_json(list(channels)), now)))


async def by_id(errand_id: int) -> Errand | None:
    return _first(await rows(_BY_ID, errand_id))


async def by_external(channel: str, external_id: str) -> Errand | None:
    """The latest errand that made this external message."""
    return _first(await rows(_BY_EXTERNAL, channel, external_id))


async def orphans(epoch: str, now: int, *, all_others: bool, busy: Collection[int] = ()) -> list[Errand]:
    """Errands left in `sending`, now `uncertain`: all of other epochs, or any that outlived their lease.

    Their `due_at` is the end of that lease. The lanes of `busy` are under way in this process and known to end,
    whatever a jump of the clock says of their lease.
    """
    left = await rows(_ORPHANS, now, epoch, all_others, to_json(list(busy)))
    return sorted(map(to_errand, left), key=lambda errand: errand.id)


async def expire(now: int) -> int:
    """Give up on pending errands whose time has passed; returns how many."""
    return await changed(_EXPIRE, now)


async def state(now: int) -> DoorState:
    row = (await look(_STATE, now))[0]
    return DoorState(waiting=row["waiting"], parked=row["parked"], oldest_waiting_at=row["oldest"])


async def next_due(now: int) -> int | None:
    """The next instant after `now` at which a pending errand becomes due."""
    due: int | None = (await rows(_NEXT_DUE, now))[0]["due"]
    return due


async def prune(before: int, limit: int) -> int:
    """Forget up to `limit` errands that were settled for good before that instant."""
    return await changed(_PRUNE, before, limit)


def _first(found: list[dict[str, Any]]) -> Errand | None:
    return to_errand(found[0]) if found else None


async def _if_ours(statement: str, *values: Any) -> None:
    if not await changed(statement, *values):
        raise LeaseLost("The errand was taken over by another worker.")
