"""The door out: whatever leaves the house is an errand in the outbox."""

from bot.outbox.repairs import recover
from bot.outbox.worker import Outbox

__all__ = ["Outbox", "recover"]
