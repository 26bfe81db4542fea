"""The page talks to this machine's own browser only: who is let in, and with which headers answers leave."""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

LOCAL_NAMES = frozenset({"127.0.0.1", "localhost"})

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@web.middleware
async def local_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a foreign Host (DNS rebinding) and a foreign page's POST (request forgery) with 403."""
    if urlsplit(f"//{request.host}").hostname not in LOCAL_NAMES:
        raise web.HTTPForbidden(text="This page answers to 127.0.0.1 and localhost only.")
    if request.method not in {"GET", "HEAD"} and not _from_our_page(request):
        raise web.HTTPForbidden(text="Only the sandbox's own page may do this.")
    return await handler(request)


def _from_our_page(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    # A tool on this machine sends no Origin; a browser always does when another page posts.
    return origin is None or origin == f"http://{request.host}"


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Put the protective headers on every answer (an `on_response_prepare` signal)."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
