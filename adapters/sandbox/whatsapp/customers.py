"""What customers do with their phones; every act becomes a webhook in Meta's shape."""

from typing import Any

from adapters.sandbox.whatsapp.account import DISPLAY_PHONE_NUMBER, Account
from adapters.sandbox.whatsapp.errors import webhook_error
from adapters.sandbox.whatsapp.events import contact_item, message_item
from adapters.sandbox.whatsapp.interactive import choices
from adapters.sandbox.whatsapp.json_types import Json
from adapters.sandbox.whatsapp.phones import Contact, Message, default_user_id, new_wamid

DEFAULT_TYPES = {
    "image": "image/jpeg",
    "video": "video/mp4",
    "audio": "audio/mpeg",
    "voice": "audio/ogg; codecs=opus",
    "document": "application/pdf",
    "sticker": "image/webp",
}
# What shows up in a chat as something other than a bubble.
NO_BUBBLE = frozenset({"reaction", "edit", "revoke"})
# The network's own notices do not open the customer service window.
NO_WINDOW = frozenset({"system"})


class CustomerActs(Account):
    """The customers' side of the account: each act returns the new message's id (wamid)."""

    def add_contact(
        self,
        wa_id: str,
        name: str,
        *,
        user_id: str | None = None,
        username: str | None = None,
        phone_visible: bool = True,
    ) -> None:
        """Register a person; with `phone_visible` False webhooks carry the business-scoped user id only."""
        known_as = user_id or default_user_id(wa_id)
        self.phones.add(Contact(wa_id, name, known_as, username=username, phone_visible=phone_visible))
        self.changes.changed()

    def say(self, wa_id: str, text: str, *, reply_to: str | None = None) -> str:
        """Write a text message, perhaps quoting another one."""
        return self._send(wa_id, {"type": "text", "text": {"body": text}}, reply_to)

    def send_file(
        self, wa_id: str, kind: str, data: bytes, *, name: str = "", mime: str = "", caption: str = ""
    ) -> str:
        """Send an image, video, audio, voice, document or sticker."""
        mime_type = mime or DEFAULT_TYPES[kind]
        media_id = self.media.receive(data, mime_type, name)
        content = self.media.webhook_fields(self.base_url, media_id)
        if caption:
            content["caption"] = caption
        if kind == "document":
            content["filename"] = name or "document"
        if kind == "sticker":
            content["animated"] = False
        if kind in {"audio", "voice"}:
            content["voice"] = kind == "voice"
        wire_type = "audio" if kind == "voice" else kind
        return self._send(wa_id, {"type": wire_type, wire_type: content})

    def send_location(self, wa_id: str, latitude: float, longitude: float, *, name: str = "", address: str = "") -> str:
        """Share a place."""
        location: Json = {"latitude": latitude, "longitude": longitude}
        location |= {key: value for key, value in (("name", name), ("address", address)) if value}
        return self._send(wa_id, {"type": "location", "location": location})

    def send_contacts(self, wa_id: str, contacts: list[Json]) -> str:
        """Share contact cards in WhatsApp's shape ({name: {formatted_name, …}, phones: [...], …})."""
        return self._send(wa_id, {"type": "contacts", "contacts": contacts})

    def send_raw(self, wa_id: str, message: Json, *, with_contact: bool = True) -> str:
        """Send any other message: its fields win over from, from_user_id, id and timestamp.

        `with_contact=False` leaves `contacts` out, as system messages do.
        """
        return self._send(wa_id, message, with_contact=with_contact)

    def send_unsupported(self, wa_id: str, unsupported_type: str = "unknown") -> str:
        """Send something the Cloud API cannot carry (a poll, an animated sticker …)."""
        fields = {"errors": [webhook_error(131051)], "unsupported": {"type": unsupported_type}}
        return self._send(wa_id, {"type": "unsupported"} | fields)

    def edit(self, wa_id: str, wamid: str, text: str) -> str:
        """Change the text, or the caption, of a message this customer sent."""
        edited = self._own(wa_id, wamid)
        if edited.type == "text":
            edited.content = {"body": text}
        else:
            edited.content = edited.content | {"caption": text}
        edited.edited = True
        if self.edits_as_unsupported:
            return self.send_unsupported(wa_id, "edit")
        changed = {"type": edited.type, edited.type: edited.content}
        edit = {"original_message_id": wamid, "message": changed}
        return self._send(wa_id, {"type": "edit", "edit": edit})

    def revoke(self, wa_id: str, wamid: str) -> str:
        """Delete a message this customer sent, for everyone."""
        self._own(wa_id, wamid).revoked = True
        return self._send(wa_id, {"type": "revoke", "revoke": {"original_message_id": wamid}})

    def react(self, wa_id: str, wamid: str, emoji: str | None) -> str:
        """Put an emoji on a message, or take it back with None (then the webhook has no `emoji`)."""
        target = self.phones.message(wamid)
        target.reactions.pop("customer", None)
        reaction: Json = {"message_id": wamid}
        if emoji:
            target.reactions["customer"] = emoji
            reaction["emoji"] = emoji
        return self._send(wa_id, {"type": "reaction", "reaction": reaction})

    def press(
        self,
        wa_id: str,
        wamid: str,
        *,
        title: str | None = None,
        id: str | None = None,  # noqa: A002
    ) -> str:
        """Press a button, choose a list row or press a template's quick reply, by its title or its id.

        LookupError names what can be pressed when there is no such choice.
        """
        shown = self.phones.message(wamid)
        offered = choices(shown.type, shown.content)
        for choice in offered:
            if title in {None, choice["title"]} and id in {None, choice["id"]} and (title or id):
                return self._send(wa_id, choice["answer"], wamid)
        titles = [choice["title"] for choice in offered]
        raise LookupError(f"no choice {title or id!r} on this {shown.type}; it offers {titles}")

    def block(self, wa_id: str) -> None:
        """Block the business: later messages fail with 131026."""
        self.set_blocked(wa_id, True)

    def unblock(self, wa_id: str) -> None:
        """Let the business through again."""
        self.set_blocked(wa_id, False)

    def window_open(self, wa_id: str) -> bool:
        """Whether free-form messages may be sent to this customer now."""
        return self.phones.contact(wa_id).window_open(self.clock.now())

    def shut_window(self, wa_id: str) -> None:
        """End the 24 h window at once, without moving the clock."""
        self.phones.contact(wa_id).last_heard = None
        self.changes.changed()

    def typing(self, wa_id: str) -> bool:
        """Whether the customer sees the business typing."""
        return self.clock.now() < self.phones.contact(wa_id).typing_until

    def _own(self, wa_id: str, wamid: str) -> Message:
        message = self.phones.message(wamid)
        if message.wa_id != wa_id or message.sender != "customer":
            raise LookupError(f"{wamid} was not sent by {wa_id}")
        return message

    def _send(self, wa_id: str, fields: Json, reply_to: str | None = None, *, with_contact: bool = True) -> str:
        contact = self.phones.contact(wa_id)
        now = self.clock.now()
        context = {"context": self._quote(wa_id, reply_to)} if reply_to else {}
        item = message_item(contact, new_wamid(), now, context | fields)
        if item["type"] not in NO_WINDOW:
            contact.last_heard = now
        if item["type"] not in NO_BUBBLE:
            content: Any = item.get(item["type"], {})
            bubble = Message(item["id"], wa_id, "customer", item["type"], content, now, context_id=reply_to)
            self.keep(bubble)
        about = {"contacts": [contact_item(contact)]} if with_contact else {}
        self.publish(about | {"messages": [item]})
        return str(item["id"])

    def _quote(self, wa_id: str, wamid: str) -> Json:
        quoted = self.phones.message(wamid)
        return {"from": DISPLAY_PHONE_NUMBER if quoted.sender == "business" else wa_id, "id": wamid}
