"""Files: fetched from the channel that has them, apart from the words that must not wait for them."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

from bot.domain.errors import Reach, SendError
from bot.domain.ledger import Errand, ErrandState, Op, Urgency
from bot.domain.message import Attachment
from bot.domain.outgoing import LocalFile, Part
from bot.helpdesk import HelpDesk
from bot.ports import Channel
from bot.services import fates
from bot.services.lanes import DESK, dump_part, load_part
from store import db, messages, outbox
from store.files import FileRow

PATIENCE_SECONDS = 5.0
"""A file that is here by then keeps its place among the words; a slower one follows them."""

TRIES_FOR_MS = 2 * 3_600_000
"""So long a file is asked for again and again; then a person is told, who may press to try anew."""

_LOOKED_AT = 200

KEPT_FOR_WORDS = 200 * 2**20
"""Bytes of the disk that no file may take: where room is short, what people write comes first."""


class FileLate(Exception):
    """The file is not here yet; the words behind it shall not wait."""


async def local_file(
    helpdesk: HelpDesk, channel: Channel, message_id: int | None, *, patient: bool, since: int
) -> LocalFile | None:
    """The file of a message, ready for this channel: by its id where the account knows it, else from our disk.

    Raises `SendError` when it cannot be had; unless `patient`, `FileLate` when it may be had later. `since`: when it
    was first wanted.
    """
    row = await messages.file_of(message_id or 0)
    if row is None:
        return None
    file = LocalFile(kind=row.kind, name=row.name, mime=row.mime, ref=row.ref)
    if row.source == channel.name:
        return file
    on_disk: bool = await asyncio.to_thread(os.path.isfile, row.path)
    if on_disk:
        return replace(file, ref="", path=Path(row.path))
    fetching = _fetch_while_it_makes_sense(helpdesk, row, since) if patient else _fetch_soon(helpdesk, row)
    return replace(file, ref="", path=await fetching)


async def _fetch_while_it_makes_sense(helpdesk: HelpDesk, row: FileRow, since: int) -> Path:
    try:
        return await _fetch(helpdesk, row)
    except SendError as error:
        if error.retryable and helpdesk.now() - since > TRIES_FOR_MS:
            raise replace(error, retryable=False) from None
        raise


async def _fetch_soon(helpdesk: HelpDesk, row: FileRow) -> Path:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await _fetch(helpdesk, row)
    except TimeoutError:
        raise FileLate from None
    except SendError as error:
        if error.retryable:
            raise FileLate from None
        raise


async def _fetch(helpdesk: HelpDesk, row: FileRow) -> Path:
    """Bring the file to our disk; WhatsApp forgets a media id after a week, we do not."""
    origin = helpdesk.channels.get(row.source) or helpdesk.desk
    attachment = Attachment(kind=row.kind, ref=row.ref, name=row.name, mime=row.mime, size=row.size)
    await _make_sure_of_room(helpdesk, row.size or origin.capabilities.download)
    try:
        fetched = await origin.fetch(attachment, helpdesk.files, origin.capabilities.download)
    except SendError as error:
        # Whatever became of the download, nothing was sent to anybody; nor is where the file goes to blame for it.
        passing = error.retryable or error.reach is Reach.CHANNEL
        raise replace(error, certain=True, retryable=passing, reach=Reach.ORIGIN) from None
    await messages.file_stored(row.id, fetched)
    return fetched.path


async def _make_sure_of_room(helpdesk: HelpDesk, size: int) -> None:
    space = await asyncio.to_thread(helpdesk.space, helpdesk.files)
    if space.free - size < KEPT_FOR_WORDS:
        detail = f"{space.free // 2**20} MB free"
        raise SendError(key="send-error-no-room", certain=True, retryable=True, reach=Reach.ORIGIN, detail=detail)


@db.whole
async def comes_later(helpdesk: HelpDesk, errand: Errand) -> None:
    """Words never wait for a file: it follows in a lane of its own."""
    await outbox.retry(errand.id, helpdesk.epoch, helpdesk.now(), "file-late")
    await follow_later(helpdesk, errand)
    helpdesk.bells.outbox.set()


async def follow_later(helpdesk: HelpDesk, errand: Errand) -> None:
    """Give the file a lane of its own, and so each file behind it that is not here yet: words wait for one at most.

    The errand itself was just taken back into `pending`.
    """
    await _move_aside(helpdesk, errand)
    for behind in await outbox.waiting_behind(errand, _LOOKED_AT):
        if await _is_elsewhere(helpdesk, behind):
            await _move_aside(helpdesk, behind)


async def _is_elsewhere(helpdesk: HelpDesk, errand: Errand) -> bool:
    """Whether it carries a file that has to be fetched first."""
    if errand.op is not Op.SEND or "attachment" not in errand.payload["part"]:
        return False
    row = await messages.file_of(errand.message_id or 0)
    target = helpdesk.desk.name if errand.channel == DESK else errand.channel
    return row is not None and row.source != target and not await asyncio.to_thread(os.path.isfile, row.path)


async def _move_aside(helpdesk: HelpDesk, errand: Errand) -> None:
    """In the topic a line keeps the file's place; a customer sees the file when it comes."""
    now = helpdesk.now()
    part = load_part(errand.payload["part"])
    file = replace(
        errand,
        id=0,
        lane=f"{errand.lane}:file:{errand.message_id}",
        payload={**errand.payload, "late": True},
        attempts=0,
        state=ErrandState.PENDING,
        due_at=now,
    )
    if errand.channel != DESK:
        await outbox.resolve(errand.id, ErrandState.EXPIRED, now, from_states=(ErrandState.PENDING,))
        [file_id] = await outbox.add([file])
        await fates.replaced(errand, file_id)
        return
    notice = helpdesk.desk_text("desk-file-late")
    words = Part(text="\n".join(filter(None, (part.text, notice))))
    await outbox.set_payload(errand.id, {**errand.payload, "part": dump_part(words)}, now)
    behind = {**file.payload, "reply_to": errand.message_id}
    await outbox.add([replace(file, urgency=Urgency.STATUS, payload=behind)])
