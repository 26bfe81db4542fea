"""The life of a sent message: accepted, sent, delivered, read, or failed; each step is a webhook."""

from adapters.sandbox.whatsapp.account import Account
from adapters.sandbox.whatsapp.errors import webhook_error
from adapters.sandbox.whatsapp.events import status_value
from adapters.sandbox.whatsapp.phones import Contact, Message, default_user_id

STEPS = ("accepted", "sent", "delivered", "read", "played")


def start(account: Account, message: Message, failure: int | None) -> None:
    """Let the phone network take its course: fail with `failure`, or send, deliver and perhaps read."""

    def run() -> None:
        if failure is not None:
            fail(account, message, failure)
            return
        advance(account, message, "sent")
        # Reactions get no receipt beyond `sent` (messages/reaction-messages).
        if message.type == "reaction" or not account.auto_deliver:
            return
        advance(account, message, "delivered")
        if account.auto_read:
            advance(account, message, "read")

    account.later(run)


def advance(account: Account, message: Message, status: str) -> None:
    """Report one step, unless the message is already that far or has failed."""
    if message.status not in STEPS or STEPS.index(message.status) >= STEPS.index(status):
        return
    message.status = status
    _report(account, message, status)


def fail(account: Account, message: Message, code: int) -> None:
    """Report that the message did not reach the customer."""
    message.status = "failed"
    message.error = webhook_error(code)
    _report(account, message, "failed")


def _report(account: Account, message: Message, status: str) -> None:
    contact = account.phones.contacts.get(message.wa_id) or stranger(message.wa_id)
    account.publish(status_value(contact, message, status, account.clock.now()))


def stranger(wa_id: str) -> Contact:
    """A number that nobody in the sandbox owns."""
    return Contact(wa_id, "", default_user_id(wa_id), reachable=False)
