"""The door out: whatever leaves the house is an errand in the outbox."""

from bot.outbox.worker import Outbox, recover

__all__ = ["Outbox", "recover"]
