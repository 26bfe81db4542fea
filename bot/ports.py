"""What the help desk needs from the outside: a channel to customers, and the agents' desk."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from bot.domain.channel import Capabilities
from bot.domain.errors import SendError
from bot.domain.groups import Group
from bot.domain.message import Attachment, Inbound
from bot.domain.outgoing import Address, FetchedFile, LocalFile, Part


class Item(NamedTuple):
    """One raw update at the door. `key` is the vendor's unique id, `lane` the ordered stream it belongs to.

    A tuple, because the door makes one for each message before it may say 200.
    """

    channel: str
    key: str
    lane: str
    raw: bytes


class Clock(Protocol):
    """The one place time comes from: `now` in epoch milliseconds (wall), `monotonic` in seconds."""

    def now(self) -> int: ...

    def monotonic(self) -> float: ...


class Space(Protocol):
    """Bytes of a disk, as `shutil.disk_usage` tells them."""

    @property
    def total(self) -> int: ...

    @property
    def free(self) -> int: ...


class Channel(Protocol):
    """A way to reach people. Every coroutine raises `SendError` when the call does not plainly succeed."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    def parse(self, raw: bytes) -> Inbound:
        """Vendor bytes of one item to an event. Raises `Unparsable`."""
        ...

    def lanes(self, keys: Sequence[str]) -> list[str]:
        """The lanes of the door by which a person with these keys is heard."""
        ...

    async def send(
        self,
        to: Address,
        part: Part,
        *,
        file: LocalFile | None = None,
        reply_to: str | None = None,
        tracker: str = "",
    ) -> str:
        """Make one call; returns the external id of the new message."""
        ...

    async def send_album(
        self, to: Address, text: str, files: Sequence[LocalFile], *, reply_to: str | None = None
    ) -> list[str]:
        """Send 2 to `capabilities.album` files as one post; returns the external ids in order."""
        ...

    async def edit(self, to: Address, external_id: str, part: Part) -> None:
        """Replace text (or caption) and buttons of a message of ours."""
        ...

    async def react(self, to: Address, external_id: str, emoji: str) -> None:
        """Set our reaction; an empty emoji takes it back."""
        ...

    async def mark_read(self, to: Address, external_id: str) -> None:
        """Tell the customer's app that the message was seen, where the channel can."""
        ...

    async def answer_press(self, press_id: str, text: str) -> None:
        """Acknowledge a button press, where the channel wants that."""
        ...

    def explain(self, code: str, detail: str) -> SendError:
        """What the error code of a late `failed` receipt means."""
        ...

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> FetchedFile:
        """Download a file into `folder` under a random name; more than `limit` bytes is a `SendError`."""
        ...


class Desk(Channel, Protocol):
    """The agents' side: a channel with groups, forums among them or not, and bot accounts that write there.

    `group` is the chat id of the main one, which hears of every trouble; it is the first of `groups`.
    """

    @property
    def group(self) -> str: ...

    @property
    def groups(self) -> Sequence[Group]: ...

    @property
    def accounts(self) -> Sequence[int]:
        """Who may write plain words into the groups: 0 is the main account, the others go by their bot's id."""
        ...

    def voice(self, account: int) -> Channel:
        """The channel through which that account speaks; the main one's is the desk itself."""
        ...

    def is_forum(self, chat: str) -> bool: ...

    def link(self, chat: str, thread: str) -> str:
        """Where people find a topic; empty where it has no address."""
        ...

    async def open_topic(self, chat: str, name: str) -> str:
        """Create a forum topic; returns its thread id."""
        ...

    async def rename_topic(self, chat: str, thread: str, name: str) -> None: ...

    async def reopen_topic(self, chat: str, thread: str) -> None:
        """Take messages in a topic again that somebody closed."""
        ...

    def move_group(self, old: str, new: str) -> None:
        """The group `old` goes by the id `new` from now on."""
        ...
