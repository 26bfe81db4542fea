"""The statement that hands out errands: heads of lanes, the urgent ones first, and no crowd takes all the places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.domain.ledger import Urgency

FILES = 8
"""So many errands of file lanes of one channel may be under way at once …"""
FILES_OF_ONE = 2
"""… and so many of them about one ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One claim: how many of each crowd (`crowds`) are under way, and whether age counts instead of weight.

    `by_age` puts words in the group, failures and status lines into one row, so that the less urgent of them are not
    forgotten; answers to customers stay ahead of it, and what is merely cosmetic behind. `fenced`: nothing is handed
    out unless the lease of sending is the claimer's at this moment.
    """

    busy: Mapping[str, int] = field(default_factory=dict)
    by_age: bool = False
    fenced: bool = False

    def weight(self, urgency: int) -> int:
        aged = self.by_age and Urgency.WORDS <= urgency < Urgency.COSMETIC
        return Urgency.WORDS if aged else urgency


USUAL: Final = Turn()
"""Nothing is under way, and weight counts."""


def crowds(channel: str, lane: str, ticket_id: int | None) -> tuple[str, ...]:
    """The crowds an errand is counted in, as the statement names them."""
    if ":file:" not in lane:
        return (channel,)
    return f"{channel}:file", f"{channel}:file:{ticket_id or 0}"


# Calls may hang, and files take minutes: so each channel has places of its own, files have fewer and apart, and those
# of one ticket still fewer (?8: how many of each crowd are under way). What stands before words in its lane is as
# urgent as they are; in a fair turn (?9) all but answers to customers go by age.
# A call takes the place of its twin (a card, a mark), but what gathers words or pictures does not: with the claim its
# gathering is over, and whatever is gathered next says something else.
CLAIM: Final = """
WITH ready AS (
    SELECT id, channel || CASE WHEN lane LIKE '%:file:%' THEN ':file' ELSE '' END AS crowd,
        channel || CASE WHEN lane LIKE '%:file:%' THEN ':file:' || coalesce(ticket_id, 0) ELSE '' END AS origin,
        CASE WHEN urgency < 2 THEN urgency ELSE (
            SELECT min(behind.urgency) FROM outbox AS behind
            WHERE behind.channel = outbox.channel AND behind.lane = outbox.lane
                AND behind.state IN ('pending', 'sending')
        ) END AS urgency
    FROM outbox
    WHERE state = 'pending' AND due_at <= ?2 AND (expires_at IS NULL OR expires_at > ?2)
        AND budget NOT IN texts(?4) AND channel NOT IN texts(?5) AND id IN (
            SELECT min(id) FROM (
                SELECT id, channel, lane, state FROM outbox WHERE state IN ('pending', 'sending')
                UNION ALL
                SELECT id, channel, lane, state FROM outbox WHERE state = 'uncertain' AND channel IN texts(?6)
            ) AS waiting
            GROUP BY channel, lane HAVING count(*) FILTER (WHERE state = 'sending') = 0
        )
), ranked AS (
    SELECT id, crowd, origin, CASE WHEN ?9 AND urgency BETWEEN 1 AND 3 THEN 1 ELSE urgency END AS weight
    FROM ready
), of_one AS (
    SELECT id, crowd, origin, weight, row_number() OVER (PARTITION BY origin ORDER BY weight, id) AS place FROM ranked
), of_all AS (
    SELECT id, crowd, origin, row_number() OVER (PARTITION BY crowd ORDER BY weight, id) AS place FROM of_one
    WHERE origin = crowd
        OR place <= CAST(?11 AS BIGINT) - coalesce((SELECT value FROM entries(?8) AS busy WHERE busy.key = origin), 0)
), chosen AS MATERIALIZED (
    SELECT id FROM of_all
    WHERE place <= CASE WHEN origin = crowd THEN CAST(?7 AS BIGINT) ELSE CAST(?10 AS BIGINT) END
        - coalesce((SELECT value FROM entries(?8) AS busy WHERE busy.key = crowd), 0)
), head AS MATERIALIZED (
    SELECT id FROM outbox WHERE state = 'pending' AND id IN (SELECT id FROM chosen) skip_locked()
)
UPDATE outbox SET state = 'sending', epoch = ?1, lease_until = ?3, attempts = attempts + 1,
    coalesce_key = CASE WHEN op IN ('send', 'album') THEN '' ELSE coalesce_key END
WHERE id IN (SELECT id FROM head) RETURNING *"""

WEIGHTS: Final = """
SELECT head.id, min(behind.urgency) AS urgency FROM outbox AS head
JOIN outbox AS behind ON behind.channel = head.channel AND behind.lane = head.lane
WHERE head.id IN numbers(?) AND behind.state IN ('pending', 'sending') GROUP BY head.id"""
