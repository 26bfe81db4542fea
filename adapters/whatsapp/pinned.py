"""Connecting to the very address that was checked: a name that leads into a private network leads nowhere."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to addresses, best first. Raises `OSError`."""

_NAT64 = IPv6Network("64:ff9b::/96")


class PinnedTransport(httpx.AsyncBaseTransport):
    """Looks the host up once, refuses it unless all its addresses are public, and connects to the first of them.

    A second look-up could be answered otherwise (DNS rebinding). Certificate and `Host` stay the name's.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, lookup: Lookup) -> None:
        self._inner = inner
        self._lookup = lookup

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises `httpx.ConnectError` for a host without public addresses."""
        host = request.url.host
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=await self._address(host, request.url.port or 443)),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _address(self, host: str, port: int) -> str:
        try:
            found = await self._lookup(host, port)
        except OSError as error:
            raise httpx.ConnectError(type(error).__name__) from None
        if not found or not all(map(is_public, found)):
            raise httpx.ConnectError("the host has no public address")
        return found[0]


async def look_up(host: str, port: int) -> Sequence[str]:
    """The system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def is_public(text: str) -> bool:
    """Whether an address is one of the open internet, whatever form it hides in; anything unreadable is not."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    inner = _carried(address)
    return (address.is_global or inner is not None) and not address.is_multicast and (inner or address).is_global


def _carried(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 one, where packets end up there."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
