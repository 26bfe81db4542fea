"""Webhooks as Meta posts them: signed, and ready to be written to a socket."""

import hashlib
import hmac
import json
from dataclasses import dataclass

PATH = "/webhooks/whatsapp"
NUMBER_ID, ACCOUNT_ID = "100000000000001", "200000000000002"
_FIRST_PHONE = 905_551_000_000
_WORDS = "The printer on the third floor prints nothing but grey pages since this morning, what shall we do?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Whose webhooks they are: the ids of the business and the secret of its app."""

    secret: str
    number_id: str = NUMBER_ID
    account_id: str = ACCOUNT_ID

    def mark(self, body: bytes) -> str:
        """The signature, as its header carries it."""
        return f"sha256={hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()}"

    def request(self, body: bytes) -> bytes:
        """The whole HTTP request of a webhook on a connection that is kept open."""
        return (
            f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"X-Hub-Signature-256: {self.mark(body)}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    def message(self, wamid: str, phone: str, at: int, words: str = _WORDS) -> bytes:
        """The body of a webhook with one text message; `at` in epoch seconds."""
        said = {"from": phone, "id": wamid, "timestamp": str(at), "type": "text", "text": {"body": words}}
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "905550000000", "phone_number_id": self.number_id},
            "contacts": [{"wa_id": phone, "profile": {"name": f"Person {phone[-6:]}"}}],
            "messages": [said],
        }
        entry = {"id": self.account_id, "changes": [{"field": "messages", "value": value}]}
        return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}, separators=(",", ":")).encode()


def phone_of(index: int) -> str:
    """An invented number."""
    return str(_FIRST_PHONE + index)


def wamid_of(prefix: str, index: int) -> str:
    """A message id as long as Meta's."""
    return f"wamid.{prefix}-{index:08d}".ljust(56, "x")
