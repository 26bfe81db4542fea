"""Errors carry their consequences: whoever catches one needs no second table."""

from dataclasses import dataclass
from enum import StrEnum


class GiseError(Exception):
    """Base of everything we raise on purpose."""


class Unparsable(GiseError):
    """Bytes of a vendor that make no sense to us; the item is parked, shown and kept."""


class BadInput(GiseError):
    """A person's input that cannot be done. `key` and `values` make the sentence that tells what to do."""

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class NotAllowed(BadInput):
    """The person's role or the ticket's status forbids it."""


class Reach(StrEnum):
    """How far a refusal reaches."""

    MESSAGE = "message"  # this message only
    RECIPIENT = "recipient"  # everything to this recipient
    SENDER = "sender"  # everything we say there, for `retry_after` seconds: nothing is wrong, it was too much
    CHANNEL = "channel"  # the whole channel: stop, alert, keep the queue
    ORIGIN = "origin"  # the channel a file is fetched from; the one it goes to is well


class Missing(StrEnum):
    """What a vendor says does not exist (any more)."""

    FORUM = "forum"  # the group has no topics at all
    THREAD = "thread"
    OPEN_THREAD = "open-thread"  # the topic is there, and closed
    MESSAGE = "message"
    CHANGE = "change"  # an edit that would change nothing


@dataclass(eq=False, kw_only=True)
class SendError(GiseError):
    """A call to a channel that did not plainly succeed.

    `key`: the text that tells an agent why (`send-error-…`). `certain`: the message is surely not out.
    `retryable`: the same call may succeed later, `retry_after` seconds from now at the earliest.
    `code`: the vendor's, for the log. `detail`: its words or the kind of failure, which tracebacks do not show: vendors
    quote what people wrote. `window_closed`: WhatsApp's customer service window is shut.
    `moved_to`: the chat's new id. `missing`: what the vendor says is gone.
    """

    key: str
    certain: bool
    retryable: bool
    retry_after: float = 0.0
    reach: Reach = Reach.MESSAGE
    code: str = ""
    detail: str = ""
    window_closed: bool = False
    moved_to: str = ""
    missing: Missing | None = None

    def __str__(self) -> str:
        return f"{self.key} {self.code}".rstrip()
