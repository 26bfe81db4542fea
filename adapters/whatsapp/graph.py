"""The one place that talks to Graph: pywa's async client on our own HTTP session, its errors turned into ours."""

import ssl
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies

import httpx
from pywa.errors import WhatsAppError
from pywa_async.client import WhatsApp

from adapters.whatsapp.errors import broken, refused, unreadable
from adapters.whatsapp.loose import Json
from adapters.whatsapp.pinned import Lookup, PinnedTransport, look_up
from bot.domain.errors import SendError

DEFAULT_BASE = "https://graph.facebook.com"
VERSION = "v26.0"
MEDIA_HOST = "lookaside.fbsbx.com"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

Origin = tuple[str, str, int | None]


class Graph:
    """A session of one token. `base` is the host, with or without a version, e.g. `http://127.0.0.1:9000`.

    `lookup` resolves the host of files, whose addresses come from outside.
    """

    def __init__(
        self, token: str, base: str = DEFAULT_BASE, *, timeout_seconds: float = 20.0, lookup: Lookup = look_up
    ) -> None:
        self.base = _versioned(base or DEFAULT_BASE)
        on_loopback = is_loopback(urlsplit(self.base))
        self.session = httpx.AsyncClient(
            timeout=timeout_seconds,
            verify=_trusted(),
            limits=httpx.Limits(max_connections=50, max_keepalive_connections=20),
            follow_redirects=False,
            trust_env=not on_loopback,  # a proxy of the environment cannot reach our loopback
            # A proxy looks names up itself, and decides itself where it leads.
            mounts=None if not on_loopback and _proxied() else {f"https://{MEDIA_HOST}": _pinned(lookup)},
        )
        self.api = WhatsApp(token=token, session=self.session).api
        self.session.base_url = httpx.URL(self.base)  # pywa has put its own there and takes no other

    async def call(self, ask: Callable[[], Awaitable[Any]]) -> Json:
        """Await one call of pywa's and return Graph's JSON object; whatever goes wrong is a `SendError`."""
        failure: SendError
        try:
            answer = await ask()
        except WhatsAppError as error:
            # Raised outside this block: pywa's error must not hang on ours, it breaks every context manager it meets.
            failure = refused(error)
        except httpx.HTTPError as error:
            failure = broken(error)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            failure = unreadable(type(error).__name__)
        else:
            if isinstance(answer, dict):
                return answer
            failure = unreadable("no JSON object")
        raise failure

    async def close(self) -> None:
        """Close all connections."""
        await self.session.aclose()


def is_loopback(url: SplitResult) -> bool:
    """Whether the address is this machine by name or number."""
    return (url.hostname or "") in _LOOPBACK


def origin(url: SplitResult) -> Origin:
    """Scheme, host and explicit port: what must be equal for a token to follow."""
    return url.scheme, url.hostname or "", url.port


def _pinned(lookup: Lookup) -> PinnedTransport:
    return PinnedTransport(httpx.AsyncHTTPTransport(verify=_trusted(), trust_env=False), lookup)


def _proxied() -> bool:
    return not getproxies().keys().isdisjoint({"https", "all"})


@cache
def _trusted() -> ssl.SSLContext:
    """The certificate authorities, read once: it takes 50 ms that every other task would wait for."""
    return httpx.create_ssl_context()


def _versioned(base: str) -> str:
    root = base.rstrip("/")
    last = root.rpartition("/")[2]
    is_version = last.startswith("v") and last[1:].replace(".", "", 1).isdigit()
    return root if is_version else f"{root}/{VERSION}"
