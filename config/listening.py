"""After a start people are heard first: an answer that came while we were down must not meet a closed ticket."""

from typing import Protocol

from bot.helpdesk import HelpDesk
from bot.services import upkeep
from bot.shares import POLLER
from store import inbox

ANOTHERS_TURN_SECONDS = 30.0


class Listener(Protocol):
    """Asks for updates; `caught_up`: all that waited at the start is stored."""

    @property
    def caught_up(self) -> bool: ...


class Timekeeper:
    """Runs what is due, but not before Telegram's waiting updates and the inbox of the last run are worked off."""

    def __init__(self, helpdesk: HelpDesk, poller: Listener | None) -> None:
        self._helpdesk = helpdesk
        self._poller = poller
        self._heard = False
        self._started_at = helpdesk.clock.monotonic()

    async def sweep(self) -> int:
        """One turn of the scheduler; returns how many timers there were."""
        self._heard = self._heard or await self._listened()
        return await upkeep.sweep(self._helpdesk) if self._heard else 0

    async def _listened(self) -> bool:
        return self._caught_up() and await inbox.idle()

    def _caught_up(self) -> bool:
        """Where another worker asks Telegram, it has had time enough to store what waited there."""
        if self._poller is None or self._poller.caught_up:
            return True
        waited = self._helpdesk.clock.monotonic() - self._started_at
        return not self._helpdesk.shares.holds(POLLER) and waited > ANOTHERS_TURN_SECONDS
