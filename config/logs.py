"""Logging: structlog for our own events, the standard library's for libraries, one redaction and one output."""

import logging
import sys
from collections.abc import Iterable
from typing import Any, TextIO

import structlog

from config.redaction import Redaction

_TALKATIVE = (
    "aiogram",
    "aiohttp",
    "aiosqlite",
    "apscheduler",
    "asyncio",
    "fluent",
    "httpcore",
    "httpx",
    "pywa",
    "pywa_async",
    "tortoise",
)
"""Libraries that write request addresses, SQL values or whole updates below WARNING."""


def set_up_logging(
    level: str = "INFO", *, as_json: bool = False, secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Send everything from `level` up to `stream` (default: stderr), one event a line, without private data."""
    target = stream or sys.stderr
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(_formatter(shared, secrets, as_json=as_json, colors=target.isatty()))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for library in _TALKATIVE:
        logging.getLogger(library).setLevel(max(root.level, logging.WARNING))
    logging.captureWarnings(True)


def _formatter(shared: list[Any], secrets: Iterable[str], *, as_json: bool, colors: bool) -> logging.Formatter:
    console = structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            # After the traceback has become text: exceptions quote addresses and messages.
            Redaction(secrets),
            structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else console,
        ],
    )
