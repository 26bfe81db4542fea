"""The state of one business number: everything the API side and the customers' side share."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.faults import Faults
from adapters.sandbox.whatsapp.json_types import Json
from adapters.sandbox.whatsapp.limits import Rates
from adapters.sandbox.whatsapp.media import MediaStore
from adapters.sandbox.whatsapp.phones import Message, Phones
from adapters.sandbox.whatsapp.templates import Templates
from adapters.sandbox.whatsapp.webhooks import Webhooks

DISPLAY_PHONE_NUMBER = "908500000001"
NUMBER: Json = {
    "verified_name": "Gişe",
    "code_verification_status": "VERIFIED",
    "display_phone_number": "+90 850 000 00 01",
    "quality_rating": "GREEN",
    "platform_type": "CLOUD_API",
    "throughput": {"level": "STANDARD"},
    "account_mode": "LIVE",
    "name_status": "APPROVED",
    "status": "CONNECTED",
    "whatsapp_business_manager_messaging_limit": "TIER_2K",
}


@dataclass
class Call:
    """One API call as it truly ended: `result` is the answer's JSON even when the answer got lost."""

    index: int
    method: str
    params: Json
    ok: bool
    status: int
    result: Json


class Account:
    """A business number with its chats, files, templates and webhook queue, and the knobs of a test.

    auto_deliver, auto_read: whether phones acknowledge by themselves. window_errors: outside the 24 h window
    refuse at once ("sync") or accept and fail later ("late", as Meta does). status_delay: real seconds
    between a call and its receipts. edits_as_unsupported: deliver edits the way Meta does at times.
    """

    def __init__(
        self,
        clock: SandboxClock,
        changes: Changes,
        *,
        phone_number_id: str,
        webhooks: Webhooks,
        limits: bool,
    ) -> None:
        self.clock = clock
        self.changes = changes
        self.phone_number_id = phone_number_id
        self.webhooks = webhooks
        self.limits = limits
        self.base_url = ""
        self.phones = Phones()
        self.media = MediaStore(clock)
        self.templates = Templates()
        self.number = dict(NUMBER)
        self.rates = Rates(clock)
        self.faults = Faults()
        self.calls: list[Call] = []
        self.auto_deliver = True
        self.auto_read = False
        self.window_errors: Literal["sync", "late"] = "late"
        self.status_delay = 0.02
        self.edits_as_unsupported = False
        self.subscribed = True
        self._blocked: set[str] = set()
        self._timers: set[asyncio.TimerHandle] = set()

    @property
    def settled(self) -> bool:
        """Whether no receipt is on its way and every webhook was taken."""
        return not self._timers and self.webhooks.idle

    def publish(self, value: Json) -> None:
        """Send one `messages` change, unless the app is not subscribed."""
        if self.subscribed:
            number = {
                "display_phone_number": DISPLAY_PHONE_NUMBER,
                "phone_number_id": self.phone_number_id,
            }
            self.webhooks.publish({"messaging_product": "whatsapp", "metadata": number} | value)
        self.changes.changed()

    def publish_news(self, field: str, value: Json) -> None:
        """Send one change of a field about the account itself, unless the app is not subscribed."""
        if self.subscribed:
            self.webhooks.publish_news(field, value, self.clock.now())
        self.changes.changed()

    def later(self, act: Callable[[], None]) -> None:
        """Do something `status_delay` seconds from now, in the order asked for."""

        def run() -> None:
            self._timers.discard(timer)
            act()
            self.changes.changed()

        timer = asyncio.get_running_loop().call_later(self.status_delay, run)
        self._timers.add(timer)

    def forget_timers(self) -> None:
        """Drop receipts that have not happened yet."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def keep(self, message: Message) -> Message:
        """Store a message and tell whoever watches."""
        self.phones.keep(message)
        self.changes.changed()
        return message

    def set_blocked(self, wa_id: str, blocked: bool) -> None:
        """Remember that a customer blocked the business, or no longer does."""
        (self._blocked.add if blocked else self._blocked.discard)(wa_id)
        self.changes.changed()

    def can_reach(self, wa_id: str) -> bool:
        """Whether a message would arrive: the number is on WhatsApp and has not blocked the business."""
        contact = self.phones.contacts.get(wa_id)
        return contact is not None and contact.reachable and wa_id not in self._blocked
