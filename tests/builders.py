"""Events and people as the tests need them, and a help desk with a real database behind it."""

from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from adapters.telegram.capabilities import CAPABILITIES as TELEGRAM
from adapters.whatsapp.limits import CAPABILITIES as WHATSAPP
from bot import inbox
from bot.domain.intake import IntakeForm
from bot.domain.message import Content, DeskPlace, Inbound, Person, Pressed, Receipt, ReceiptStatus, Said
from bot.domain.people import Conversation
from bot.domain.ticket import Ticket
from bot.helpdesk import HelpDesk, Intake, Policies
from bot.outbox import Outbox
from bot.services import upkeep
from bot.texts import Texts
from config.policies import SHIPPED, load_intake
from store import conversations, desk, outbox, tickets
from store import inbox as inbox_store
from store.sql import rows
from tests.fakes import FakeChannel, FakeDesk, HandClock

GROUP = "-1009000000001"
ADMIN_ID = 900_000
OF_CLOCKS = ("🔁", "🔥", "⏳", "⏱")
"""How lines in the group begin that tell of a clock, and of a ticket that goes from hand to hand because of one."""

AYSE = Person(keys=("phone:900000000001",), name="Ayşe", phone="900000000001")
MEHMET = Person(keys=("phone:900000000002",), name="Mehmet", phone="900000000002")
ZEYNEP = Person(keys=("tg:800001",), name="Zeynep")

BOSS = Person(keys=(f"tg:{ADMIN_ID}",), name="Selin", username="selin")
ELIF = Person(keys=("tg:900001",), name="Elif", username="elif")
DENIZ = Person(keys=("tg:900002",), name="Deniz", username="deniz")

_external_ids = count(1)
_COUNTS = """
SELECT (SELECT count(*) FROM ticket) AS ticket, (SELECT count(*) FROM history) AS history,
    (SELECT count(*) FROM message) AS message, (SELECT count(*) FROM post) AS post,
    (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM timer) AS timer,
    (SELECT count(*) FROM conversation) AS conversation, (SELECT count(*) FROM requester) AS requester,
    (SELECT count(*) FROM audit) AS audit"""


def content(text: str | Content) -> Content:
    return text if isinstance(text, Content) else Content(text=text)


