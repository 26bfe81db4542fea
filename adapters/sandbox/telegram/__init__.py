"""A Bot API server on loopback, as strict as Telegram's."""

from adapters.sandbox.telegram.server import Call, TelegramServer

__all__ = ["Call", "TelegramServer"]
