"""Fetching a file: streamed to our disk under a name of our own, counted, digested and sniffed on the way."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import filetype
from aiogram.methods import GetFile
from aiohttp import ClientError, ClientResponseError

from adapters.telegram.api import UPLOAD_TIMEOUT, Api
from adapters.telegram.errors import refused
from adapters.telegram.fields import text, whole
from bot.domain.errors import SendError
from bot.domain.message import Attachment
from bot.domain.outgoing import FetchedFile

_CHUNK = 256 * 1024
_SNIFFED = 8192


async def download(api: Api, attachment: Attachment, folder: Path, limit: int) -> FetchedFile:
    """Telegram's file into `folder`. Raises `SendError`; a file that grows over `limit` bytes leaves nothing behind."""
    _check_size(attachment.size, limit)
    found = await api.call_for_object(GetFile(file_id=attachment.ref))
    _check_size(whole(found, "file_size"), limit)
    where = text(found, "file_path")
    if not where:
        raise refused("send-error-media-gone", "Telegram names no place for the file")
    path = folder / secrets.token_hex(16)
    try:
        return await _written(path, _stream(api, where), limit, attachment.mime)
    except BaseException:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise


async def _written(path: Path, chunks: AsyncIterator[bytes], limit: int, mime: str) -> FetchedFile:
    digest, size, head = hashlib.sha256(), 0, b""
    target: BinaryIO = await asyncio.to_thread(path.open, "xb")
    with target:
        async for chunk in chunks:
            size += len(chunk)
            _check_size(size, limit)
            head += chunk[: _SNIFFED - len(head)]
            digest.update(chunk)
            await asyncio.to_thread(target.write, chunk)
    return FetchedFile(path=path, size=size, sha256=digest.hexdigest(), mime=filetype.guess_mime(head) or mime)


async def _stream(api: Api, where: str) -> AsyncIterator[bytes]:
    try:
        async for chunk in api.session.stream_content(api.file_url(where), timeout=UPLOAD_TIMEOUT, chunk_size=_CHUNK):
            yield chunk
    except ClientResponseError as error:
        if error.status >= 500:
            raise _broken(error) from None
        raise refused("send-error-media-gone", f"HTTP {error.status}", code=str(error.status)) from None
    except (ClientError, TimeoutError, OSError) as error:
        raise _broken(error) from None


def _broken(error: Exception) -> SendError:
    """A download changes nothing outside, so it may always be tried again."""
    return refused("send-error-network", type(error).__name__, retryable=True)


def _check_size(size: int | None, limit: int) -> None:
    if size is not None and size > limit:
        raise refused("send-error-too-large", f"{size} bytes, {limit} allowed")
