"""Both platforms' servers with one customer each, and the real channels in front of them; no rate is in force."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.telegram import TelegramServer
from adapters.sandbox.whatsapp import WhatsAppServer
from adapters.telegram.channel import TelegramChannel
from adapters.whatsapp.channel import WhatsAppChannel
from bot.domain.outgoing import Address

ZEYNEP, AYSE = 7001001, "905550000101"
TO_ZEYNEP, TO_AYSE = Address(chat=str(ZEYNEP)), Address(chat=AYSE)
TEMPLATE = "answer_waiting"


@dataclass(frozen=True)
class Platforms:
    """`telegram` and `whatsapp` are the servers, `to_telegram` and `to_whatsapp` our channels."""

    telegram: TelegramServer
    whatsapp: WhatsAppServer
    to_telegram: TelegramChannel
    to_whatsapp: WhatsAppChannel

    @property
    def group(self) -> str:
        return str(self.telegram.group_id)

    def refused(self) -> list[str]:
        """What either platform had to complain about."""
        return [call.error for call in self.telegram.calls if not call.ok] + [
            str(call.result) for call in self.whatsapp.calls if not call.ok
        ]

    def results(self, since: int) -> list[Any]:
        """What Telegram made of the calls after the first `since`."""
        return [call.result for call in self.telegram.calls[since:]]


@asynccontextmanager
async def platforms(folder: Path) -> AsyncIterator[Platforms]:
    """Both, listening; the customers have just written, so every window is open."""
    clock, changes = SandboxClock(folder / "offset"), Changes()
    telegram, whatsapp = TelegramServer(clock, changes, limits=False), WhatsAppServer(clock, changes, limits=False)
    telegram.add_user(ZEYNEP, "Zeynep", language_code="tr")
    whatsapp.add_contact(AYSE, "Ayşe")
    whatsapp.add_template(TEMPLATE, "tr", "Talebiniz {{1}} için bir yanıt var.")
    telegram.say(ZEYNEP, "Merhaba")
    whatsapp.say(AYSE, "Merhaba")
    await telegram.start()
    await whatsapp.start()
    ours = TelegramChannel(telegram.token, now=lambda: 0, groups=[str(telegram.group_id)], api_base=telegram.base_url)
    theirs = WhatsAppChannel(whatsapp.token, whatsapp.phone_number_id, api_base=whatsapp.base_url)
    yield Platforms(telegram, whatsapp, ours, theirs)
    await ours.close()
    await theirs.close()
    await telegram.stop()
    await whatsapp.stop()
