"""The door in: raw updates are stored before anyone is told so, then each lane is worked off in order."""

from bot.inbox.door import accept
from bot.inbox.outcome import Outcome
from bot.inbox.routing import route
from bot.inbox.work import LEASE_MS, MAX_ATTEMPTS, MOST_PARKED_LINES, drain, serve, work

__all__ = ["LEASE_MS", "MAX_ATTEMPTS", "MOST_PARKED_LINES", "Outcome", "accept", "drain", "route", "serve", "work"]
