"""Files that are not what they say: bodies that do not end, unpack to gigabytes, or come a byte at a time."""

import asyncio
import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from aiohttp import web

from tests.proofs.liars import Serve

CAP = 2**20
"""Bytes the proof lets a file have."""
MORE = 64 * 1024
"""Bytes past the cap within which it must be noticed: who offers a file without end sends these and falls silent."""
GIGABYTE = 2**30

TOO_LARGE, GONE, NETWORK, STORED = "send-error-too-large", "send-error-media-gone", "send-error-network", ""
_DRIP_SECONDS = 0.01


@dataclass(frozen=True, kw_only=True)
class Bomb:
    """`end` is the key of the error it must end in, or `STORED` with a `size`. `about` is what the platform claims.

    The `slow` ones are told apart by time alone; `or_trouble` may as well count as trouble on the line.
    """

    name: str
    serve: Serve
    end: str
    size: int = 0
    slow: bool = False
    or_trouble: bool = False
    about: dict[str, Any] = field(default_factory=dict)


def answer(
    *headers: str,
    pieces: Sequence[bytes] = (),
    then: str = "hang up",
    pause: float = 0.0,
    mute: bool = False,
) -> Serve:
    """Bytes past any library that would keep a server honest; `then` it hangs up, holds the line, or drips for ever."""

    async def serve(request: web.Request) -> web.StreamResponse:
        head = "" if mute else "\r\n".join(("HTTP/1.1 200 OK", *headers, "", ""))
        for piece in (head.encode("latin-1"), *pieces):
            _write(request, piece)
            await asyncio.sleep(pause)
        while then != "hang up" and request.transport is not None and not request.transport.is_closing():
            _write(request, b"1\r\nx\r\n" if then == "drip" else b"")
            await asyncio.sleep(_DRIP_SECONDS)
        if request.transport is not None:
            request.transport.close()
        return web.Response()

    return serve


def _write(request: web.Request, data: bytes) -> None:
    if isinstance(request.transport, asyncio.WriteTransport) and data:
        request.transport.write(data)


def chunked(*pieces: bytes) -> list[bytes]:
    return [f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces]


@cache
def zeros(header: bytes) -> bytes:
    """A gigabyte of nothing in one megabyte: one flushed stretch of it over and over, behind a packer's header."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    stretch = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return (header + stretch * (GIGABYTE // 2**20))[:CAP]


@cache
def nested_zip() -> bytes:
    """Archives in archives: every layer is sixteen times the one inside."""
    inner = bytes(2**20)
    for layer in range(5):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for copy in range(16):
                archive.writestr(f"{layer}-{copy}", inner)
        inner = packed.getvalue()
    return inner


@cache
def wide_png() -> bytes:
    """A picture of 50,000 by 50,000 points: ten gigabytes for whoever draws it."""
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 6, 0, 0, 0)
    parts = {b"IHDR": header, b"IDAT": zlib.compress(bytes(2**16)), b"IEND": b""}
    framed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts.items()
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


@cache
def laughing_svg() -> bytes:
    """Entities that multiply for whoever reads XML."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY l0 "ha">{laughs}]><svg>&l9;</svg>'.encode()


def _plain(data: bytes, *headers: str, length: int | None = None) -> Serve:
    announced = f"Content-Length: {len(data) if length is None else length}"
    return answer(announced, *headers, pieces=[data])


def _honest_looking() -> list[Bomb]:
    """What is only a bomb for who opens it: stored as it came."""
    made = {"nested zip": nested_zip(), "wide png": wide_png(), "laughing svg": laughing_svg()}
    made["gzip without saying so"] = zeros(b"\x1f\x8b\x08\0\0\0\0\0\0\x03")
    return [Bomb(name=name, serve=_plain(data), end=STORED, size=len(data)) for name, data in made.items()]


def _packed() -> list[Bomb]:
    headers = {
        "gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
        "deflate": b"\x78\x9c",
        "br": b"",
        "zstd": b"",
        "gzip, gzip": b"",
    }
    return [
        Bomb(name=f"packed as {name}", serve=_plain(zeros(header), f"Content-Encoding: {name}"), end=GONE)
        for name, header in headers.items()
    ]


_SILENT = answer(mute=True, then="hold")


def _without_end() -> list[Bomb]:
    piece = bytes(16 * 1024)
    offered = [piece] * ((CAP + MORE) // len(piece))
    in_chunks = answer("Transfer-Encoding: chunked", pieces=chunked(*offered), then="hold")
    one_chunk = answer("Transfer-Encoding: chunked", pieces=[b"ffffffff\r\n", *offered], then="hold")
    until_closed = answer("Connection: close", pieces=offered, then="hold")
    announced = answer(f"Content-Length: {GIGABYTE}", then="hold")
    small = {"file_size": 10}
    return [
        Bomb(name="chunks without end", serve=in_chunks, end=TOO_LARGE),
        Bomb(name="one chunk without end", serve=one_chunk, end=TOO_LARGE),
        Bomb(name="no length and no end", serve=until_closed, end=TOO_LARGE),
        Bomb(name="a gigabyte announced", serve=announced, end=TOO_LARGE),
        Bomb(name="described as small", serve=in_chunks, end=TOO_LARGE, about=small),
        Bomb(name="described as large", serve=_SILENT, end=TOO_LARGE, about={"file_size": GIGABYTE}),
    ]


def _liars() -> list[Bomb]:
    head = "Transfer-Encoding: chunked"
    return [
        Bomb(name="shorter than it says", serve=_plain(bytes(1000), length=5000), end=NETWORK),
        Bomb(name="longer than it says", serve=_plain(bytes(1000), length=10), end=STORED, size=10, or_trouble=True),
        Bomb(name="a negative length", serve=answer("Content-Length: -1", pieces=[bytes(10)]), end=NETWORK),
        Bomb(name="two lengths", serve=answer("Content-Length: 5", "Content-Length: 9", pieces=[b"x"]), end=NETWORK),
        Bomb(name="a megabyte of headers", serve=answer(f"X-Big: {'x' * 2**20}"), end=NETWORK),
        Bomb(name="a chunk that is no number", serve=answer(head, pieces=[b"zz\r\nx"]), end=NETWORK),
        Bomb(name="a byte at a time", serve=answer(head, then="drip"), end=NETWORK, slow=True),
        Bomb(name="headers and nothing more", serve=answer(head, then="hold"), end=NETWORK, slow=True),
        Bomb(name="no answer at all", serve=_SILENT, end=NETWORK, slow=True),
    ]


def bombs() -> list[Bomb]:
    """All of them."""
    return [*_honest_looking(), *_packed(), *_without_end(), *_liars()]
