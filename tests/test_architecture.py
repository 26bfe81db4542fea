"""The house rules that a machine can check. Import contracts are import-linter's (`make contracts`)."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.cards import STATUS_MARK
from bot.commands import COMMANDS
from bot.domain.ledger import Delivery
from bot.domain.message import Kind
from bot.domain.people import Role
from bot.domain.sla.clocks import ClockState, Why
from bot.domain.sla.policy import ClockKind
from bot.domain.ticket import Action, ActorKind, CloseReason, Priority, Status
from bot.services.selfservice import MENU
from config.policies import load_intake
from tests.builders import shipped_texts

pytestmark = pytest.mark.xdist_group("architecture")  # every tree is read once

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "adapters", "store", "scheduler", "config")
FILES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
SANDBOX = "adapters/sandbox/"
Function = ast.FunctionDef | ast.AsyncFunctionDef

MAY_PRINT = {"config/cli.py", "config/demo.py", "config/script.py", "config/chaos.py"}
# The one place of time, and the doctor that compares the machine's clock with others.
MAY_READ_CLOCKS = {"config/clock.py", "config/doctor.py", "config/chaos.py"}
CLOCKS = {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "now", "utcnow", "today"}
BIRTHS = {"create_task", "ensure_future", "gather", "TaskGroup"}
KEY = re.compile(r"[a-z]+(?:-[a-z0-9_]+)+")

# Functions that take the key of a text, and which argument it is.
TAKE_KEYS = {
    "text": 1,
    "desk_text": 0,
    "notify": 2,
    "line": 2,
    "BadInput": 0,
    "NotAllowed": 0,
    "words": 0,
    "_said": 1,
    "_tell": 2,
}


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@cache
def words(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@cache
def nodes(file: Path) -> list[ast.AST]:
    """Every node of the file's tree."""
    return list(ast.walk(ast.parse(words(file), named(file))))


def product() -> Iterator[Path]:
    """Everything but the sandbox, which plays the outside world."""
    return (file for file in FILES if not named(file).startswith(SANDBOX))


def calls(within: Iterable[ast.AST]) -> Iterator[tuple[str, str, ast.Call]]:
    """Every call: what it is called on (`time` in `time.time()`), its name, the node."""
    for node in within:
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(value=ast.Name(id=owner), attr=name):
                    yield owner, name, node
                case ast.Attribute(attr=name):
                    yield "", name, node
                case ast.Name(id=name):
                    yield "", name, node


def test_there_is_something_to_check() -> None:
    assert len(FILES) > 100


def test_no_file_is_longer_than_300_lines() -> None:
    lines = {named(file): len(words(file).splitlines()) for file in FILES}
    assert {file: count for file, count in lines.items() if count > 300} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    long = {
        (named(file), node.name): node.end_lineno - node.lineno + 1
        for file in FILES
        for node in nodes(file)
        if isinstance(node, Function) and node.end_lineno and node.end_lineno - node.lineno >= 40
    }
    assert long == {}


def test_nothing_is_left_for_later() -> None:
    later = ("TO" + "DO", "FIX" + "ME")
    lines = [(named(file), line) for file in FILES for line in words(file).splitlines()]
    assert [(file, line) for file, line in lines if any(word in line for word in later)] == []


def test_only_terminal_programs_print() -> None:
    printing = {named(file) for file in FILES if any(name == "print" for _, name, _ in calls(nodes(file)))}
    assert printing <= MAY_PRINT


def test_time_comes_from_one_place() -> None:
    reading = {
        (named(file), f"{owner}.{name}")
        for file in product()
        for owner, name, _ in calls(nodes(file))
        if name in CLOCKS and owner in {"time", "datetime", "date"}
    }
    assert {file for file, _ in reading} <= MAY_READ_CLOCKS


def test_clocks_are_not_smuggled_in_by_name() -> None:
    """`from time import time` would hide from the check above."""
    imported = {
        named(file): node.names
        for file in product()
        for node in nodes(file)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
    }
    assert set(imported) <= MAY_READ_CLOCKS


def transactions(within: Iterable[ast.AST]) -> Iterator[ast.AsyncWith | ast.AsyncFunctionDef]:
    for node in within:
        if isinstance(node, ast.AsyncWith) and any("transaction()" in ast.unparse(item) for item in node.items):
            yield node
        if isinstance(node, ast.AsyncFunctionDef) and "db.whole" in map(ast.unparse, node.decorator_list):
            yield node


