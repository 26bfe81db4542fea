"""A WhatsApp Cloud API server on loopback, and the customers' phones behind it."""

from collections.abc import Awaitable

from aiohttp import web

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.whatsapp import receipts
from adapters.sandbox.whatsapp.account import DISPLAY_PHONE_NUMBER
from adapters.sandbox.whatsapp.customers import CustomerActs
from adapters.sandbox.whatsapp.events import template_item, template_status_value
from adapters.sandbox.whatsapp.json_types import Json
from adapters.sandbox.whatsapp.routes import GraphRoutes
from adapters.sandbox.whatsapp.templates import Template
from adapters.sandbox.whatsapp.webhooks import Delivery, Webhooks

# What the sandbox uses in place of real credentials.
BEARER = "EAASANDBOX"
SIGNING_KEY = "sandbox-app-secret"
HANDSHAKE_WORD = "sandbox-verify-token"


class WhatsAppServer(CustomerActs):
    """Speaks the Graph API at `base_url` (append /v26.0) and sends signed webhooks to `webhook_url`.

    Names of calls for `faults` and in `calls`: messages, media, media_url, delete_media, download,
    phone_number, phone_numbers, message_templates, subscribed_apps, subscribe, unsubscribe.
    """

    def __init__(  # noqa: PLR0913
        self,
        clock: SandboxClock,
        changes: Changes,
        *,
        token: str = BEARER,
        phone_number_id: str = "100000000000001",
        business_account_id: str = "200000000000002",
        app_secret: str = SIGNING_KEY,
        verify_token: str = HANDSHAKE_WORD,
        webhook_url: str = "",
        limits: bool = True,
    ) -> None:
        webhooks = Webhooks(
            changes,
            account_id=business_account_id,
            app_secret=app_secret,
            verify_token=verify_token,
            url=webhook_url,
        )
        super().__init__(clock, changes, phone_number_id=phone_number_id, webhooks=webhooks, limits=limits)
        self.token = token
        self.business_account_id = business_account_id
        self.app_secret = app_secret
        self.verify_token = verify_token
        self._runner: web.AppRunner | None = None

    @property
    def webhook_url(self) -> str:
        """Where webhooks go; while it is empty they wait."""
        return self.webhooks.url

    @webhook_url.setter
    def webhook_url(self, url: str) -> None:
        self.webhooks.url = url

    @property
    def deliveries(self) -> list[Delivery]:
        """Every webhook POST with the status of each attempt."""
        return self.webhooks.deliveries

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; afterwards `base_url` names the address."""
        routes = GraphRoutes(self, token=self.token, business_account_id=self.business_account_id)
        self._runner = web.AppRunner(routes.application(), shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.base_url = f"http://{host}:{self._runner.addresses[0][1]}"
        await self.webhooks.start()

    async def stop(self) -> None:
        """Stop listening and drop what was not delivered."""
        self.forget_timers()
        await self.webhooks.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def verify_webhook(self) -> bool:
        """Meta's GET handshake against `webhook_url`."""
        return await self.webhooks.verify()

    def settle(self, timeout: float = 5.0) -> Awaitable[bool]:
        """Await it until every receipt is out and every webhook taken with 2xx; TimeoutError otherwise."""
        return self.changes.wait_for(lambda: self.settled, timeout, what="all webhooks to be taken with 2xx")

    def add_template(
        self,
        name: str,
        language: str,
        body: str,
        category: str = "UTILITY",
        status: str = "APPROVED",
        buttons: tuple[str, ...] = (),
    ) -> None:
        """Add or replace a template; `buttons` are quick replies, placeholders are {{1}} or {{name}}."""
        self.templates.add(Template(name, language, body, category, status, buttons))

    def set_template(self, name: str, language: str, *, status: str = "", quality: str = "", tell: bool = True) -> None:
        """Meta pauses, rejects or restores a template, or rates it anew; with `tell` the webhook says so."""
        if status:
            changed = self.templates.change(name, language, status=status)
            value = template_status_value(changed)
            self._tell("message_template_status_update", value, tell=tell)
        if quality:
            before = self.templates.find(name, language).quality
            changed = self.templates.change(name, language, quality=quality)
            value = {"previous_quality_score": before, "new_quality_score": quality} | template_item(changed)
            self._tell("message_template_quality_update", value, tell=tell)

    def set_number(self, *, quality: str = "", status: str = "", limit: str = "", tell: bool = True) -> None:
        """Meta rates the number anew, flags it, or gives it another limit; with `tell` the webhook says so."""
        told = {"quality_rating": quality, "status": status, "whatsapp_business_manager_messaging_limit": limit}
        self.number |= {field: value for field, value in told.items() if value}
        current = self.number["whatsapp_business_manager_messaging_limit"]
        event = "FLAGGED" if status == "FLAGGED" else "DOWNGRADE"
        value = {"display_phone_number": DISPLAY_PHONE_NUMBER, "event": event, "current_limit": current}
        self._tell("phone_number_quality_update", value, tell=tell)

    def restrict(self, event: str = "ACCOUNT_RESTRICTION", **details: object) -> None:
        """Meta restricts or disables the whole account: the webhook `account_update`."""
        self._tell("account_update", {"event": event} | details, tell=True)

    def _tell(self, field: str, value: Json, *, tell: bool) -> None:
        if tell:
            self.publish_news(field, value)
        self.changes.changed()

    def messages(self, wa_id: str) -> list[Json]:
        """The phone's view, oldest first; what failed never got there (see `message`)."""
        return [message.view() for message in self.phones.thread(wa_id) if message.status != "failed"]

    def message(self, wamid: str) -> Json:
        """One message, also a failed one or a reaction, as `messages` shows it."""
        return self.phones.message(wamid).view()

    def media_bytes(self, media_id: str) -> bytes:
        """A file's content; LookupError when it is unknown or expired."""
        file = self.media.get(media_id)
        if file is None:
            raise LookupError(f"no media {media_id}")
        return file.data

    def deliver(self, wamid: str) -> None:
        """The phone comes online: report `delivered` (with auto_deliver off)."""
        receipts.advance(self, self.phones.message(wamid), "delivered")

    def read(self, wa_id: str, wamid: str) -> None:
        """The customer opens the chat at this message: delivered if it was not, then read."""
        message = self.phones.message(wamid)
        if message.wa_id != wa_id:
            raise LookupError(f"{wamid} is not in the chat of {wa_id}")
        receipts.advance(self, message, "delivered")
        receipts.advance(self, message, "read")

    def play(self, wamid: str) -> None:
        """The customer listens to a voice message: report `played`."""
        receipts.advance(self, self.phones.message(wamid), "played")

    def fail_later(self, wamid: str, code: int) -> None:
        """Report an accepted message as failed after all."""
        receipts.fail(self, self.phones.message(wamid), code)
