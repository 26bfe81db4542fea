"""What reaches the log, through the real set-up."""

import io
import json
import logging
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from pydantic import BaseModel, ValidationError

from config.logs import set_up_logging

PHONE = "905550001122"
SECRET = "s3cret-of-the-app"
Written = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written() -> Iterator[Written]:
    """Sets logging up and returns a function that gives all lines so far."""
    root = logging.getLogger()
    before = (root.handlers, root.level)
    stream = io.StringIO()
    set_up_logging("DEBUG", as_json=True, secrets=[SECRET], stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    logging.captureWarnings(False)
    root.handlers, root.level = before


def test_an_event_is_one_json_line_with_level_logger_time_and_its_fields(written: Written) -> None:
    structlog.get_logger("bot.inbox").info("item stored", ticket="2026-000001", at=1_700_000_000_000)
    [line] = written()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "item stored",
        "level": "info",
        "logger": "bot.inbox",
        "ticket": "2026-000001",
        "at": 1_700_000_000_000,
    }


def test_private_fields_are_hidden_however_deep(written: Written) -> None:
    structlog.get_logger().info(
        "odd update",
        text="gizli söz",
        caption="",
        name=None,
        update={"message": {"body": "gizli söz"}, "people": [{"first_name": "Gizli", "id": 7}]},
        raw=b"gizli",
    )
    [line] = written()
    assert "gizli" not in json.dumps(line, ensure_ascii=False).lower()
    assert line["text"] == "[9 hidden]"
    assert (line["caption"], line["name"]) == ("", None)
    assert line["update"]["people"] == [{"first_name": "[5 hidden]", "id": 7}]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("POST http://127.0.0.1:8081/bot42:TEST/sendMessage", "POST http://127.0.0.1:8081/bot[token]/sendMessage"),
        ("GET /file/bot42%3ATEST/photos/1.jpg", "GET /file/bot[token]/photos/1.jpg"),
        (f"token 123456789:{'A' * 35} is wrong", "token [token] is wrong"),
        (f"sent EAA{'b' * 40}", "sent [token]"),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer [token]"),
        ("GET /hook?hub.verify_token=abc&hub.challenge=1", "GET /hook?hub.verify_token=[secret]&hub.challenge=1"),
        (f"refused {SECRET}!", "refused [secret]!"),
        (f"whatsapp:{PHONE}", "whatsapp:[number]"),
        (f"+{PHONE}.", "[number]."),
        ("call +90 (555) 000-11-22 now", "call [number] now"),
        ("TR.13491208655302741918", "[person]"),
        ("wamid.HBgMOTA1NTUwMDAxMTIyFQIAERgSABCDEFGH", "wamid.…ABCDEFGH"),
        ("group -1001234567890, ticket #2026-000001, 2026-11-21T10:00:00", None),
    ],
)  # fmt: skip
def test_secrets_and_identities_are_taken_out_of_any_text(written: Written, text: str, shown: str | None) -> None:
    structlog.get_logger().info("said", why=text)
    logging.getLogger("library").warning("said: %s", text)
    own, foreign = written()
    assert own["why"] == (shown or text)
    assert foreign["event"] == f"said: {shown or text}"


def test_exceptions_are_logged_without_secrets_and_quoted_input(written: Written) -> None:
    class Update(BaseModel):
        id: int

    log = structlog.get_logger()
    words = {"id": "gizli söz".upper()}  # a traceback shows lines of source, but not what they make
    try:
        Update.model_validate(words)
    except ValidationError:
        log.exception("update does not parse")
    try:
        raise OSError(f"http://127.0.0.1/bot42:TEST/getMe for {PHONE}")
    except OSError:
        logging.getLogger("library").exception("call failed")
    own, foreign = written()
    assert "ValidationError" in own["exception"]
    assert words["id"] not in own["exception"]
    assert "http://127.0.0.1/bot[token]/getMe for [number]" in foreign["exception"]
    assert PHONE not in json.dumps(foreign)


@pytest.mark.parametrize(
    "library", ["httpx", "httpcore", "pywa", "aiogram.event", "aiosqlite", "apscheduler.executors"]
)
def test_talkative_libraries_are_heard_from_warning_up_even_at_debug(written: Written, library: str) -> None:
    logging.getLogger(library).info("whole request")
    logging.getLogger(library).warning("trouble")
    assert [line["event"] for line in written()] == ["trouble"]


def test_warnings_of_python_go_to_the_log(written: Written) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"old call with {SECRET}", DeprecationWarning, stacklevel=1)
    [line] = written()
    assert line["logger"] == "py.warnings"
    assert "old call with [secret]" in line["event"]


def test_the_console_form_hides_the_same() -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    before = (root.handlers, root.level)
    try:
        set_up_logging("INFO", secrets=[SECRET], stream=stream)
        structlog.get_logger("bot").debug("quiet")
        structlog.get_logger("bot").info("said", text="gizli", why=SECRET)
    finally:
        structlog.reset_defaults()
        logging.captureWarnings(False)
        root.handlers, root.level = before
    [line] = stream.getvalue().splitlines()
    assert "said" in line
    assert "gizli" not in line
    assert SECRET not in line
