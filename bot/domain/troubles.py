"""What can be wrong with the house as a whole: one table of names, how grave each is, and whom it can be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """A name for `/readyz`, the log and the metric `gise_trouble`."""

    INBOX_STUCK = "inbox-stuck"
    OUTBOX_STUCK = "outbox-stuck"
    TELEGRAM_REFUSED = "telegram-refused"
    TELEGRAM_UNREACHABLE = "telegram-unreachable"
    TELEGRAM_CONFLICT = "telegram-conflict"
    TELEGRAM_WEBHOOK = "telegram-webhook"
    TELEGRAM_DELIVERY = "telegram-delivery"
    WHATSAPP_REFUSED = "whatsapp-refused"
    WHATSAPP_UNREACHABLE = "whatsapp-unreachable"
    WHATSAPP_UNSUBSCRIBED = "whatsapp-unsubscribed"
    WHATSAPP_ACCOUNT = "whatsapp-account"
    GROUP_UNREACHABLE = "group-unreachable"
    GROUP_RIGHTS = "group-rights"
    HELPER_BOT = "helper-bot"
    DATABASE = "database"
    DISK_FULL = "disk-full"
    DISK_LOW = "disk-low"
    CLOCK = "clock"
    PARKED = "parked"
    JOBS = "jobs"


class Grade(StrEnum):
    """`red`: work does not get done, `/readyz` is 503. `degraded`: it does, and somebody should look: 200."""

    RED = "red"
    DEGRADED = "degraded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`told` and `over` are the texts for the agents' group. `silent`: the way to the group is itself what fails, so
        it is told only when it is over. `because`: troubles that explain this one; while one lasts it needs no alarm.
    One without texts has alarms of its own.
    """

    grade: Grade
    told: str = ""
    over: str = ""
    silent: bool = False
    because: frozenset[Trouble] = frozenset()


_NO_TELEGRAM = frozenset({Trouble.TELEGRAM_REFUSED, Trouble.TELEGRAM_UNREACHABLE})
_NOTHING_STORED = frozenset({Trouble.DATABASE, Trouble.DISK_FULL})
_NO_WAY_OUT = (
    _NO_TELEGRAM | _NOTHING_STORED | {Trouble.GROUP_UNREACHABLE, Trouble.WHATSAPP_REFUSED, Trouble.WHATSAPP_UNREACHABLE}
)

KINDS: Mapping[Trouble, Kind] = {
    Trouble.INBOX_STUCK: Kind(
        grade=Grade.RED,
        told="trouble-inbox-stuck",
        over="trouble-over-inbox-stuck",
        because=_NOTHING_STORED,
    ),
    Trouble.OUTBOX_STUCK: Kind(
        grade=Grade.RED, told="trouble-outbox-stuck", over="trouble-over-outbox-stuck", because=_NO_WAY_OUT
    ),
    Trouble.TELEGRAM_REFUSED: Kind(
        grade=Grade.RED, told="trouble-telegram-refused", over="trouble-over-telegram-refused", silent=True
    ),
    Trouble.TELEGRAM_UNREACHABLE: Kind(
        grade=Grade.RED,
        told="trouble-telegram-unreachable",
        over="trouble-over-telegram-unreachable",
        silent=True,
        because=frozenset({Trouble.TELEGRAM_REFUSED}),
    ),
    Trouble.TELEGRAM_CONFLICT: Kind(
        grade=Grade.RED,
        told="trouble-telegram-conflict",
        over="trouble-over-telegram-conflict",
        because=frozenset({Trouble.TELEGRAM_WEBHOOK}),
    ),
    Trouble.TELEGRAM_WEBHOOK: Kind(
        grade=Grade.RED, told="trouble-telegram-webhook", over="trouble-over-telegram-webhook"
    ),
    Trouble.TELEGRAM_DELIVERY: Kind(
        grade=Grade.DEGRADED, told="trouble-telegram-delivery", over="trouble-over-telegram-delivery"
    ),
    Trouble.WHATSAPP_REFUSED: Kind(
        grade=Grade.RED, told="trouble-whatsapp-refused", over="trouble-over-whatsapp-refused"
    ),
    Trouble.WHATSAPP_UNREACHABLE: Kind(
        grade=Grade.RED,
        told="trouble-whatsapp-unreachable",
        over="trouble-over-whatsapp-unreachable",
        because=frozenset({Trouble.WHATSAPP_REFUSED}),
    ),
    Trouble.WHATSAPP_UNSUBSCRIBED: Kind(
        grade=Grade.RED, told="trouble-whatsapp-unsubscribed", over="trouble-over-whatsapp-unsubscribed"
    ),
    Trouble.WHATSAPP_ACCOUNT: Kind(grade=Grade.DEGRADED),
    Trouble.GROUP_UNREACHABLE: Kind(
        grade=Grade.RED,
        told="trouble-group-unreachable",
        over="trouble-over-group-unreachable",
        silent=True,
        because=_NO_TELEGRAM,
    ),
    Trouble.GROUP_RIGHTS: Kind(grade=Grade.DEGRADED, told="trouble-group-rights", over="trouble-over-group-rights"),
    Trouble.HELPER_BOT: Kind(grade=Grade.DEGRADED),
    Trouble.DATABASE: Kind(
        grade=Grade.RED,
        told="trouble-database",
        over="trouble-over-database",
        silent=True,
        because=frozenset({Trouble.DISK_FULL}),
    ),
    Trouble.DISK_FULL: Kind(grade=Grade.RED, told="trouble-disk-full", over="trouble-over-disk-full"),
    Trouble.DISK_LOW: Kind(
        grade=Grade.DEGRADED,
        told="trouble-disk-low",
        over="trouble-over-disk-low",
        because=frozenset({Trouble.DISK_FULL}),
    ),
    Trouble.CLOCK: Kind(grade=Grade.DEGRADED, told="trouble-clock", over="trouble-over-clock"),
    Trouble.PARKED: Kind(grade=Grade.DEGRADED, told="trouble-parked", over="trouble-over-parked"),
    Trouble.JOBS: Kind(
        grade=Grade.RED,
        told="trouble-jobs",
        over="trouble-over-jobs",
        because=_NOTHING_STORED,
    ),
}
