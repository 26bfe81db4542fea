"""What was written into the agents' groups of late, so that a new process keeps the rates of the one before."""

from dataclasses import dataclass
from typing import Final

from bot.domain.ledger import Errand
from store.outbox_rows import to_errand
from store.sql import rows

# All words of a bundle have the id of their one post. The first three states are those of the partial index.
_WRITTEN: Final = """
SELECT outbox.*, coalesce(post.account, 0) AS account FROM outbox
LEFT JOIN post ON post.place = outbox.budget AND post.external_id = outbox.external_id AND post.external_id <> ''
WHERE outbox.id IN (
    SELECT min(id) FROM outbox
    WHERE state IN ('sent', 'failed', 'expired') AND state <> 'expired' AND settled_at > ?1
        AND epoch <> ?2 AND budget <> ''
    GROUP BY budget, coalesce(nullif(external_id, ''), CAST(id AS TEXT))
)
ORDER BY outbox.settled_at"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An errand that another process settled, when (epoch milliseconds), and the bot account that wrote it."""

    errand: Errand
    at: int
    account: int


async def by_others(epoch: str, since: int) -> list[Written]:
    """What processes of other epochs wrote into groups after that instant, oldest first."""
    found = await rows(_WRITTEN, since, epoch)
    return [Written(errand=to_errand(row), at=row["settled_at"], account=row["account"]) for row in found]
