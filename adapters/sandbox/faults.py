"""Scripted trouble: "the k-th call of method M ends like this", for both vendor servers."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import orjson
from aiohttp import web

EVERY_METHOD = "*"

Kind = Literal["error", "reset_before", "reset_after", "delay"]


@dataclass(frozen=True)
class Outcome:
    """How one call ends; build it with the functions below."""

    kind: Kind
    status: int = 0
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0


def error(status: int, body: object, headers: Mapping[str, str] | None = None) -> Outcome:
    """Refuse the call: nothing is done, `body` is sent (bytes and str as they are, anything else as JSON)."""
    if isinstance(body, str):
        body = body.encode()
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return Outcome("error", status, raw, {"Content-Type": "application/json"} | dict(headers or {}))


def html_502() -> Outcome:
    """A proxy's HTML page in place of the vendor's JSON; nothing is done."""
    page = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
    return Outcome("error", 502, page, {"Content-Type": "text/html"})


def reset_before() -> Outcome:
    """The connection breaks before the call is carried out."""
    return Outcome("reset_before")


def reset_after() -> Outcome:
    """The call is carried out, but its answer is lost with the connection."""
    return Outcome("reset_after")


def delay(seconds: float) -> Outcome:
    """The call waits so many real seconds, then is carried out."""
    return Outcome("delay", seconds=seconds)


@dataclass
class _Plan:
    outcome: Outcome
    skip: int
    left: int


class Faults:
    """A list of plans per method; the first one that is due takes the call."""

    def __init__(self) -> None:
        self._plans: dict[str, list[_Plan]] = {}

    def add(self, method: str, outcome: Outcome, *, times: int = 1, after: int = 0) -> None:
        """Give `times` calls of `method` this outcome, once `after` further calls went through untouched.

        The method "*" stands for every method. Plans of one method follow one another.
        """
        self._plans.setdefault(method, []).append(_Plan(outcome, after, times))

    def take(self, method: str) -> Outcome | None:
        """Count one call of `method`; return its scripted outcome, or None to carry it out as usual."""
        for name in (method, EVERY_METHOD):
            outcome = self._next(self._plans.get(name, []))
            if outcome is not None:
                return outcome
        return None

    def clear(self) -> None:
        """Forget every plan."""
        self._plans.clear()

    @staticmethod
    def _next(plans: list[_Plan]) -> Outcome | None:
        if not plans:
            return None
        plan = plans[0]
        if plan.skip > 0:
            plan.skip -= 1
            return None
        plan.left -= 1
        if plan.left <= 0:
            plans.pop(0)
        return plan.outcome


Answer = Callable[[], Awaitable[web.StreamResponse]]


async def answer_under(outcome: Outcome | None, request: web.Request, answer: Answer) -> web.StreamResponse:
    """Carry out `answer` as the outcome demands: not at all, late, without telling, or as usual (None)."""
    if outcome is None:
        return await answer()
    if outcome.kind == "error":
        return web.Response(status=outcome.status, body=outcome.body, headers=outcome.headers)
    if outcome.kind == "delay":
        await asyncio.sleep(outcome.seconds)
        return await answer()
    if outcome.kind == "reset_after":
        with contextlib.suppress(web.HTTPException):
            await answer()
    return _hang_up(request)


def _hang_up(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    # aiohttp wants a response even for a connection that is gone; it is never written.
    return web.Response(status=500)
