"""How a command ends: its exit codes, sentences on the error output, and the loop that asynchronous work runs in."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from config.settings import Settings

FAILED = 1
MISCONFIGURED = 2

T = TypeVar("T")


def settings_or_stop() -> "Settings":
    """The settings; where they have mistakes the command ends with all of them."""
    from config.settings import ConfigurationError, load_settings

    try:
        return load_settings()
    except ConfigurationError as error:
        stop(MISCONFIGURED, *error.problems)


def finish(task: Coroutine[Any, Any, T]) -> T:
    """Run it to its end, on the fastest loop there is."""
    if sys.platform == "win32":
        return asyncio.run(task)
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(task)


def stop(code: int, *sentences: str) -> NoReturn:
    for sentence in sentences:
        typer.echo(sentence, err=True)
    raise typer.Exit(code)
