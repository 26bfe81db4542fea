"""A clock that is set back: what lies in the doors is due by the old time, and must not wait until that comes again."""

import structlog

from bot.helpdesk import HelpDesk
from store import db, set_back

NOTICED_MS = 1_000
"""A smaller step costs no more than the wait for it."""
LONGEST_LEASE_MS = 300_000
"""Nobody claims anything for longer (`bot.outbox.repairs`)."""

log = structlog.get_logger(__name__)


class Setback:
    """Compares the clock with one that never jumps; `turn` is called every second."""

    def __init__(self, helpdesk: HelpDesk) -> None:
        self._helpdesk = helpdesk
        self._ahead = self._measured()

    async def turn(self) -> int:
        """Where the clock was set back, messages go on as if it had not been; returns how many rows that moved."""
        ahead = self._measured()
        back = self._ahead - ahead
        moved = 0
        if back > NOTICED_MS:
            async with db.transaction():
                moved = await set_back.follow(self._helpdesk.now(), back, LONGEST_LEASE_MS)
            log.warning("the clock was set back", seconds=back / 1000, rows=moved)
            self._helpdesk.bells.inbox.set()
            self._helpdesk.bells.outbox.set()
        self._ahead = ahead
        return moved

    def _measured(self) -> int:
        """How far the clock is ahead of the one that never jumps, in milliseconds."""
        return self._helpdesk.now() - round(self._helpdesk.clock.monotonic() * 1000)
