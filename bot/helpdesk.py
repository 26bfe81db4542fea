"""HelpDesk: what every use case is given first."""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.intake import IntakeForm, in_language
from bot.domain.outgoing import Template
from bot.domain.restraint import Restraint
from bot.domain.sla.policy import NO_PROMISES, Sla
from bot.domain.ticket import Ticket
from bot.domain.timers import TimerKind, deadlines, patience
from bot.ports import Channel, Clock, Desk, Space
from bot.shares import Shares
from bot.texts import Texts

_MINUTE_MS = 60_000
_IDLE_SECONDS = 1.0


class Intake:
    """The questions in force, as `form`; `load` reads the operator's file and raises `GiseError` for a mistake."""

    def __init__(self, load: Callable[[], IntakeForm]) -> None:
        self.load = load
        self.form = load()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The rules this desk runs by. `locale` is the desk's own language and the customers' default.

    `templates` names the approved templates for a shut window by what they are for: `answer`, `reminder`,
    `closed`, `no_news`.
    """

    locale: str
    zone: ZoneInfo
    intake: Intake
    intake_minutes: int = 10
    auto_close_days: int = 4
    reopen_days: int = 7
    plain_is_note: bool = False
    require_role: bool = False
    admins: frozenset[int] = frozenset()
    templates: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Levels:
    """The service levels in force; `load` reads the operator's files anew and raises `GiseError` for a mistake.

    `former` are those that open tickets may still stand under: the first ones since all tickets followed, and the
    latest. After a start nobody knows them.
    """

    sla: Sla = NO_PROMISES
    load: Callable[[], Sla] = lambda: NO_PROMISES
    former: tuple[Sla, ...] = ()

    def change(self, sla: Sla) -> None:
        """These levels hold from now on, and the tickets have yet to follow."""
        self.former = (*self.former[:1], self.sla)
        self.sla = sla

    @property
    def asks(self) -> frozenset[str]:
        """The facts that decide about policy or calendar, now or before."""
        return frozenset().union(*(sla.asks for sla in (self.sla, *self.former)))


class Bell(asyncio.Event):
    """A wake-up that other processes may hear, too: `tell` is called when it is rung here."""

    tell: Callable[[], None] | None = None

    def set(self) -> None:
        """Ring it, here and elsewhere."""
        self.hear()
        if self.tell is not None:
            self.tell()

    def hear(self) -> None:
        """It was rung elsewhere."""
        super().set()


async def rung(bell: asyncio.Event) -> None:
    """Wait for a bell, and for no longer than what was missed may wait. After a failure a worker waits for `closing`:
    whatever else rings, the database has to come back first.
    """
    try:
        async with asyncio.timeout(_IDLE_SECONDS):
            await bell.wait()
    except TimeoutError:
        return


@dataclass(frozen=True, slots=True)
class Bells:
    """Wake-ups rung after a commit; the tables are the truth, so a bell that is missed costs a second at most."""

    inbox: Bell = field(default_factory=Bell)
    outbox: Bell = field(default_factory=Bell)
    account: asyncio.Event = field(default_factory=asyncio.Event)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self) -> None:
        """Closing time: the workers finish what they have in hand and claim nothing more."""
        for bell in (self.closing, self.inbox, self.outbox):
            bell.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpDesk:
    """Clock, ids, policies, texts, channels and desk. `epoch` signs every claim of this process.

    `channels` are the customers' ways in, by name; `desk` is the agents' side; `files` is the folder for media;
    `space` tells how much room its disk has.
    """

    clock: Clock
    epoch: str
    policies: Policies
    texts: Texts
    channels: Mapping[str, Channel]
    desk: Desk
    files: Path
    space: Callable[[Path], Space] = shutil.disk_usage
    bells: Bells = field(default_factory=Bells)
    levels: Levels = field(default_factory=Levels)
    restraint: Restraint = field(default_factory=Restraint)
    shares: Shares = field(default_factory=Shares)

    @property
    def form(self) -> IntakeForm:
        """What new tickets are asked for."""
        return self.policies.intake.form

    def now(self) -> int:
        return self.clock.now()

    def year(self) -> int:
        """The year new ticket numbers carry, in the desk's time zone."""
        return datetime.fromtimestamp(self.now() / 1000, self.policies.zone).year

    def deadlines(self, ticket: Ticket) -> Mapping[TimerKind, int]:
        return deadlines(ticket, auto_close_days=self.policies.auto_close_days, sla=self.levels.sla)

    def patience(self, ticket: Ticket, locale: str = "") -> str:
        """How many days of silence close the ticket, as people write it: "4 days", "3 working days"."""
        days = patience(ticket, self.policies.auto_close_days, self.levels.sla)
        key = "working-days" if self.levels.sla.auto_close.calendar else "calendar-days"
        return self.text(locale or self.policies.locale, key, count=days)

    def template(self, purpose: str, locale: str, number: str, *, button: str = "") -> Template | None:
        """The template for that purpose, about the ticket with this number; `None` where none is configured."""
        name = self.policies.templates.get(purpose)
        if name is None:
            return None
        return Template(name=name, language=locale, parameters=(number,), buttons=(button,) if button else ())

    def text(self, locale: str, key: str, **values: str | int) -> str:
        return self.texts.text(locale, key, **values)

    def desk_text(self, key: str, **values: str | int) -> str:
        """A sentence for agents, in the desk's language."""
        return self.texts.text(self.policies.locale, key, **values)

    def field_label(self, locale: str, question_id: str) -> str:
        """The short name of a question, as it stands on the card; of one that is asked no more, its id."""
        question, built_in = self.form.question(question_id), f"field-{question_id}"
        if question is not None and question.labels:
            return in_language(question.labels, locale)
        return self.text(locale, built_in) if self.texts.has(built_in) else question_id

    def moment(self, locale: str, instant: int) -> str:
        """An instant as people of that language write it ("26 Kas 2026 09:00"), in the desk's time zone."""
        return self.texts.date_time(locale, instant, self.policies.zone)

    def soon(self, instant: int, locale: str = "", zone: ZoneInfo | None = None) -> str:
        """An instant as people say it now ("yarın 09:00"); in the desk's language and zone unless others are given."""
        return self.texts.day_time(locale or self.policies.locale, instant, self.now(), zone or self.policies.zone)

    def length(self, ms: int, locale: str = "") -> str:
        """Hours and minutes as people write them ("1 sa 30 dk"), rounded up."""
        hours, minutes = divmod(-(-ms // _MINUTE_MS), 60)
        return self.text(locale or self.policies.locale, "length-of-time", hours=hours, minutes=minutes)
