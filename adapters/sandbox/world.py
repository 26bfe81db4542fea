"""The world of the sandbox: a clock, both platforms, a cast of people, and the page to watch and play them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.page import acts_telegram, acts_whatsapp, acts_world, picture_telegram, picture_whatsapp
from adapters.sandbox.page.cast import AGENTS, CUSTOMERS, seat_everybody
from adapters.sandbox.page.orders import Order
from adapters.sandbox.page.routes import build_page
from adapters.sandbox.page.switches import SwitchedFaults, Switches, telegram_flood, whatsapp_flood
from adapters.sandbox.telegram import TelegramServer
from adapters.sandbox.whatsapp import WhatsAppServer

HOST = "127.0.0.1"
# The page shows answers to presses of the last moments only.
ANSWERS_SHOWN = 30


class World:
    """Both platforms with their people on loopback; what they hold is gone when the process ends.

    `folder` keeps the clock's offset file. With `limits` the platforms' rate limits are in force; `forum` tells
    whether the agents' group has topics.
    """

    def __init__(self, folder: Path, *, limits: bool = True, forum: bool = True) -> None:
        self.clock = SandboxClock(folder / "clock-offset")
        self.changes = Changes()
        self.telegram = TelegramServer(self.clock, self.changes, limits=limits, forum=forum)
        self.whatsapp = WhatsAppServer(self.clock, self.changes, limits=limits)
        self.seats = acts_telegram.Seats()
        self.gallery = picture_whatsapp.Gallery(self.whatsapp.media)
        self.switches = Switches()
        self.telegram.faults = SwitchedFaults(self.switches, telegram_flood())
        self.whatsapp.faults = SwitchedFaults(self.switches, whatsapp_flood())
        self.page_url = ""
        self._page: web.AppRunner | None = None

    async def start(self, page_port: int = 0) -> None:
        """Open both platforms, seat the cast and serve the page at `page_url` (port 0: any free one)."""
        await self.telegram.start(HOST)
        await self.whatsapp.start(HOST)
        seat_everybody(self.telegram, self.whatsapp)
        self._page = web.AppRunner(build_page(self), shutdown_timeout=1.0)
        await self._page.setup()
        await web.TCPSite(self._page, HOST, page_port).start()
        self.page_url = f"http://{HOST}:{self._page.addresses[0][1]}/"

    async def stop(self) -> None:
        """Close the page and both platforms."""
        if self._page is not None:
            await self._page.cleanup()
        await self.whatsapp.stop()
        await self.telegram.stop()

    def environment(self) -> dict[str, str]:
        """The settings that point Gişe at this world; call it after `start`."""
        return {
            "GISE_TELEGRAM__TOKEN": self.telegram.token,
            "GISE_TELEGRAM__API_BASE": self.telegram.base_url,
            "GISE_TELEGRAM__AGENT_GROUP_ID": str(self.telegram.group_id),
            "GISE_WHATSAPP__TOKEN": self.whatsapp.token,
            "GISE_WHATSAPP__PHONE_NUMBER_ID": self.whatsapp.phone_number_id,
            "GISE_WHATSAPP__BUSINESS_ACCOUNT_ID": self.whatsapp.business_account_id,
            "GISE_WHATSAPP__APP_SECRET": self.whatsapp.app_secret,
            "GISE_WHATSAPP__VERIFY_TOKEN": self.whatsapp.verify_token,
            "GISE_WHATSAPP__API_BASE": self.whatsapp.base_url,
            "GISE_CLOCK__OFFSET_FILE": os.fspath(self.clock.offset_file),
            "GISE_ADMINS": orjson.dumps([agent.user_id for agent in AGENTS if agent.role == "admin"]).decode(),
        }

    def snapshot(self) -> dict[str, Any]:
        """Everything the page draws, as JSON: clock, faults, phones, desk, answers to presses."""
        answers = self.telegram.answers()
        recent = list(answers)[-ANSWERS_SHOWN:]
        return {
            "version": self.changes.version,
            "clock": {"now": self.clock.now(), "offset": self.clock.offset},
            "faults": acts_world.troubles(self.switches, self.whatsapp),
            "phones": [self.phone(customer.key) for customer in CUSTOMERS],
            "desk": self.desk(),
            "answers": {query_id: answers[query_id] for query_id in recent},
        }

    def desk(self) -> dict[str, Any]:
        """The agents' group with its topics."""
        return picture_telegram.draw_desk(self.telegram, self.seats)

    def act(self, action: Mapping[str, Any]) -> dict[str, Any]:
        """Do what a person does: `{"do": "say", "who": "whatsapp:905550000101", "text": "..."}` and the like.

        Raises OrderRefused (a ValueError) or LookupError with a sentence for what cannot be done.
        """
        order = Order(action)
        if order.text("do") in acts_world.DEEDS:
            done = acts_world.act(self.clock, self.switches, self.whatsapp, order)
        else:
            channel, address = order.person()
            if channel == "whatsapp":
                done = acts_whatsapp.act(self.whatsapp, address, order)
            else:
                done = acts_telegram.act(self.telegram, self.seats, int(address), order)
        self.changes.changed()
        return {"ok": True} | done

    def file_bytes(self, channel: str, file_id: str) -> bytes:
        """A file somebody sent; LookupError when there is none."""
        if channel == "telegram":
            return self.telegram.file_bytes(file_id)
        kept = self.gallery.file(file_id) if channel == "whatsapp" else None
        if kept is None:
            raise LookupError(f"no file {file_id} on {channel}")
        return kept.data

    def phone(self, key: str) -> dict[str, Any]:
        """One customer's phone as it shows its chat."""
        customer = next(one for one in CUSTOMERS if one.key == key)
        if customer.channel == "whatsapp":
            return picture_whatsapp.draw_phone(self.whatsapp, self.gallery, customer)
        return picture_telegram.draw_phone(self.telegram, self.seats, customer)
