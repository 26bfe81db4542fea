"""What we say: a message before (`Outgoing`) and after (`Part`) it was fitted to a channel."""

from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.message import Attachment, ContactCard, Kind, Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A choice: `title` is shown, `token` comes back on a press, `description` is the small print of a list row.

    `optional` buttons (skip) give way when the channel has no room for them; their titles can still be typed.
    """

    title: str
    token: str
    description: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """An approved template and its body parameters, in order; `buttons` are quick-reply payload tokens."""

    name: str
    language: str
    parameters: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message to somebody, before any limit is applied. `rows` are lines of buttons as wished.

    `own` are the words in `text` that its author may correct later; the others are ours.
    """

    text: str = ""
    own: str = ""
    rows: tuple[tuple[Button, ...], ...] = ()
    list_title: str = ""
    attachment: Attachment | None = None
    location: Location | None = None
    contacts: tuple[ContactCard, ...] = ()

    @property
    def buttons(self) -> tuple[Button, ...]:
        return tuple(button for row in self.rows for button in row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One call to a channel. `as_list` shows the buttons as a list that `list_title` opens.

    `attachment` describes the file; the bytes are given to the channel apart, as a `LocalFile`.
    """

    text: str = ""
    rows: tuple[tuple[Button, ...], ...] = ()
    as_list: bool = False
    list_title: str = ""
    attachment: Attachment | None = None
    location: Location | None = None
    contacts: tuple[ContactCard, ...] = ()
    template: Template | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What `fit` made of an `Outgoing`: the calls in order, and every downgrade by name (`buttons-to-list` …)."""

    parts: tuple[Part, ...]
    downgrades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """A file to send: `path` on our disk, or `ref`, an id the same channel account already knows."""

    kind: Kind
    name: str
    mime: str
    path: Path | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFile:
    """A file that was fetched: where it lies, its size in bytes, its SHA-256 in hex and the sniffed type."""

    path: Path
    size: int
    sha256: str
    mime: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a channel shall send. `chat` is the best recipient id, `thread` a forum topic, `keys` all identities."""

    chat: str
    thread: str | None = None
    keys: tuple[str, ...] = field(default=())
