"""A small town whose people's numbers, names and words, and whose secrets, can be told apart wherever they turn up."""

import base64
import io
import logging
import random
import string
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.telegram import TelegramServer
from adapters.sandbox.whatsapp import WhatsAppServer
from config.app import App, opened
from config.logs import set_up_logging
from config.settings import Settings, load_settings

ADMIN = 8001001
PEOPLE = 12
_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Somebody:
    """One customer: the first half of them on WhatsApp, the others on Telegram."""

    number: int

    @property
    def phone(self) -> str:
        return f"90555777{self.number:04d}"

    @property
    def name(self) -> str:
        return f"Kanaryaad{self.number:02d}ç"

    @property
    def words(self) -> str:
        return f"kanaryasöz{self.number:02d}ş"

    @property
    def user_id(self) -> int:
        return 7_555_000 + self.number

    @property
    def on_whatsapp(self) -> bool:
        return self.number < PEOPLE // 2


@dataclass(frozen=True)
class Secrets:
    """What must stay with us; drawn anew for every run, so that none of them ever stands in a file."""

    bot_token: str
    access_token: str
    app_secret: str
    verify_token: str

    @classmethod
    def drawn(cls, dice: random.Random) -> "Secrets":
        def letters(count: int) -> str:
            return "".join(dice.choices(_LETTERS, k=count))

        return cls(f"{dice.randrange(10**9, 10**10)}:{letters(35)}", f"EAA{letters(60)}", letters(32), letters(20))

    def all(self) -> tuple[str, ...]:
        """Six: the bot's token also without its public half, and as it stands in an address."""
        bare = self.bot_token.partition(":")[2]
        quoted = self.bot_token.replace(":", "%3A")
        return self.bot_token, bare, quoted, self.access_token, self.app_secret, self.verify_token


@dataclass(frozen=True)
class Outside:
    """Both platforms and the people."""

    telegram: TelegramServer
    whatsapp: WhatsAppServer
    changes: Changes
    people: tuple[Somebody, ...]

    def says(self, who: Somebody, text: str) -> None:
        if who.on_whatsapp:
            self.whatsapp.say(who.phone, text)
        else:
            self.telegram.say(who.user_id, text)

    async def group_shows(self, text: str, times: int = 1) -> None:
        """Wait until so many posts in the agents' group contain the text."""

        def shown() -> bool:
            posts = self.telegram.messages(self.telegram.group_id)
            return sum(text in str(post.get("text", "")) + str(post.get("caption", "")) for post in posts) >= times

        await self.changes.wait_for(shown, 20.0, what=f"the group to show {text!r}")

    def environment(self, folder: Path) -> dict[str, str]:
        """The settings that point Gişe at these platforms, with its data in `folder`."""
        return {
            "GISE_TELEGRAM__TOKEN": self.telegram.token,
            "GISE_TELEGRAM__API_BASE": self.telegram.base_url,
            "GISE_TELEGRAM__AGENT_GROUP_ID": str(self.telegram.group_id),
            "GISE_TELEGRAM__GROUP_WRITES_PER_MINUTE": "0",
            "GISE_WHATSAPP__TOKEN": self.whatsapp.token,
            "GISE_WHATSAPP__PHONE_NUMBER_ID": self.whatsapp.phone_number_id,
            "GISE_WHATSAPP__BUSINESS_ACCOUNT_ID": self.whatsapp.business_account_id,
            "GISE_WHATSAPP__APP_SECRET": self.whatsapp.app_secret,
            "GISE_WHATSAPP__VERIFY_TOKEN": self.whatsapp.verify_token,
            "GISE_WHATSAPP__API_BASE": self.whatsapp.base_url,
            "GISE_ADMINS": f"[{ADMIN}]",
            "GISE_DATA_DIR": str(folder / "data"),
            "GISE_HTTP__PORT": "0",
        }


@dataclass(frozen=True)
class Town(Outside):
    """And Gişe, opened in front of them."""

    app: App
    settings: Settings

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.app.port}"


@asynccontextmanager
async def outside(folder: Path, secrets: Secrets) -> AsyncIterator[Outside]:
    """The platforms, listening; rates are not in force."""
    clock, changes = SandboxClock(folder / "offset"), Changes()
    telegram = TelegramServer(clock, changes, limits=False, token=secrets.bot_token)
    whatsapp = WhatsAppServer(
        clock,
        changes,
        limits=False,
        token=secrets.access_token,
        app_secret=secrets.app_secret,
        verify_token=secrets.verify_token,
    )
    people = tuple(map(Somebody, range(PEOPLE)))
    await telegram.start()
    await whatsapp.start()
    telegram.add_user(ADMIN, "Deniz", username="deniz")
    telegram.join_group(ADMIN, status="administrator")
    for who in people:
        whatsapp.add_contact(who.phone, who.name)
        telegram.add_user(who.user_id, who.name, language_code="tr")
    yield Outside(telegram, whatsapp, changes, people)
    await telegram.stop()
    await whatsapp.stop()


@asynccontextmanager
async def town(folder: Path, secrets: Secrets) -> AsyncIterator[Town]:
    """Everything running."""
    async with outside(folder, secrets) as there:
        settings = load_settings(there.environment(folder), None)
        async with opened(settings) as app:
            there.whatsapp.webhook_url = f"http://127.0.0.1:{app.port}/webhooks/whatsapp"
            yield Town(there.telegram, there.whatsapp, there.changes, there.people, app, settings)


def canaries(people: tuple[Somebody, ...], secrets: Secrets) -> dict[str, str]:
    """Every text to look for, by what it is; phones also as they hide in WhatsApp's message ids."""
    found = {f"secret {number}": secret for number, secret in enumerate(secrets.all())}
    for who in people:
        found |= {f"name {who.number}": who.name, f"words {who.number}": who.words, f"phone {who.number}": who.phone}
        found |= {f"phone {who.number}, cut": who.phone[2:], f"name {who.number}, escaped": ascii(who.name)[1:-1]}
        for shift in range(3):
            packed = base64.b64encode(b"x" * shift + who.phone.encode()).decode()
            found[f"phone {who.number}, packed {shift}"] = packed[shift + 1 : 14]
    return found


def hits(text: str, wanted: dict[str, str]) -> list[str]:
    """Which canaries stand in a text."""
    return [name for name, canary in wanted.items() if canary in text]


@contextmanager
def everything_logged(secrets: tuple[str, ...]) -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """The real set-up of logging at its most talkative, once as text and once as JSON."""
    root = logging.getLogger()
    before = root.handlers, root.level
    talkative = {name: logging.getLogger(name).level for name in ("aiohttp", "httpx", "aiogram", "pywa", "tortoise")}
    as_text, as_json = io.StringIO(), io.StringIO()
    set_up_logging("DEBUG", secrets=secrets, stream=as_text)
    [first] = root.handlers
    set_up_logging("DEBUG", as_json=True, secrets=secrets, stream=as_json)
    root.handlers.append(first)
    try:
        yield as_text, as_json
    finally:
        structlog.reset_defaults()
        logging.captureWarnings(False)
        root.handlers, root.level = before
        for name, level in talkative.items():
            logging.getLogger(name).setLevel(level)
