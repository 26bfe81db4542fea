"""The platforms and the people of a run, and what the program is told of them."""

import asyncio
import os
import socket
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from adapters.sandbox.changes import Changes
from adapters.sandbox.chaos.faults import DroppedAnswers, Postman
from adapters.sandbox.chaos.plan import Person, Plan
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.telegram import TelegramServer
from adapters.sandbox.whatsapp import WhatsAppServer

HOST = "127.0.0.1"
AGENTS = {8_001_001: "Deniz", 8_001_002: "Elif", 8_001_003: "Mert"}
_SECRET = "chaos-" + "s" * 40
_HIDDEN_NUMBER_EVERY = 6
_WEBHOOK_SHARE = 0.25


class Stage:
    """Both servers on loopback. `fired` counts every fault by its name."""

    def __init__(self, plan: Plan, people: Sequence[Person], folder: Path, random: Random) -> None:
        self.folder = folder
        self.people = people
        self.port = _free_port()
        self.fired: Counter[str] = Counter()
        self.clock = SandboxClock(folder / "clock-offset")
        self.changes = Changes()
        self.telegram = TelegramServer(self.clock, self.changes, limits=plan.limits)
        self.whatsapp = WhatsAppServer(self.clock, self.changes, limits=plan.limits)
        self.postman = Postman(
            self.changes,
            self.whatsapp.webhooks,
            account_id=self.whatsapp.business_account_id,
            reposts=plan.reposts,
            random=random,
            fired=self.fired,
        )
        self.whatsapp.webhooks = self.postman
        self._drops = [
            DroppedAnswers(f"dropped answers of {name}", plan.dropped, random, self.fired)
            for name in ("telegram", "whatsapp")
        ]
        self.telegram.faults, self.whatsapp.faults = self._drops
        self._plan = plan
        self._random = random

    @property
    def database(self) -> Path:
        return self.folder / "data" / "gise.sqlite3"

    async def start(self) -> None:
        """Open both servers and seat everybody."""
        await asyncio.gather(self.telegram.start(HOST), self.whatsapp.start(HOST))
        self.whatsapp.webhook_url = f"http://{HOST}:{self.port}/webhooks/whatsapp"
        for person in self.people:
            if person.channel == "whatsapp":
                visible = person.index % _HIDDEN_NUMBER_EVERY != 0
                self.whatsapp.add_contact(person.address, person.name, phone_visible=visible)
            else:
                self.telegram.add_user(int(person.address), person.name, language_code="tr")
        for user_id, name in AGENTS.items():
            self.telegram.add_user(user_id, name, username=name.lower(), language_code="tr")
            self.telegram.join_group(user_id)

    async def stop(self) -> None:
        await asyncio.gather(self.whatsapp.stop(), self.telegram.stop())

    def heal(self) -> None:
        """No further answer is lost."""
        for drops in self._drops:
            drops.heal()

    def environment(self, crash_at: str) -> dict[str, str]:
        """What the next process is told; now and then it takes Telegram's updates by webhook instead of polling."""
        webhook = self._random.random() < _WEBHOOK_SHARE
        self.fired["starts by webhook" if webhook else "starts by polling"] += 1
        told = {
            "GISE_TELEGRAM__TOKEN": self.telegram.token,
            "GISE_TELEGRAM__API_BASE": self.telegram.base_url,
            "GISE_TELEGRAM__AGENT_GROUP_ID": str(self.telegram.group_id),
            "GISE_TELEGRAM__MODE": "webhook" if webhook else "polling",
            "GISE_TELEGRAM__WEBHOOK_SECRET": _SECRET,
            "GISE_TELEGRAM__WEBHOOK_URL": f"http://{HOST}:{self.port}/webhooks/telegram",
            "GISE_TELEGRAM__GROUP_WRITES_PER_MINUTE": "20" if self._plan.limits else "0",
            "GISE_WHATSAPP__TOKEN": self.whatsapp.token,
            "GISE_WHATSAPP__PHONE_NUMBER_ID": self.whatsapp.phone_number_id,
            "GISE_WHATSAPP__BUSINESS_ACCOUNT_ID": self.whatsapp.business_account_id,
            "GISE_WHATSAPP__APP_SECRET": self.whatsapp.app_secret,
            "GISE_WHATSAPP__VERIFY_TOKEN": self.whatsapp.verify_token,
            "GISE_WHATSAPP__API_BASE": self.whatsapp.base_url,
            "GISE_CLOCK__OFFSET_FILE": os.fspath(self.clock.offset_file),
            "GISE_DATA_DIR": os.fspath(self.folder / "data"),
            "GISE_HTTP__PORT": str(self.port),
            "GISE_LOG__LEVEL": "WARNING",
        }
        return told | ({"GISE_CHAOS__CRASH_AT": crash_at} if crash_at else {})


def _free_port() -> int:
    """The same port for every process of the run, so that the platforms need not be told anew."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
