"""What speaks for a message of unknown outcome being lost: news of others that came while none came of it."""

from dataclasses import dataclass
from typing import Final

from store.sql import rows

_NEWS: Final = """
SELECT doubt.settled_at AS since, min(later.settled_at) AS later,
    count(*) FILTER (WHERE message.delivery IN ('delivered', 'read') OR message.cost_class <> '') AS receipted
FROM outbox AS doubt
LEFT JOIN outbox AS later ON later.state = 'sent' AND later.settled_at > doubt.settled_at
    AND later.lease_until > doubt.settled_at + ?2
    AND later.channel = doubt.channel AND later.op IN ('send', 'album') AND later.message_id IS NOT NULL
LEFT JOIN message ON message.id = later.message_id
WHERE doubt.id = ?1 GROUP BY doubt.settled_at"""
_HEARD: Final = """
SELECT (
    SELECT count(*) FROM (
        SELECT channel, received_at FROM inbox WHERE state = 'done' AND done_at > ?2 ORDER BY done_at DESC LIMIT 500
    ) AS worked
    WHERE channel = ?1 AND received_at > ?2
) AS heard, (
    SELECT count(*) FROM inbox WHERE channel = ?1 AND state IN ('waiting', 'claimed') AND received_at <= ?3
) AS unread"""


@dataclass(frozen=True, slots=True)
class News:
    """What there is since a doubt arose at `since` (epoch ms).

    `later`: when the first message went out that was begun after that, if any did; `receipted`: a receipt came of one
    of those; `heard`: updates of the channel came in, and nothing of it lies unread but what came just now.
    """

    since: int
    later: int | None
    receipted: bool
    heard: bool


async def news(errand_id: int, channel: str, lease_ms: int, unread_until: int) -> News:
    """What speaks of an uncertain errand; a claim's lease, `lease_ms` long, tells when a call began.

    Updates that came after `unread_until` may still wait to be worked off: a busy inbox is never empty.
    """
    found = (await rows(_NEWS, errand_id, lease_ms))[0]
    heard = (await rows(_HEARD, channel, found["since"], unread_until))[0]
    return News(
        since=found["since"],
        later=found["later"],
        receipted=found["receipted"] > 0,
        heard=heard["heard"] > 0 and heard["unread"] == 0,
    )
