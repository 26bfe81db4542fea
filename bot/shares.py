"""Shares: which part of the work is this process's. Alone it does everything; of several, each holds leases."""

from collections.abc import Callable
from dataclasses import dataclass, field

SLOTS = 16
"""Every lane of the inbox belongs to one slot, by its name; workers share the slots among them."""

OUTBOX = "outbox"
"""Sending: the platforms' rates are kept by one process at a time."""
POLLER = "telegram-poller"
"""Asking Telegram for updates, which only one may do."""
HOUSEKEEPING = "housekeeping"
"""What is enough once: forgetting old rows, following new service levels, telling of troubles."""
TASKS = (OUTBOX, POLLER, HOUSEKEEPING)

_ALL_SLOTS = frozenset(range(SLOTS))


@dataclass(slots=True)
class Shares:
    """What this process holds, and until when (seconds of the real clock) it may be sure of that.

    A process that was stopped for a while finds its time over and touches nothing that may be another's by now; one
    that is alone needs no clock for that. `fenced`: the leases are in the database, and claims ask them as well.
    """

    slots: frozenset[int] = _ALL_SLOTS
    tasks: frozenset[str] = frozenset(TASKS)
    until: float = float("inf")
    leaving: frozenset[int] = frozenset()
    fenced: bool = False
    clock: Callable[[], float] = field(default=lambda: 0.0, repr=False)

    @property
    def sure(self) -> bool:
        return self.clock() < self.until

    def holds(self, task: str) -> bool:
        """Whether the task is ours now."""
        return task in self.tasks and self.sure

    def lanes(self) -> frozenset[int]:
        """The slots whose lanes may be worked on now; those that are about to be handed over are left alone."""
        return self.slots - self.leaving if self.sure else frozenset()
