"""What became of an item."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of an item; the label of the metrics."""

    DONE = "done"
    REFUSED = "refused"
    PARKED = "parked"
    RETRIED = "retried"
    DEFERRED = "deferred"
    LOST = "lease_lost"
