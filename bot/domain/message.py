"""What people say: the content of a message and the events a channel reports, free of any vendor's words.

Instants are integers: milliseconds since the Unix epoch, UTC.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a message mainly is; decides how it is shown where the original form cannot travel."""

    TEXT = "text"
    PHOTO = "photo"
    VIDEO = "video"
    VIDEO_NOTE = "video_note"
    ANIMATION = "animation"
    AUDIO = "audio"
    VOICE = "voice"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file as the sending channel names it; `ref` is that channel's file or media id."""

    kind: Kind
    ref: str
    name: str = ""
    mime: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A point in degrees; `title` and `address` are there for a named place."""

    latitude: float
    longitude: float
    title: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCard:
    """A shared contact: a display name and its phone numbers as text."""

    name: str
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One message's content. `text` is the words or the caption.

    `placeholder` names a kind we cannot carry (`poll`, `order`, `unsupported` …); the text
    `placeholder-<name>` is shown for it and `detail` holds what little can be said about it.
    """

    text: str = ""
    attachment: Attachment | None = None
    location: Location | None = None
    contacts: tuple[ContactCard, ...] = ()
    placeholder: str = ""
    detail: str = ""

    @property
    def kind(self) -> Kind:
        if self.attachment is not None:
            return self.attachment.kind
        if self.location is not None:
            return Kind.LOCATION
        if self.contacts:
            return Kind.CONTACT
        return Kind.OTHER if self.placeholder else Kind.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whoever wrote. `keys` are all stable identities, best first, e.g. `bsuid:TR.9f`, `phone:90555…`, `tg:7`.

    A phone number is an attribute and one possible key, never the only identity (Meta, business-scoped user ids).
    """

    keys: tuple[str, ...]
    name: str = ""
    username: str = ""
    phone: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPlace:
    """A spot in an agents' group: `thread` is the forum topic's id, `None` in General or in a plain group."""

    chat: str
    thread: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened on a channel. `desk` is set when it happened in an agents' group."""

    author: Person
    at: int
    desk: DeskPlace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Event):
    """A new message. `reply_to` is the quoted message's external id; `album` groups items sent as one.

    `own_words` is false for forwards, via-bot posts, channel posts and anonymous admins: they never run a command.
    """

    external_id: str
    content: Content
    reply_to: str | None = None
    album: str | None = None
    own_words: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited(Event):
    """The message `external_id` now has this content."""

    external_id: str
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked(Event):
    """The author deleted the message for everyone."""

    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted(Event):
    """A reaction to the message `external_id`; an empty `emoji` takes it back."""

    external_id: str
    emoji: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed(Event):
    """A button or list row. `press_id` answers it (empty where the channel needs no answer).

    `message_id` is the external id of the message that carried the button, when known; `title` is what was shown.
    """

    token: str
    press_id: str = ""
    message_id: str | None = None
    title: str = ""


class ReceiptStatus(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a message of ours. `tracker` is the outbox id we sent along."""

    external_id: str
    status: ReceiptStatus
    at: int
    tracker: str = ""
    error_code: str = ""
    error_detail: str = ""
    cost_class: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable(Event):
    """A customer blocked (`reachable=False`) or unblocked our account."""

    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityChanged(Event):
    """The person formerly known by `old_keys` now goes by `author.keys` (number change, new business-scoped id)."""

    old_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChanged(Event):
    """`author` joined (`present`) or left an agents' group."""

    present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskMoved(Event):
    """The agents' group became a supergroup with a new id."""

    new_chat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanged:
    """The platform changed something about our own account; how all of it stands now, the account itself tells.

    `template` and `language` name the template it is about and `status` is its new one, in the platform's words;
    `restriction` names what was done to the account as a whole.
    """

    at: int
    template: str = ""
    language: str = ""
    status: str = ""
    restriction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Understood and rightly without effect; `why` is a short English reason for the log and metrics."""

    why: str


Inbound = (
    Said
    | Edited
    | Revoked
    | Reacted
    | Pressed
    | Receipt
    | Reachable
    | IdentityChanged
    | MemberChanged
    | DeskMoved
    | AccountChanged
    | Ignored
)
