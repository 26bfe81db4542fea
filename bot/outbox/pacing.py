"""Rates: the platforms' limits as data, kept before the platform has to remind us."""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog

from bot.domain.channel import Capabilities, Rate
from bot.domain.errors import Reach, SendError
from bot.domain.ledger import WORDS, Errand, Op
from bot.helpdesk import HelpDesk
from bot.outbox.accounts import MAIN, Accounts
from bot.outbox.meters import Bucket, Meter, Window
from bot.outbox.turns import Turns
from bot.services.lanes import desk_place

_COUNTED = WORDS | {Op.EDIT, Op.REACT}
"""What the platforms count of what is done at customers; WhatsApp's reactions are messages."""
_UNLIMITED = Rate(seconds=0.0, burst=1)
_BUCKETS_KEPT = 10_000
_FIRST_CHANNEL_PAUSE = 1.0
_LONGEST_CHANNEL_PAUSE = 60.0
"""Seconds between two tries of a channel that refused us as a whole; each try doubles them."""
_HEAD_START = 1.0
"""Seconds by which what only the main account can do goes ahead of what others can do, too."""

_TURN_OF_THE_OLD = 5
"""In a busy group every so many writes one goes to whoever waits longest, so that nothing urgent enough starves."""

_FIRST_PAUSE_MS = 500
_LONGEST_PAUSE_MS = 60_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How an errand into a group can be done: by which bot accounts, at the cost of how many writes."""

    accounts: tuple[int, ...] = (MAIN,)
    cost: int = 1


def backoff_ms(attempts: int) -> int:
    """How long an errand rests after so many tries: a second, then twice as long each time, a minute at most."""
    return int(min(_LONGEST_PAUSE_MS, _FIRST_PAUSE_MS * 2 ** min(attempts, 10)))


class Pacer:
    """Keeps the rates of people and channels, meters what each bot account writes into each agents' group, and
    remembers the pauses a platform asked for. A lane has one errand at a time, so any account may do the next."""

    def __init__(self, helpdesk: HelpDesk) -> None:
        self._clock = helpdesk.clock
        self._channels = helpdesk.channels
        self._buckets: dict[str, Bucket] = {}
        self._windows: dict[str, Window] = {}
        self._desk = helpdesk.desk
        self._limit = helpdesk.desk.capabilities.group_writes_per_minute
        self._meters: dict[str, dict[int, Meter]] = {}
        self._chosen: dict[str, int] = {}
        self._main_until: dict[str, float] = {}
        self._stopped_until: dict[str, float] = {}
        self._resting_until: dict[str, float] = {}
        self._channel_pause: dict[str, float] = {}
        self._scarce_writes = 0
        self.accounts = Accounts(helpdesk)
        self.turns = Turns()
        self._cut_off: set[str] = set()
        self.stopped: dict[str, str] = {}

    def admit(self, errand: Errand, plan: Plan) -> float:
        """0 when the errand may go out now, else after how many seconds to ask again."""
        now = self._clock.monotonic()
        if errand.budget:
            return self._reserve(errand, plan, now)
        channel = self._channels.get(errand.channel)
        if channel is None or errand.op not in _COUNTED:
            return 0.0
        return self._admit_to_channel(errand, channel.capabilities, now)

    def _admit_to_channel(self, errand: Errand, limits: Capabilities, now: float) -> float:
        """The channel's room is looked at first and taken last, so that nobody's turn is lost to a pause."""
        window = self._window(errand.channel, limits.rate)
        pause = window.pause_behind(now) or self._take_of_the_person(errand, limits.rate_per_person, now)
        if not pause:
            window.took(now)
        return pause

    def _window(self, name: str, rate: Rate | None) -> Window:
        return self._windows.setdefault(name, Window(rate or _UNLIMITED))

    def _bot(self, account: int) -> Window:
        """Telegram counts what a bot writes into groups and to people together; each helper is a bot of its own.

        Where the operator says that groups have no limit, what is written into them counts for nothing.
        """
        if not self._limit:
            return self._window("unlimited", None)
        name = self._desk.name if account == MAIN else f"{self._desk.name}:{account}"
        return self._window(name, self._desk.capabilities.rate)

    def _reserve(self, errand: Errand, plan: Plan, now: float) -> float:
        """Choose the emptiest account that has room; of equals a helper, which can do nothing else."""
        cost = min(plan.cost, self._limit) if self._limit else plan.cost
        able = self.accounts.serving(errand.budget, plan.accounts)
        meters = {one: self._meter(errand.budget, one) for one in self._yielding(errand.budget, able, now)}
        pauses = {one: meter.pause(now, cost) or self._pause_of_bot(one, cost, now) for one, meter in meters.items()}
        free = [one for one, pause in pauses.items() if pause <= 0.0]
        if free:
            account = min(free, key=lambda one: meters[one].used(now))
            self._scarce_writes += meters[account].is_tight(now)
            meters[account].reserve(errand.id, cost, now)
            self._bot(account).took(now, cost)
            self._chosen[errand.lane] = account
            return 0.0
        if able == [MAIN]:
            # Cheaper errands behind it must not eat up the room it waits for.
            meters[MAIN].shut(now + pauses[MAIN])
            self._main_until[errand.budget] = now + pauses[MAIN] + _HEAD_START
        return min(pauses.values())

    def _pause_of_bot(self, account: int, cost: int, now: float) -> float:
        """Customers' answers go first, but where they fill every second the group gets its few writes a minute."""
        window = self._bot(account)
        pause = window.pause(now, cost)
        window.keep(cost if pause else 0, now)
        return pause

    def is_turn_of_the_old(self) -> bool:
        """Whether the next write into a busy group goes by age instead of weight."""
        return self._scarce_writes % _TURN_OF_THE_OLD == _TURN_OF_THE_OLD - 1

    def _yielding(self, budget: str, able: list[int], now: float) -> list[int]:
        """Where others can do it, the main account's room is left to what it alone can do and what waits for it."""
        if able == [MAIN] or self._main_until.get(budget, 0.0) <= now:
            return able
        return [one for one in able if one != MAIN]

    def _meter(self, budget: str, account: int) -> Meter:
        return self._meters.setdefault(budget, {}).setdefault(account, Meter(self._limit))

    def _take_of_the_person(self, errand: Errand, rate: Rate | None, now: float) -> float:
        if rate is None:
            return 0.0
        person = errand.lane.partition(":file:")[0]
        bucket = self._buckets.get(person)
        if bucket is None:
            self._forget_idle(now)
            bucket = self._buckets[person] = Bucket(rate, now)
        return bucket.take(now)

    def _forget_idle(self, now: float) -> None:
        """People who were quiet for long start anew with a full bucket, so theirs need not be kept."""
        if len(self._buckets) > _BUCKETS_KEPT:
            self._buckets = {name: bucket for name, bucket in self._buckets.items() if not bucket.is_full(now)}

    def account_of(self, errand: Errand) -> int:
        """The bot account that was chosen for what its lane does now."""
        return self._chosen.get(errand.lane, MAIN)

    def done(self, errand: Errand) -> None:
        """The errand has ended; what it wrote was counted by `wrote`."""
        account = self._chosen.pop(errand.lane, None)
        if account is not None:
            self._meter(errand.budget, account).release(errand.id)

    def is_tight(self, errand: Errand) -> bool:
        """The chosen account wrote into the group of late: bundle what can be bundled."""
        return self._meter(errand.budget, self.account_of(errand)).is_tight(self._clock.monotonic())

    def wrote(self, errand: Errand, chat: str, *, account: int = MAIN, cost: int = 1) -> None:
        """So many more posts, edits or topic calls of this account in this group."""
        self._meter(desk_place(chat), account).wrote(errand.id, cost, self._clock.monotonic())

    def recall(self, budget: str, account: int, ages: Iterable[float]) -> None:
        """Writes into a group so many seconds ago, by another process than this."""
        now = self._clock.monotonic()
        self._meter(budget, account).recall(now - age for age in ages)

    def obey(self, errand: Errand, error: SendError) -> float:
        """The platform asked this account for a pause; returns after how many seconds to try this errand again.

        Nothing more of this account goes into this group before the pause is over; another may go on at once. Where the
        number or account as a whole was too quick, the channel rests, and nothing is wrong with it.
        """
        seconds, until = error.retry_after, self._clock.monotonic() + error.retry_after
        if error.reach is Reach.SENDER:
            self._resting_until[errand.channel] = max(until, self._resting_until.get(errand.channel, 0.0))
        if not errand.budget:
            return seconds
        account = self.account_of(errand)
        self._meter(errand.budget, account).shut(until)
        return seconds if self.accounts.serving(errand.budget) == [account] else 0.0

    def spent(self) -> list[str]:
        """Budgets that must not be used now, by whichever account."""
        now = self._clock.monotonic()
        return [
            budget
            for budget in self._meters
            if all(self._meter(budget, one).pause(now) > 0.0 for one in self.accounts.serving(budget))
        ]

    def stop_channel(self, channel: str, error: SendError) -> None:
        """The channel refuses us altogether: keep its queue, try again now and then, let health tell."""
        log.error("channel stopped", channel=channel, error=error.key, code=error.code)
        self.stopped[channel] = error.key
        now = self._clock.monotonic()
        if self._stopped_until.get(channel, 0.0) > now:
            return
        pause = self._channel_pause.get(channel, _FIRST_CHANNEL_PAUSE)
        self._stopped_until[channel] = now + pause
        self._channel_pause[channel] = min(_LONGEST_CHANNEL_PAUSE, 2 * pause)

    def closed_channels(self) -> list[str]:
        now = self._clock.monotonic()
        ends = [*self._stopped_until.items(), *self._resting_until.items()]
        return [channel for channel, until in ends if until > now]

    def cut_off(self, channel: str) -> None:
        """No connection came about."""
        self._cut_off.add(channel)

    def is_back(self, channel: str) -> bool:
        """Whether a call that went through is the first since connections failed; says so once."""
        was = channel in self._cut_off
        self._cut_off.discard(channel)
        return was

    def works(self, errand: Errand) -> None:
        """A call went through; a helper's says nothing about the channel, whose updates the main account has."""
        account = self.account_of(errand)
        if account != MAIN:
            self.accounts.works(account, errand.budget)
            return
        self.stopped.pop(errand.channel, None)
        self._stopped_until.pop(errand.channel, None)
        self._channel_pause.pop(errand.channel, None)
