"""The customers' phones: who they are and what each chat with the business holds."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any, Literal

from adapters.sandbox.whatsapp.json_types import Json

WINDOW_SECONDS = 24 * 3600


@dataclass
class Contact:
    """A WhatsApp user; `wa_id` (digits) is the sandbox's handle even when webhooks may not tell it."""

    wa_id: str
    name: str
    user_id: str
    username: str | None = None
    phone_visible: bool = True
    reachable: bool = True
    last_heard: float | None = None
    typing_until: float = 0.0

    def window_open(self, now: float) -> bool:
        """Whether free-form messages may still be sent: 24 h from the customer's last message."""
        return self.last_heard is not None and now - self.last_heard < WINDOW_SECONDS


@dataclass
class Message:
    """One bubble in a chat, or a reaction; `content` is what stands under its `type` key."""

    id: str
    wa_id: str
    sender: Literal["customer", "business"]
    type: str
    content: Any
    at: float
    context_id: str | None = None
    status: str = "received"
    reactions: dict[str, str] = field(default_factory=dict)
    tracker: str | None = None
    to_user_id: bool = False
    pricing: Json | None = None
    error: Json | None = None
    edited: bool = False
    revoked: bool = False

    def view(self) -> Json:
        """The bubble as plain JSON: id, from, type, the type's payload, status, reactions, at, and so on."""
        shown: Json = {"id": self.id, "from": self.sender, "type": self.type, self.type: self.content}
        shown |= {"status": self.status, "reactions": dict(self.reactions), "at": self.at}
        if self.context_id:
            shown["context"] = {"id": self.context_id}
        if self.error:
            shown["error"] = self.error
        return shown | {name: True for name in ("edited", "revoked") if getattr(self, name)}


class Phones:
    """Every contact and every message, found by number, by business-scoped user id or by wamid."""

    def __init__(self) -> None:
        self.contacts: dict[str, Contact] = {}
        self._by_user_id: dict[str, Contact] = {}
        self._messages: dict[str, Message] = {}
        self._threads: dict[str, list[Message]] = {}

    def add(self, contact: Contact) -> None:
        """Register a contact, or change a known one: its window stays, its old user id is void."""
        if known := self.contacts.get(contact.wa_id):
            contact.last_heard = known.last_heard
            self._by_user_id.pop(known.user_id, None)
        self.contacts[contact.wa_id] = contact
        self._by_user_id[contact.user_id] = contact

    def contact(self, wa_id: str) -> Contact:
        """The contact with this number; LookupError for one nobody added."""
        if wa_id not in self.contacts:
            raise LookupError(f"no WhatsApp contact {wa_id}; call add_contact first")
        return self.contacts[wa_id]

    def with_user_id(self, user_id: str) -> Contact | None:
        """The contact behind a business-scoped user id."""
        return self._by_user_id.get(user_id)

    def keep(self, message: Message) -> None:
        """Remember a message; reactions sit on their target and get no bubble of their own."""
        self._messages[message.id] = message
        if message.type != "reaction":
            self._threads.setdefault(message.wa_id, []).append(message)

    def find(self, wamid: str) -> Message | None:
        """The message with this id, if any."""
        return self._messages.get(wamid)

    def message(self, wamid: str) -> Message:
        """The message with this id; LookupError when there is none."""
        if wamid not in self._messages:
            raise LookupError(f"no WhatsApp message {wamid}")
        return self._messages[wamid]

    def thread(self, wa_id: str) -> list[Message]:
        """A chat's messages, oldest first."""
        return list(self._threads.get(wa_id, []))


def new_wamid() -> str:
    """A fresh message id in WhatsApp's form; like real ones it may end in `=`."""
    return f"wamid.{base64.b64encode(secrets.token_bytes(28)).decode()}"


def default_user_id(wa_id: str) -> str:
    """A stable business-scoped user id for a number: country code, dot, digits."""
    country = "TR" if wa_id.startswith("90") else "US"
    digest = hashlib.sha256(wa_id.encode()).digest()
    return f"{country}.{int.from_bytes(digest[:8]) % 10**17 + 10**17}"
