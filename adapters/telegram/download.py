"""Fetching a file: streamed to our disk under a name of our own, counted, digested and sniffed on the way."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import BinaryIO

import filetype
from aiogram.methods import GetFile
from aiohttp import ClientError, ClientResponse

from adapters.patience import patience
from adapters.telegram.api import UPLOAD_TIMEOUT, Api
from adapters.telegram.errors import refused
from adapters.telegram.fields import text, whole
from bot.domain.errors import SendError
from bot.domain.message import Attachment
from bot.domain.outgoing import FetchedFile

_CHUNK = 64 * 1024
_FIRST_SECONDS = 30.0
_SNIFFED = 8192


async def download(
    api: Api, attachment: Attachment, folder: Path, limit: int, *, seconds: float = _FIRST_SECONDS
) -> FetchedFile:
    """Telegram's file into `folder`. Raises `SendError`; a file that grows over `limit` bytes leaves nothing behind.

    After `seconds` only a file that keeps coming may go on.
    """
    _check_size(attachment.size, limit)
    found = await api.call_for_object(GetFile(file_id=attachment.ref))
    _check_size(whole(found, "file_size"), limit)
    where = text(found, "file_path")
    if not where or ".." in where.split("/"):
        raise refused("send-error-media-gone", "Telegram names no place for the file")
    path = folder / secrets.token_hex(16)
    try:
        async with patience(seconds, UPLOAD_TIMEOUT) as came, api.session.opened_file(api.file_url(where)) as response:
            _check_answer(response, limit)
            return await _written(path, response.content.iter_chunked(_CHUNK), limit, attachment.mime, came)
    except BaseException as error:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        if isinstance(error, ClientError | OSError):  # theirs, or our disk
            raise _broken(error) from None
        raise


async def _written(
    path: Path, chunks: AsyncIterator[bytes], limit: int, mime: str, came: Callable[[int], None]
) -> FetchedFile:
    digest, size, head = hashlib.sha256(), 0, b""
    target: BinaryIO = await asyncio.to_thread(path.open, "xb")
    with target:
        async for chunk in chunks:
            came(len(chunk))
            size += len(chunk)
            _check_size(size, limit)
            head += chunk[: _SNIFFED - len(head)]
            digest.update(chunk)
            await asyncio.to_thread(target.write, chunk)
    return FetchedFile(path=path, size=size, sha256=digest.hexdigest(), mime=filetype.guess_mime(head) or mime)


def _check_answer(response: ClientResponse, limit: int) -> None:
    """A redirect would lead our token elsewhere, and what is packed may unpack to a bomb."""
    if response.status >= 500:
        raise refused("send-error-network", f"HTTP {response.status}", retryable=True)
    if response.status != 200 or response.headers.get("Content-Encoding", "identity") != "identity":
        raise refused("send-error-media-gone", f"HTTP {response.status}", code=str(response.status))
    _check_size(response.content_length, limit)


def _broken(error: Exception) -> SendError:
    """A download changes nothing outside, so it may always be tried again."""
    return refused("send-error-network", type(error).__name__, retryable=True)


def _check_size(size: int | None, limit: int) -> None:
    if size is not None and size > limit:
        raise refused("send-error-too-large", f"{size} bytes, {limit} allowed")