@dataclass(kw_only=True)
class House:
    """A help desk on fakes. What people do goes through the inbox; what leaves, leaves when `deliver` is called."""

    helpdesk: HelpDesk
    clock: HandClock
    telegram: FakeDesk
    whatsapp: FakeChannel
    outbox: Outbox

    async def takes_in(self, channel: FakeChannel, *events: Inbound) -> list[inbox.Outcome]:
        """Events through the door, in order; what became of each."""
        found = []
        for event in events:
            await inbox.accept(self.helpdesk, [channel.stage(event)])
            found.append(await self.works())
        return found

    async def works(self) -> inbox.Outcome:
        """The one item that waits, worked on."""
        row = (await inbox_store.claim(self.helpdesk.epoch, self.clock.now(), inbox.LEASE_MS, 1))[0]
        return await inbox.work(self.helpdesk, row)

    async def customer(self, text: str | Content, who: Person = AYSE, **fields: Any) -> inbox.Outcome:
        """A customer writes: on Telegram if that is where they live, else on WhatsApp."""
        event = Said(author=who, at=self.clock.now(), content=content(text), external_id=new_id("c"))
        return (await self.takes_in(self.home(who), replace(event, **fields)))[0]

    async def presses(self, token: str, who: Person = AYSE, **fields: Any) -> inbox.Outcome:
        press_id = new_id("press") if who.keys[0].startswith("tg:") else ""
        event = Pressed(author=who, at=self.clock.now(), token=token, press_id=press_id)
        return (await self.takes_in(self.home(who), replace(event, **fields)))[0]

    async def agent(
        self, text: str | Content, ticket: Ticket | None = None, who: Person = ELIF, **fields: Any
    ) -> inbox.Outcome:
        """An agent writes in the ticket's topic, or in the general one."""
        return (await self.takes_in(self.telegram, await self.agents_words(text, ticket, who, **fields)))[0]

    async def agents_words(
        self, text: str | Content, ticket: Ticket | None = None, who: Person = ELIF, **fields: Any
    ) -> Said:
        place = await self.place(ticket)
        event = Said(
            author=who, at=self.clock.now(), desk=place, content=content(text), external_id=f"{GROUP}:{new_id('a')}"
        )
        return replace(event, **fields)

    async def desk_press(self, token: str, who: Person = ELIF) -> inbox.Outcome:
        event = Pressed(
            author=who, at=self.clock.now(), desk=DeskPlace(chat=GROUP), token=token, press_id=new_id("press")
        )
        return (await self.takes_in(self.telegram, event))[0]

    async def receipts(self, *statuses: ReceiptStatus, errand: int, code: str = "") -> None:
        sent = await outbox.by_id(errand)
        external_id = (sent.external_id if sent else "") or f"wamid-{errand}"
        for status in statuses:
            event = Receipt(
                external_id=external_id, status=status, at=self.clock.now(), tracker=str(errand), error_code=code
            )
            await self.takes_in(self.whatsapp, event)

    async def place(self, ticket: Ticket | None) -> DeskPlace:
        topic = await desk.topic(ticket.id) if ticket else None
        return DeskPlace(chat=GROUP, thread=topic.thread if topic else None)

    def home(self, who: Person) -> FakeChannel:
        return self.telegram if who.keys[0].startswith("tg:") else self.whatsapp

    async def deliver(self) -> None:
        """Everything that may go out now."""
        await self.outbox.drain()

    async def settles(self) -> None:
        """Everything goes out, however long the group's pace takes: the clock moves on meanwhile."""
        for _ in range(100):
            await self.deliver()
            if not await outgoing(state="pending"):
                return
            self.clock.move(3)
        raise AssertionError("the outbox does not become empty")

    async def waits(self, seconds: float) -> list[str]:
        """Time moves on, timers are looked at, everything goes out; what the group was told of clocks meanwhile."""
        before = len(self.telegram.said(GROUP))
        self.clock.move(seconds)
        await upkeep.sweep(self.helpdesk)
        await self.settles()
        return [words for words in self.telegram.said(GROUP)[before:] if words.startswith(OF_CLOCKS)]

    async def opened(self, text: str = "Yazıcı çalışmıyor", who: Person = AYSE) -> Ticket:
        """A fresh ticket whose first messages are out and whose topic is there; its questions were skipped."""
        await self.customer(text, who)
        ticket = await self.ticket()
        await self.presses(f"i:{ticket.id}:type:-", who)
        await self.deliver()
        return await self.ticket()

    async def ticket(self) -> Ticket:
        """The newest one, as it is now."""
        return (await tickets.listing(live_only=False, limit=1))[0]

    async def again(self, ticket: Ticket) -> Ticket:
        found = await tickets.get(ticket.id)
        assert found is not None
        return found

    async def conversation(self, who: Person = AYSE) -> Conversation:
        found = await conversations.find(self.home(who).name, who)
        assert found is not None
        return found


def new_id(prefix: str) -> str:
    return f"{prefix}-{next(_external_ids)}"


@cache
def shipped_texts() -> Texts:
    return Texts([SHIPPED / "locales"])


@cache
def shipped_intake() -> IntakeForm:
    return load_intake(None)


def policies(**changes: Any) -> Policies:
    usual = Policies(
        locale="tr", zone=ZoneInfo("Europe/Istanbul"), intake=Intake(shipped_intake), admins=frozenset({ADMIN_ID})
    )
    return replace(usual, **changes)


def house(files: Path, *, telegram: FakeDesk | None = None, **changes: Any) -> House:
    """A help desk with both channels; `changes` are policies that differ from the usual ones."""
    clock = HandClock()
    account = telegram or FakeDesk("telegram", TELEGRAM, GROUP)
    whatsapp = FakeChannel("whatsapp", WHATSAPP)
    helpdesk = HelpDesk(
        clock=clock,
        epoch="this-process",
        policies=policies(**changes),
        texts=shipped_texts(),
        channels={"telegram": account, "whatsapp": whatsapp},
        desk=account,
        files=files,
    )
    return House(helpdesk=helpdesk, clock=clock, telegram=account, whatsapp=whatsapp, outbox=Outbox(helpdesk))


async def counted() -> dict[str, int]:
    """How many rows each table has; who was seen in the group is counted apart, by `desk.agents`."""
    found: dict[str, int] = (await rows(_COUNTS))[0]
    return found


async def outgoing(**columns: Any) -> list[dict[str, Any]]:
    """Rows of the outbox in order, those with these values."""
    found = await rows("SELECT * FROM outbox ORDER BY id")
    return [row for row in found if all(row[name] == value for name, value in columns.items())]
