"""One whole life of a ticket, told from outside: what people do, whatever happens to the process."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from tortoise.exceptions import OperationalError

from bot import inbox
from bot.domain.message import Person, ReceiptStatus
from bot.domain.press import Verb, decode
from bot.domain.ticket import Ticket
from bot.ports import Item
from store import db
from store import inbox as inbox_store
from tests.builders import ELIF
from tests.proofs import simulation_agents as agents
from tests.proofs import simulation_customers as customers
from tests.proofs.invariants import broken, damage, unhealed
from tests.proofs.simulation_stage import Stage, chat_of
from tests.proofs.steps import Fate, Killed, MortalPlatforms, opened, survived

_CURSOR: Final = "telegram:42"
_TURNS: Final = 200
_PAUSE_SECONDS: Final = 60.0


class Life(Stage):
    """A stage with one customer, whose process may die and is started again."""

    def __init__(self, file: Path, who: Person, fate: Fate) -> None:
        super().__init__(file.parent)
        self.who = who
        self.fate = fate
        self.resent = 0
        self._file = file
        self._unanswered: list[Item] = []
        self._polled: list[Item] = []
        self._pressed: set[str] = set()
        mortal = MortalPlatforms(self.clock)
        mortal.fate = fate
        self.platforms = self.telegram.platforms = self.whatsapp.platforms = mortal

    async def accepted(self, items: list[Item]) -> None:
        """The platform has them and will go on offering them."""
        for item in items:
            (self._polled if item.channel == self.telegram.name else self._unanswered).append(item)

    async def lives(self) -> None:
        """From the first word to the thanks."""
        asyncio.get_running_loop().set_exception_handler(_unless_killed)
        await opened(self._file, self.fate)
        try:
            for step in _SCRIPT:
                await step(self)
                await self.settles()
                self.clock.move(_PAUSE_SECONDS)
        except BaseException:
            await db.close_database()
            raise

    async def settles(self) -> None:
        """Until nothing is under way and everybody saw what was meant for them."""
        for _ in range(_TURNS):
            if not await survived(self._turn):
                await self._rises()
            elif not await self._something_left():
                return
        raise AssertionError("the house does not come to rest")

    async def _turn(self) -> None:
        """One round of everything a living process does; what the database refuses is tried in the next one."""
        with self.fate.wakes():
            try:
                await self._takes_in()
                await self.works()
                await self.sweeps()
                await self.releases()
                await self.outbox.drain()
            except OperationalError:
                return

    async def _takes_in(self) -> None:
        """A webhook is repeated until it is answered; polling goes on from the offset in the database."""
        while self._unanswered:
            await inbox.accept(self.helpdesk, self._unanswered[:1])
            self._unanswered.pop(0)
        offset = await inbox_store.cursor(_CURSOR)
        if self._polled[offset:]:
            await inbox.accept(self.helpdesk, self._polled[offset:], (_CURSOR, len(self._polled)))

    async def _rises(self) -> None:
        """Nothing in memory is left, the files are as they were, another process starts."""
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await asyncio.gather(*left, return_exceptions=True)
        await db.close_database()
        self.fate.dead = False
        await opened(self._file, self.fate)
        await self.restarts(away_seconds=5)

    async def _something_left(self) -> bool:
        """Time goes by until something is due; whoever still misses something asks for it."""
        receipts = await self._receipts()
        wait = await self._next()
        if receipts or self._unanswered or len(self._polled) > await inbox_store.cursor(_CURSOR):
            return True
        # A doubt that agents were told of may go on: with a single customer no receipts of others end it.
        if await self._asks_again():
            return True
        self.clock.move(max(wait or 0.0, 1.0))
        return wait is not None

    async def _receipts(self) -> int:
        """WhatsApp tells of everything it took."""
        news = [taken for taken in self.receiptable() if ReceiptStatus.DELIVERED not in taken.told]
        for taken in news:
            await self.receipt(taken, ReceiptStatus.DELIVERED)
        return len(news)

    async def _asks_again(self) -> bool:
        """The agent who is told of an unknown outcome asks the customer, and sends again what did not arrive."""
        arrived = {taken.call.tracker for taken in self.platforms.taken if taken.call.chat == chat_of(self.who)}
        for token in agents.card_buttons(self):
            press = decode(token)
            if press is None or press.verb is not Verb.RESEND or token in self._pressed:
                continue
            self._pressed.add(token)
            if str(press.id) not in arrived:
                self.resent += 1
                await agents.presses_token(self, ELIF, token)
                return True
        return False

    async def wrong(self) -> list[str]:
        """Invariants that do not hold now that all is quiet."""
        seen = await self.seen()
        return [*broken(seen, self.witness), *unhealed(seen, self.witness), *await damage()]

    async def the_ticket(self) -> Ticket:
        found = await self.ticket(0)
        assert found is not None
        return found


def _unless_killed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Nobody waits for the tasks of a dead process."""
    if not isinstance(context.get("exception"), Killed):
        loop.default_exception_handler(context)


async def _presses(life: Life, verb: Verb, *, argument: str = "") -> None:
    """The newest button of that kind in the customer's chat."""
    for token, message_id in customers.buttons(life, life.who):
        press = decode(token)
        if press is not None and press.verb is verb and argument in {"", *press.arguments}:
            await customers.presses_token(life, life.who, token, message_id)
            return
    raise AssertionError(f"the customer sees no button {verb} {argument}")


def _writes(text: str = "") -> Callable[[Life], Awaitable[Any]]:
    """The customer writes: just that, or words with a mark."""

    async def step(life: Life) -> None:
        customers.WORDS.setdefault(text, text)
        await customers.writes(life, life.who, text or "plain")

    return step


def _customer_presses(verb: Verb, argument: str = "") -> Callable[[Life], Awaitable[Any]]:
    return lambda life: _presses(life, verb, argument=argument)


def _agent(act: Callable[..., Awaitable[bool]], *arguments: str) -> Callable[[Life], Awaitable[Any]]:
    async def step(life: Life) -> None:
        assert await act(life, ELIF, await life.the_ticket(), *arguments), "the agent sees no topic"

    return step


_SCRIPT: Final[tuple[Callable[[Life], Awaitable[Any]], ...]] = (
    _writes(),
    _customer_presses(Verb.INTAKE, "fault"),
    _writes("yazıcı"),
    _customer_presses(Verb.INTAKE, "only_me"),
    _writes("evet"),
    _agent(agents.answers),
    _agent(agents.notes),
    lambda life: customers.sends_file(life, life.who),
    _agent(agents.sends_file),
    _agent(agents.commands, "ask"),
    _writes(),
    _agent(agents.commands, "propose"),
    _customer_presses(Verb.REJECT),
    _writes("failing"),
    _agent(agents.commands, "propose"),
    _customer_presses(Verb.ACCEPT),
    _writes("thanks"),
)
