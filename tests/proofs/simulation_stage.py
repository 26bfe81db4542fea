"""A help desk between two platforms with moods: what is offered at the door, what time does, and who saw what."""

from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random

from bot import inbox
from bot.domain.message import (
    DeskPlace,
    Edited,
    Inbound,
    MemberChanged,
    Person,
    Pressed,
    Reachable,
    Reacted,
    Receipt,
    ReceiptStatus,
    Revoked,
    Said,
)
from bot.domain.ticket import Ticket
from bot.helpdesk import Bells, HelpDesk
from bot.outbox import Outbox, recover
from bot.ports import Item
from bot.services import upkeep
from store import desk, tickets, timers
from store import inbox as inbox_store
from store.sql import rows
from tests.builders import ADMIN_ID, AYSE, BOSS, DENIZ, ELIF, GROUP, MEHMET, ZEYNEP, policies, shipped_texts
from tests.fakes import HandClock
from tests.proofs.invariants import Heard, Witness, look, new_mark
from tests.proofs.invariants_seen import Seen, marks
from tests.proofs.simulation_door import Door
from tests.proofs.simulation_platform import Platforms, Taken, WildTelegram, WildWhatsApp

HASAN = Person(keys=("tg:800002",), name="Hasan")
CUSTOMERS = (AYSE, ZEYNEP, MEHMET, HASAN)
AGENTS = (ELIF, DENIZ, BOSS)
TEMPLATES = {"answer": "answer_waits", "reminder": "reminder", "closed": "closed", "no_news": "no_news"}
CustomersEvent = Said | Edited | Revoked | Reacted | Pressed | Reachable
DesksEvent = Said | Edited | Reacted | Pressed | MemberChanged
_LONG = 1e6


def chat_of(who: Person) -> str:
    return who.keys[0].partition(":")[2]


def _has_news(taken: Taken, until: float) -> bool:
    """Whether the first receipt of this call comes by then."""
    return not (taken.undone or taken.told) and taken.news_at <= until


