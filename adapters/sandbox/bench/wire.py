"""One HTTP connection of the load generator: as little work per answer as Python can do."""

import asyncio
from collections.abc import Callable
from typing import cast

LOST = 0
"""The status of a request whose connection broke."""

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


class Wire(asyncio.Protocol):
    """Asks one thing after the other; `answered(wire, status)` is called for each."""

    def __init__(self, answered: Callable[["Wire", int], None]) -> None:
        self.asked_at = 0.0
        self.index = -1
        self._answered = answered
        self._buffer = b""
        self._asking = False
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do not derive from asyncio's.
        self._transport = cast("asyncio.WriteTransport", transport)

    def ask(self, request: bytes) -> None:
        """Write a request; the one before must have been answered."""
        self._asking = True
        if self._transport is not None:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        end = buffer.find(_END)
        if end < 0 or len(buffer) < end + len(_END) + _length(buffer[:end]):
            self._buffer = buffer
            return
        self._buffer = b""
        self._asking = False
        self._answered(self, int(buffer[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self._asking:
            self._asking = False
            self._answered(self, LOST)

    def close(self) -> None:
        """Say goodbye."""
        self._asking = False
        if self._transport is not None:
            self._transport.close()


def _length(head: bytes) -> int:
    found = head.lower().partition(_LENGTH)[2].partition(b"\r\n")[0]
    return int(found) if found else 0
