"""Errands of this process that nobody here works on: the answer to their claim was lost, or their end is not known."""

from collections.abc import Collection, Iterable

from bot.domain.ledger import Errand
from bot.helpdesk import HelpDesk
from bot.outbox import repairs


class Astray:
    """Remembers for which errands a call may have been made; for all others surely none was.

    `suspected`: some may be left in `sending`. Whoever fails in the middle says so, and the next turn looks.
    """

    def __init__(self, helpdesk: HelpDesk) -> None:
        self._helpdesk = helpdesk
        self._called: set[int] = set()
        self.suspected = False

    def called(self, bundle: Iterable[Errand]) -> None:
        """A call is about to be made for these."""
        self._called.update(errand.id for errand in bundle)

    def settled(self, bundle: Iterable[Errand]) -> None:
        """What became of them is written down."""
        self._called.difference_update(errand.id for errand in bundle)

    async def take_back(self, busy: Collection[int]) -> None:
        """Put them where they belong, if any are suspected; `busy` are at the head of what is worked on."""
        if not self.suspected:
            return
        self.suspected = False
        try:
            self._called -= await repairs.take_back(self._helpdesk, busy, self._called)
        except Exception:
            self.suspected = True
            raise