class Stage:
    """One help desk, its customers and agents. `events` counts what was offered at the door."""

    def __init__(
        self, files: Path, *, random: Random | None = None, chance: float = 0.0, templates: bool = True
    ) -> None:
        self.clock = HandClock()
        self.platforms = Platforms(self.clock, random, chance)
        self.telegram, self.whatsapp = WildTelegram(self.platforms), WildWhatsApp(self.platforms)
        self.helpdesk = HelpDesk(
            clock=self.clock,
            epoch="process-0",
            policies=policies(templates=TEMPLATES if templates else {}),
            texts=shipped_texts(),
            channels={"telegram": self.telegram, "whatsapp": self.whatsapp},
            desk=self.telegram,
            files=files,
        )
        self.outbox = Outbox(self.helpdesk)
        self.witness = Witness(groups=self.platforms.groups, leads=frozenset({ADMIN_ID}))
        self.items: list[Item] = []
        self.door = Door(self.accepted, random, self.platforms.hits, chance)
        self.written: dict[str, list[str]] = {}
        self._numbers = count(1)

    @property
    def events(self) -> int:
        return len(self.items)

    def home(self, who: Person) -> WildTelegram | WildWhatsApp:
        return self.telegram if who.keys[0].startswith("tg:") else self.whatsapp

    def at(self) -> int:
        """Platforms tell the time in whole seconds."""
        return self.clock.now() // 1000 * 1000

    def number(self) -> int:
        return next(self._numbers)

    def mark(self, kind: str, owner: str) -> str:
        """A new word that only `owner`'s chat may see."""
        mark = new_mark(kind, self.number())
        self.witness.owners[mark] = owner
        return mark

    # What platforms bring to the door.

    async def offer(self, channel: WildTelegram | WildWhatsApp, event: Inbound, lane: str, key: str = "") -> None:
        """An update of a platform. The platform goes on offering it until it was accepted."""
        item = channel.stage(event, lane, key)
        self.items.append(item)
        await self.door.brings(item)

    async def accepted(self, items: list[Item]) -> None:
        await inbox.accept(self.helpdesk, items)

    async def says(self, who: Person, event: CustomersEvent, external_id: str = "", *, kept: bool = True) -> None:
        """Something a customer does; with an `external_id` it is a message, perhaps one for the ledger."""
        chat, channel = chat_of(who), self.home(who)
        self.platforms.spoken[chat] = self.clock.now()
        if external_id:
            heard = Heard(external_id=external_id, channel=channel.name, chat=chat, order=self.number(), kept=kept)
            self.witness.heard[external_id] = heard
            self.written.setdefault(chat, []).append(external_id)
        await self.offer(channel, event, chat, external_id)

    async def desk_says(self, event: DesksEvent, key: str = "") -> None:
        """Something that happens in the agents' group; each topic is a stream of its own."""
        place = event.desk
        await self.offer(self.telegram, event, f"{GROUP}:{place.thread if place else ''}", key)

    async def receipt(self, taken: Taken, status: ReceiptStatus, code: str = "") -> None:
        taken.told.append(status)
        if status is ReceiptStatus.FAILED:
            taken.undone = True
            self.witness.unordered.update(marks(taken.call.words))
        event = Receipt(
            external_id=taken.external_id, status=status, at=self.at(), tracker=taken.call.tracker, error_code=code
        )
        key = f"status:{taken.external_id}:{status}"
        await self.offer(self.whatsapp, event, f"status:{taken.external_id}", key)

    async def repeats(self, pick: int, *, anew: bool) -> None:
        """A platform repeats itself; with words of customers it may forget (`anew`) that it said so before."""
        item = self.items[-1 - pick % len(self.items)]
        heard = self.witness.heard.get(item.key)
        await self.door.repeats(item, under_another_key=anew and heard is not None and heard.kept)
        await self.works()

    # What goes on in the house.

    async def works(self) -> None:
        """Everything that waits in the inbox and may be worked on now."""
        while await inbox.drain(self.helpdesk):
            pass

    async def sweeps(self) -> None:
        await upkeep.sweep(self.helpdesk)

    async def releases(self) -> None:
        """What the scheduler does now and then with claims whose lease has ended."""
        await inbox_store.release_orphans(self.helpdesk.epoch, self.clock.now())
        await self.outbox.recover()

    async def restarts(self, away_seconds: float = 0.0) -> None:
        """The process is gone without a word, and another one takes its place."""
        self.clock.move(away_seconds)
        self.helpdesk = replace(self.helpdesk, epoch=f"process-{self.number()}", bells=Bells())
        self.outbox = Outbox(self.helpdesk)
        await inbox_store.release_orphans(self.helpdesk.epoch, self.clock.now())
        await recover(self.helpdesk, all_others=True)
        await timers.release_orphans(self.helpdesk.epoch)
        self.door.forget_who_knocks()
        await self.proofs()

    async def unsure(self) -> list[Taken]:
        """Calls of WhatsApp's that were taken and that the house does not know to be out."""
        found = await rows(
            "SELECT id FROM outbox WHERE channel = 'whatsapp' AND state IN ('pending', 'sending', 'uncertain')"
        )
        trackers = {str(row["id"]) for row in found}
        return [taken for taken in self.receiptable() if not taken.undone and taken.call.tracker in trackers]

    async def proofs(self, seconds: float = _LONG) -> None:
        """The receipts of calls that the house does not know to be out, as many as come within the next `seconds`."""
        anything = await self.door.brings_the_rest()
        until = self.clock.now() + seconds * 1000
        for taken in await self.unsure() if any(_has_news(taken, until) for taken in self.receiptable()) else ():
            if _has_news(taken, until):
                await self.receipt(taken, ReceiptStatus.SENT)
                anything = True
        if anything:
            await self.works()

    def receiptable(self) -> list[Taken]:
        return [taken for taken in self.platforms.taken if taken.channel == "whatsapp" and taken.call.tracker]

    def failable(self) -> list[Taken]:
        """Messages that the platform may still give up: nothing was said of an arrival."""
        arrived = {ReceiptStatus.DELIVERED, ReceiptStatus.READ}
        return [taken for taken in self.receiptable() if not taken.undone and not arrived & {*taken.told}]

    async def passes(self, seconds: float) -> None:
        """Time goes by."""
        await self.proofs(seconds)
        self.clock.move(seconds)

    # What people can point at.

    async def ticket(self, pick: int) -> Ticket | None:
        """One of the tickets there are; 0 is the newest."""
        newest = (await rows("SELECT max(id) AS id FROM ticket"))[0]["id"]
        return await tickets.get(newest - pick % newest) if newest else None

    async def ticket_by_id(self, ticket_id: int) -> Ticket:
        found = await tickets.get(ticket_id)
        if found is None:
            raise LookupError(f"there is no ticket {ticket_id}")
        return found

    async def place(self, ticket: Ticket) -> DeskPlace | None:
        """The ticket's topic, once it is there."""
        topic = await desk.topic(ticket.id)
        return DeskPlace(chat=topic.chat, thread=topic.thread) if topic and topic.thread else None

    async def chat(self, ticket: Ticket) -> str:
        """The customer's chat of a ticket."""
        key = (
            await rows(
                "SELECT key FROM identity WHERE conversation_id = ? ORDER BY rank, id LIMIT 1", ticket.conversation_id
            )
        )[0]["key"]
        return str(key).partition(":")[2]

    def posts(self) -> list[str]:
        """Ids of what stands in the agents' group: our posts and the agents' own words."""
        ours = [taken.external_id for taken in self.platforms.seen_by(GROUP)]
        return [*ours, *self.written.get(GROUP, [])]

    # The end, and the judgement.

    async def seen(self) -> Seen:
        """The database and the witness as of now."""
        self.witness.now = self.clock.now()
        self.witness.unordered |= self.platforms.wrongly_shut
        self.witness.calls = [(taken.channel, taken.call) for taken in self.platforms.taken if not taken.undone]
        return await look()

    async def heals(self) -> None:
        """Everything works again, and all queues are given their time."""
        self.platforms.heal()
        for _ in range(400):
            await self.proofs()
            await self.sweeps()
            await self.releases()
            await self.outbox.drain()
            await self.works()
            wait = await self._next()
            if wait is None:
                return
            await self.passes(min(max(wait, 60.0), 310.0))

    async def _next(self) -> float | None:
        """Seconds until something is due of what is under way; `None` when nothing is."""
        now = self.clock.now()
        due = await rows(
            """
            SELECT min(due) AS due FROM (
                SELECT min(due_at) AS due FROM outbox WHERE state = 'pending'
                UNION ALL SELECT min(due_at) FROM outbox WHERE state = 'uncertain' AND channel = 'whatsapp'
                UNION ALL SELECT min(lease_until) FROM outbox WHERE state = 'sending'
                UNION ALL SELECT min(due_at) FROM inbox WHERE state = 'waiting'
                UNION ALL SELECT min(lease_until) FROM inbox WHERE state = 'claimed'
                UNION ALL SELECT min(lease_until) FROM timer WHERE state = 'claimed'
            )"""
        )
        return None if due[0]["due"] is None else (due[0]["due"] - now) / 1000
