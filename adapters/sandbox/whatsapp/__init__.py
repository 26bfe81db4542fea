"""The sandbox's WhatsApp: a Graph API server on loopback with customers' phones behind it."""

from adapters.sandbox.whatsapp.account import Call
from adapters.sandbox.whatsapp.server import WhatsAppServer
from adapters.sandbox.whatsapp.webhooks import Delivery

__all__ = ["Call", "Delivery", "WhatsAppServer"]
