"""Bot accounts: which of them write into which group now, and which are left out for a while."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.errors import Reach, SendError
from bot.helpdesk import HelpDesk

MAIN = 0
"""The account that has the cards, buttons, files and updates."""

EVERYWHERE = ""
_LEFT_OUT_SECONDS = 600.0
"""A helper that was refused is tried again after this long: somebody may have put it right."""


@dataclass(slots=True)
class _Absence:
    """Why a helper does not write, and when it is tried again."""

    why: str
    until: float


class Accounts:
    """The desk's bot accounts; a helper that a group or Telegram refuses is left out, the main one never."""

    def __init__(self, helpdesk: HelpDesk) -> None:
        self._clock = helpdesk.clock
        self._desk = helpdesk.desk
        self._absent: dict[tuple[int, str], _Absence] = {}

    def serving(self, budget: str, among: Iterable[int] | None = None) -> list[int]:
        """Those (of `among`) that write into this group now, helpers first; the main one where no other is left."""
        known = self._desk.accounts
        wanted = known if among is None else set(known).intersection(among)
        found = sorted((one for one in wanted if not self._is_out(one, budget)), reverse=True)
        return found or [MAIN]

    def leave_out(self, account: int, budget: str, error: SendError) -> bool:
        """Do without a helper for a while; true when this is news."""
        place = EVERYWHERE if error.reach is Reach.CHANNEL else budget
        known = (account, place) in self._absent
        self._absent[account, place] = _Absence(error.key, self._clock.monotonic() + _LEFT_OUT_SECONDS)
        return not known

    def works(self, account: int, budget: str) -> None:
        """A call of this account into this group went through."""
        for place in (budget, EVERYWHERE):
            self._absent.pop((account, place), None)

    @property
    def troubles(self) -> Mapping[str, str]:
        """Helpers that do not write, and the reason's text key."""
        return {
            f"bot {account} in {place.partition(':')[2]}" if place else f"bot {account}": absence.why
            for (account, place), absence in self._absent.items()
        }

    def _is_out(self, account: int, budget: str) -> bool:
        now = self._clock.monotonic()
        return any(
            absence.until > now
            for place in (budget, EVERYWHERE)
            if (absence := self._absent.get((account, place))) is not None
        )
