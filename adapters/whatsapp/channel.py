"""WhatsApp as a `Channel`: what the help desk may ask of it, in calls of the Cloud API."""

from collections.abc import Sequence
from pathlib import Path

from adapters.whatsapp import media
from adapters.whatsapp.account import inspect_account, subscribers
from adapters.whatsapp.errors import explain, impossible, unreadable
from adapters.whatsapp.graph import DEFAULT_BASE, Graph
from adapters.whatsapp.limits import CAPABILITIES
from adapters.whatsapp.loose import mapping, sequence, text
from adapters.whatsapp.parse import parse
from adapters.whatsapp.render import Rendered, recipient, render, render_file
from adapters.whatsapp.split import lanes_of
from bot.domain.account import AccountReport
from bot.domain.channel import Capabilities
from bot.domain.errors import SendError
from bot.domain.message import Attachment, Inbound
from bot.domain.outgoing import Address, FetchedFile, LocalFile, Part


class WhatsAppChannel:
    """One phone number of a WhatsApp Business account. Every coroutine raises `SendError`, nothing else.

    `api_base`: host of the Graph API, with or without `/vN.N`. `list_title` opens a list whose part brings no title.
    """

    name = "whatsapp"
    capabilities: Capabilities = CAPABILITIES

    def __init__(
        self,
        token: str,
        phone_number_id: str,
        business_account_id: str = "",
        api_base: str = DEFAULT_BASE,
        *,
        list_title: str = "☰",
        timeout_seconds: float = 20.0,
    ) -> None:
        self._phone_number_id = phone_number_id
        self._business_account_id = business_account_id
        self._list_title = list_title
        self._graph = Graph(token, api_base, timeout_seconds=timeout_seconds)

    def parse(self, raw: bytes) -> Inbound:
        """An item of `split` to an event. Raises `Unparsable`."""
        return parse(raw, self._phone_number_id)

    def lanes(self, keys: Sequence[str]) -> list[str]:
        """Which of the ids leads the lane depends on what Meta told with each message."""
        return lanes_of(self._phone_number_id, [key.partition(":")[2] for key in keys])

    def explain(self, code: str, detail: str = "") -> SendError:
        """What the error code of a late `failed` receipt means."""
        return explain(code, detail)

    async def send(
        self,
        to: Address,
        part: Part,
        *,
        file: LocalFile | None = None,
        reply_to: str | None = None,
        tracker: str = "",
    ) -> str:
        """Send one message and return its wamid. `tracker` comes back in every receipt (at most 512 characters)."""
        if file is None and part.attachment is not None:
            raise impossible("send-error-media-gone", "a part with a file, without the file")
        if file is None:
            rendered = render(part, self._list_title)
        else:
            # Refuse before the upload what would be refused after it.
            render_file(part, file, media_id="")
            rendered = render_file(part, file, await media.upload(self._graph, self._phone_number_id, file))
        return await self._post(to, rendered, reply_to, tracker)

    async def send_album(
        self, to: Address, text: str, files: Sequence[LocalFile], *, reply_to: str | None = None
    ) -> list[str]:
        """WhatsApp has no albums: `capabilities.album` is 0."""
        del to, text, files, reply_to
        raise impossible("send-error-bad-request", "no albums on WhatsApp")

    async def edit(self, to: Address, external_id: str, part: Part) -> None:
        """The Cloud API cannot change a message that is out."""
        del to, external_id, part
        raise impossible("send-error-bad-request", "no edits on WhatsApp")

    async def react(self, to: Address, external_id: str, emoji: str) -> None:
        """Set our one reaction to a message; an empty emoji takes it back."""
        await self._post(to, ("reaction", {"message_id": external_id, "emoji": emoji}), None, "")

    async def mark_read(self, to: Address, external_id: str) -> None:
        """Show the customer blue ticks for this message and those before it; the id alone says whose they are."""
        del to
        api, sender = self._graph.api, self._phone_number_id
        await self._graph.call(lambda: api.mark_message_as_read(sender, external_id))

    async def answer_press(self, press_id: str, text: str) -> None:
        """Nothing waits for an answer on WhatsApp."""

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> FetchedFile:
        """Download a received file by its media id (valid for 7 days) into `folder` under a random name."""
        return await media.download(self._graph, attachment.ref, folder, limit)

    async def inspect(self) -> AccountReport:
        """How the number and its templates stand: for the doctor, and for the watch while we run."""
        return await inspect_account(self._graph, self._phone_number_id, self._business_account_id)

    async def subscribers(self) -> tuple[str, ...]:
        """The apps that get our webhooks; without a business account nobody can tell, and the number stands for it."""
        return await subscribers(self._graph, self._phone_number_id, self._business_account_id)

    async def close(self) -> None:
        """Close the HTTP connections; the channel is of no use afterwards."""
        await self._graph.close()

    async def _post(self, to: Address, rendered: Rendered, reply_to: str | None, tracker: str) -> str:
        """Addressed by hand: pywa takes a business-scoped id with letters in it for a group's id."""
        kind, payload = rendered
        who = recipient(to)
        answer = await self._graph.call(
            lambda: self._graph.api.send_message(
                sender=self._phone_number_id,
                to=who.get("to"),
                recipient=who.get("recipient"),
                recipient_type="individual",
                typ=kind,
                msg=payload,
                reply_to_message_id=reply_to,
                biz_opaque_callback_data=tracker or None,
            )
        )
        wamid = text(mapping(next(iter(sequence(answer.get("messages"))), None)).get("id"))
        if not wamid:
            raise unreadable("an answer without a message id")
        return wamid
