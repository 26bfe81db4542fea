"""Files to and from Meta. Uploads are bytes with an id in return; downloads go by id, to hosts on a list only."""

import asyncio
import hashlib
import mimetypes
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote, urljoin, urlsplit

import filetype
import httpx

from adapters.patience import patience
from adapters.whatsapp.errors import broken, explain, impossible
from adapters.whatsapp.graph import MEDIA_HOST, Graph, is_loopback, origin
from adapters.whatsapp.limits import LARGEST, bare, media_type
from adapters.whatsapp.loose import Json, text
from bot.domain.errors import SendError
from bot.domain.outgoing import FetchedFile, LocalFile

_CHUNK = 64 * 1024
_HEAD = 8192  # bytes the type is sniffed from
_MOST_REDIRECTS = 3
_AS_IS = {"Accept-Encoding": "identity"}  # what is not packed cannot unpack to a bomb
_FIRST_SECONDS = 30.0
_DOWNLOAD_SECONDS = 60.0

Came = Callable[[int], None]
"""Told how many bytes have come."""


class _LinkGoneError(Exception):
    """The five-minute download address is used up (business-phone-numbers/media)."""


async def upload(graph: Graph, phone_number_id: str, file: LocalFile) -> str:
    """The media id under which Meta keeps the file for 30 days. Whatever fails here, no message went out."""
    if file.ref:
        return file.ref
    if file.path is None:
        raise impossible("send-error-media-gone", "neither a path nor an id")
    try:
        data = await asyncio.to_thread(file.path.read_bytes)
    except OSError as error:
        raise impossible("send-error-media-gone", type(error).__name__) from None
    if len(data) > LARGEST[media_type(file.kind, file.mime)]:
        raise impossible("send-error-too-large", f"{len(data)} bytes")
    mime, name = upload_type(file), file.name or "file"
    try:
        # Bytes, never text: pywa would open a text that happens to be a path.
        answer = await graph.call(lambda: graph.api.upload_media(phone_number_id, data, mime, name))
    except SendError as failure:
        failure.certain = True
        if failure.key == "send-error-bad-request":
            failure.key = "send-error-media-type"
        raise
    media_id = text(answer.get("id"))
    if not media_id:
        raise SendError(key="send-error-vendor", certain=True, retryable=True, detail="an upload without an id")
    return media_id


def upload_type(file: LocalFile) -> str:
    """The type to upload under: Meta takes tables, logs and source code only as plain text."""
    mime = bare(file.mime) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return "text/plain" if mime.startswith("text/") else mime


async def download(
    graph: Graph, media_id: str, folder: Path, limit: int, *, seconds: float = _FIRST_SECONDS
) -> FetchedFile:
    """Store a received file under a random name; an address that has expired is asked for once more.

    After `seconds` only a file that keeps coming may go on.
    """
    failure: SendError
    try:
        async with patience(seconds, _DOWNLOAD_SECONDS) as came:
            try:
                return await _follow(graph, await _address(graph, media_id, limit), folder, limit, came)
            except _LinkGoneError:
                return await _follow(graph, await _address(graph, media_id, limit), folder, limit, came)
    except _LinkGoneError:
        failure = impossible("send-error-media-gone", "the download address does not exist")
    except TimeoutError:
        failure = SendError(key="send-error-network", certain=True, retryable=True, detail="download too slow")
    except (httpx.InvalidURL, ValueError):  # a redirect to what is no address at all
        failure = impossible("send-error-media-gone", "a download address that cannot be read")
    except httpx.HTTPError as error:
        failure = broken(error)
        failure.key, failure.certain = "send-error-network", True
    except OSError as error:  # our disk
        failure = SendError(key="send-error-network", certain=True, retryable=True, detail=type(error).__name__)
    raise failure


async def _address(graph: Graph, media_id: str, limit: int) -> str:
    if not media_id:
        raise impossible("send-error-media-gone", "no media id")
    try:
        answer = await graph.call(lambda: graph.api.get_media_url(quote(media_id, safe="")))
    except SendError as failure:
        failure.certain = True
        if failure.key == "send-error-bad-request":  # unknown, expired after 7 days, or another account's
            failure.key = "send-error-media-gone"
        raise
    _check_size(answer, limit)
    return text(answer.get("url"))


def _check_size(answer: Json, limit: int) -> None:
    size = text(answer.get("file_size"))
    if size.isdigit() and int(size) > limit:
        raise impossible("send-error-too-large", f"{size} bytes")


async def _follow(graph: Graph, url: str, folder: Path, limit: int, came: Came) -> FetchedFile:
    """Download `url`, following redirects by hand: each stop must be on the list, for our token travels along."""
    for _ in range(_MOST_REDIRECTS):
        _check_host(graph, url)
        async with graph.session.stream("GET", url, headers=_AS_IS) as response:
            if not response.has_redirect_location:
                return await _save(response, folder, limit, came)
            url = urljoin(url, response.headers["Location"])
    raise impossible("send-error-media-gone", "too many redirects")


def _check_host(graph: Graph, url: str) -> None:
    try:
        target, base = urlsplit(url), urlsplit(graph.base)
        at_meta = target.scheme == "https" and target.hostname == MEDIA_HOST and target.port in {None, 443}
        at_base = origin(target) == origin(base) and (target.scheme == "https" or is_loopback(base))
        allowed = (at_meta or at_base) and target.username is None and "\\" not in url
    except ValueError:
        allowed = False
    if not allowed:
        raise impossible("send-error-media-gone", "a download address outside the allowed hosts")


async def _save(response: httpx.Response, folder: Path, limit: int, came: Came) -> FetchedFile:
    _check_answer(response, limit)
    path = folder / secrets.token_hex(16)
    digest, size, head = hashlib.sha256(), 0, b""
    async with _new_file(path) as write:
        async for chunk in response.aiter_raw(_CHUNK):
            came(len(chunk))
            size += len(chunk)
            if size > limit:
                raise impossible("send-error-too-large", f"more than {limit} bytes")
            digest.update(chunk)
            head += chunk[: _HEAD - len(head)]
            await write(chunk)
    mime = filetype.guess_mime(head) or ""
    return FetchedFile(path=path, size=size, sha256=digest.hexdigest(), mime=mime)


def _check_answer(response: httpx.Response, limit: int) -> None:
    status, length = response.status_code, response.headers.get("Content-Length", "")
    if status in {404, 410}:
        raise _LinkGoneError
    if status in {401, 403}:
        raise explain("190", f"download refused with {status}")
    if status == 429 or status >= 500:
        raise SendError(key="send-error-vendor", certain=True, retryable=True, retry_after=5.0, code=str(status))
    if status != httpx.codes.OK or response.headers.get("Content-Encoding", "identity") != "identity":
        raise impossible("send-error-media-gone", f"download answered with {status}")
    if length.isdigit() and int(length) > limit:
        raise impossible("send-error-too-large", f"{length} bytes")


@asynccontextmanager
async def _new_file(path: Path) -> AsyncIterator[Callable[[bytes], Awaitable[object]]]:
    """A file to write to, on the disk when the block ends, gone when the block fails; slow disks block nobody."""
    sink = await asyncio.to_thread(path.open, "xb")
    try:
        yield lambda chunk: asyncio.to_thread(sink.write, chunk)
        await asyncio.to_thread(_settle, sink)
    except BaseException:
        await asyncio.to_thread(_discard, sink, path)
        raise


def _settle(sink: IO[bytes]) -> None:
    sink.flush()
    os.fsync(sink.fileno())
    sink.close()


def _discard(sink: IO[bytes], path: Path) -> None:
    sink.close()
    path.unlink(missing_ok=True)
