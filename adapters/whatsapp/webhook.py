"""The two HTTP handlers Meta talks to. A 200 means stored."""

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import hdrs, web

from adapters.web import Handler
from adapters.whatsapp.signature import HEADER, is_signed, same_token
from adapters.whatsapp.split import split
from bot.ports import Item

Accept = Callable[[list[Item]], Awaitable[object]]


def challenge(verify_token: str) -> Handler:
    """The GET handler of the subscription handshake. Raises `ValueError` for an empty token: it would let all in."""
    if not verify_token:
        raise ValueError("a verify token is needed")

    async def answer(request: web.BaseRequest) -> web.Response:
        query = request.query
        asked = query.get("hub.challenge")
        known = same_token(query.get("hub.verify_token", ""), verify_token)
        if query.get("hub.mode") != "subscribe" or asked is None or not known:
            return web.Response(status=403)
        return web.Response(text=asked, content_type="text/plain", headers={"X-Content-Type-Options": "nosniff"})

    return answer


def receive(app_secrets: Sequence[str], accept: Accept) -> Handler:
    """The POST handler. `accept(items)` returns after the commit; when it raises, Meta gets a 500 and sends again.

    401: the signature is missing, doubled or wrong. 413: the body is larger than the application allows.
    415: the body is encoded, which Meta never does and which could unpack to anything.
    Raises `ValueError` without a secret, or with an empty one.
    """
    secrets = tuple(app_secrets)
    if not secrets or not all(secrets):
        raise ValueError("an app secret is needed")

    async def answer(request: web.BaseRequest) -> web.Response:
        if request.headers.get(hdrs.CONTENT_ENCODING, "identity").strip().lower() not in {"", "identity"}:
            return web.Response(status=415)
        body = await request.read()
        if not is_signed(request.headers.getall(HEADER, []), body, secrets):
            return web.Response(status=401)
        items = split(body)
        if items:
            await accept(items)
        return web.Response(text="stored")

    return answer
