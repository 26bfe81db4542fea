"""Health: checks look at what may go wrong, a register remembers it, `/readyz` and the alarms tell it."""

from bot.health.readiness import Readiness
from bot.health.register import Register
from bot.health.watch import Check, Watch

__all__ = ["Check", "Readiness", "Register", "Watch"]
