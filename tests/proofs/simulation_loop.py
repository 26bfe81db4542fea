"""An event loop on which nothing but the work itself decides who goes next: no thread, and no address in memory."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import Context
from itertools import count
from typing import Any, ParamSpec, TypeVar

import uvloop

P = ParamSpec("P")
T = TypeVar("T")


class _Numbered(asyncio.Task[Any]):
    """A task that is found in sets by its number: who is cancelled first must not depend on where it lies."""

    def __init__(self, number: int, coro: Coroutine[Any, Any, Any], **options: Any) -> None:
        self._number = number
        super().__init__(coro, **options)

    def __hash__(self) -> int:
        return self._number


class _AtOnce(ThreadPoolExecutor):
    """What would be done in a thread is done at once."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        done: Future[T] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def new_loop() -> asyncio.AbstractEventLoop:
    """For `asyncio.Runner`."""
    loop = uvloop.new_event_loop()
    number_anew(loop)
    loop.set_default_executor(_AtOnce())
    return loop


def number_anew(loop: asyncio.AbstractEventLoop) -> None:
    """What was done on this loop before has no say in what follows."""
    numbers = count()

    def numbered(loop: asyncio.AbstractEventLoop, coro: Any, context: Context | None = None) -> asyncio.Task[Any]:
        return _Numbered(next(numbers), coro, loop=loop, context=context)

    loop.set_task_factory(numbered)