def test_no_task_is_born_inside_a_transaction() -> None:
    """It would inherit a connection that is not its own (STACK.md, the ORM's traps)."""
    blocks = [(file, block) for file in FILES for block in transactions(nodes(file))]
    assert len(blocks) >= 10, "the check finds the blocks it is about"
    made = [(file, block, name) for file, block in blocks for _, name, _ in calls(ast.walk(block))]
    assert [(named(file), block.lineno) for file, block, name in made if name in BIRTHS] == []


def literals(file: Path) -> Iterator[str]:
    """All strings of a file but its docstrings."""
    prose = {id(node.value) for node in nodes(file) if isinstance(node, ast.Expr)}
    for node in nodes(file):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def options(argument: ast.expr) -> Iterator[ast.expr]:
    """The values an argument may have: both sides of a conditional."""
    if isinstance(argument, ast.IfExp):
        yield from options(argument.body)
        yield from options(argument.orelse)
    else:
        yield argument


def key_arguments(file: Path) -> Iterator[ast.expr]:
    """Whatever is given as the key of a text."""
    for _, name, call in calls(nodes(file)):
        at = TAKE_KEYS.get(name)
        if at is not None and len(call.args) > at:
            yield from options(call.args[at])
        for keyword in call.keywords:
            if name == "SendError" and keyword.arg == "key":
                yield from options(keyword.value)


CARD_ROWS = {"requester", "assignee", "earlier", "reopened", "priority", "category", "opened", "first-response"}
CARD_ROWS |= {"postponed-until", "eta", "auto-close", "closed", "window", "development", "follow-up", "tags", "links"}


def families() -> dict[str, Iterable[str]]:
    """Keys that are put together at run time: the beginning, and all its ends."""
    form = load_intake(None)
    questions = [question.id for question in form.questions]
    return {
        "status": Status,
        "close-reason": CloseReason,
        "priority": Priority,
        "kind": Kind,
        "action": Action,
        "actor": ActorKind,
        "role": (*Role, "none"),
        "state": Delivery,
        "command": (command.name for command in COMMANDS),
        "menu": MENU,
        "field": questions,
        "intake-ask": questions,
        "step": ("take", "postpone", "resume", "reopen", "history", "why", "assign"),
        "clock": ClockKind,
        "clock-state": ClockState,
        "why": Why,
        "button": ("accept", "accept-anyway", "more", "back"),
        "channel": ("telegram", "whatsapp"),
        "card": CARD_ROWS,
    }


def expanded() -> set[str]:
    return {f"{family}-{end}" for family, ends in families().items() for end in ends}


def test_every_literal_key_has_its_text_in_both_languages() -> None:
    asked = {
        argument.value: named(file)
        for file in product()
        for argument in key_arguments(file)
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value
    }
    assert len(asked) > 60, "the check finds the calls it is about"
    for locale in ("tr", "en"):
        keys = shipped_texts().keys(locale)
        assert {key: file for key, file in asked.items() if key not in keys and file.startswith("bot")} == {}


def test_whatever_looks_like_the_key_of_a_known_family_is_one() -> None:
    """Keys that travel through variables and tables: `return "button-old"`."""
    keys = shipped_texts().keys("tr")
    beginnings = {"button", "send", "desk", "delivery", "notice", "usage", "closed", "resend", "reply", "intake"}
    lookalikes = {
        (text, named(file))
        for file in product()
        for text in literals(file)
        if KEY.fullmatch(text) and text.partition("-")[0] in beginnings
    }
    assert {(text, file) for text, file in lookalikes if text not in keys} == set()


def test_every_key_that_is_put_together_belongs_to_a_listed_family() -> None:
    made = {
        argument.values[0].value
        for file in product()
        for argument in key_arguments(file)
        if isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant)
    }
    assert made <= {f"{family}-" for family in families()}


@pytest.mark.parametrize("locale", ["tr", "en"])
def test_every_member_of_a_family_has_its_text(locale: str) -> None:
    assert expanded() - shipped_texts().keys(locale) == set()
    assert set(STATUS_MARK) == set(Status)


@pytest.mark.parametrize("locale", ["tr", "en"])
def test_no_text_is_without_use(locale: str) -> None:
    written = {text for file in product() for text in literals(file)}
    # The adapters name what cannot be carried (`poll`); the key is made of it.
    placeholders = {f"placeholder-{text.replace('_', '-')}" for text in written}
    assert shipped_texts().keys(locale) - written - expanded() - placeholders == set()
