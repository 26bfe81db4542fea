"""After a start people are heard first: an answer that came while we were down must not meet a closed ticket."""

from typing import Protocol

from bot.helpdesk import HelpDesk
from bot.services import upkeep
from bot.shares import POLLER
from store import inbox

ANOTHERS_TURN_SECONDS = 30.0
PATIENCE_SECONDS = 120.0
"""After so long what still waits of the last run holds up no timer: nothing is closed over words that are unread."""


class Listener(Protocol):
    """Asks for updates; `caught_up`: all that waited at the start is stored."""

    @property
    def caught_up(self) -> bool: ...


class Timekeeper:
    """Runs what is due, but not before Telegram's waiting updates and the inbox of the last run are worked off.

    What comes in after that is not waited for: in busy hours something always waits.
    """

    def __init__(self, helpdesk: HelpDesk, poller: Listener | None) -> None:
        self._helpdesk = helpdesk
        self._poller = poller
        self._heard = False
        self._started_at = helpdesk.clock.monotonic()
        self._stored: tuple[int, float] | None = None

    async def sweep(self) -> int:
        """One turn of the scheduler; returns how many timers there were."""
        self._heard = self._heard or await self._listened()
        return await upkeep.sweep(self._helpdesk) if self._heard else 0

    async def _listened(self) -> bool:
        now = self._helpdesk.clock.monotonic()
        if self._stored is None:
            if not self._caught_up():
                return False
            self._stored = (await inbox.newest(), now)
        newest, since = self._stored
        return now - since > PATIENCE_SECONDS or await inbox.worked_off(newest)

    def _caught_up(self) -> bool:
        """Where another worker asks Telegram, it has had time enough to store what waited there."""
        if self._poller is None or self._poller.caught_up:
            return True
        waited = self._helpdesk.clock.monotonic() - self._started_at
        return not self._helpdesk.shares.holds(POLLER) and waited > ANOTHERS_TURN_SECONDS
