"""How a queue stands, for `/readyz` and the metrics."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorState:
    """`oldest_waiting_at`: since when the row has been ready that waits longest and is due; `None` when none is."""

    waiting: int
    parked: int
    oldest_waiting_at: int | None

    def age(self, now: int) -> int:
        """Milliseconds the oldest row has been waiting for."""
        return 0 if self.oldest_waiting_at is None else max(0, now - self.oldest_waiting_at)
