"""What every test may use: the options of a proof, and its size, seed and figures."""

import gc
import json
from collections.abc import Generator
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from store.dialect import Dialect
from tests.proofs.proof import FIGURES, SEED, Proof, verdicts

FULL_SECONDS = 600
"""What a figure may take on two cores, unless its mark names other `seconds`."""

# How long a draw takes on a busy machine says nothing about the promise.
settings.register_profile("busy", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


def pytest_addoption(parser: pytest.Parser) -> None:
    databases = parser.getgroup("databases", "which database the stories and use cases run on")
    databases.addoption(
        "--database",
        type=Dialect,
        choices=list(Dialect),
        default=Dialect.SQLITE,
        help="the database of stories and use cases that are not marked `both_databases`",
    )
    options = parser.getgroup("proofs", "the figures of reliability and security")
    options.addoption("--full", action="store_true", help="run proofs at their full size")
    options.addoption("--seed", type=int, default=SEED, help="what draws the random cases of proofs")
    options.addoption("--proof-json", type=Path, help="write one JSON line for each proof to this file")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Where the database matters most, a test runs on SQLite and on PostgreSQL, whatever the others run on."""
    own = any(mark.args[0] == "backend" for mark in metafunc.definition.iter_markers("parametrize"))
    marked = metafunc.definition.get_closest_marker("both_databases") is not None
    if marked and "backend" in metafunc.fixturenames and not own:
        metafunc.parametrize("backend", list(Dialect), ids=str)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """At full size the ordinary patience of a minute is not enough."""
    if config.getoption("--full"):
        for item in items:
            proof = item.get_closest_marker("proof")
            seconds = proof.kwargs.get("seconds", FULL_SECONDS) if proof else FULL_SECONDS
            item.add_marker(pytest.mark.timeout(seconds), append=False)


def pytest_collectstart() -> None:
    """As the program does it, before any test imports aiogram; who only hands out tests to others needs neither."""
    import_module("adapters.telegram.loading")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is loaded meanwhile stays: looking through a million objects again and again is time lost."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> Dialect:
    """The database of the test; what must be seen on both is marked, or overrides this fixture."""
    chosen: Dialect = request.config.getoption("--database")
    return chosen


@pytest.fixture
def proof(request: pytest.FixtureRequest) -> Proof:
    """The proof that the test's `proof` marker names."""
    name = request.node.get_closest_marker("proof").args[0]
    made = Proof(id=name, full=request.config.getoption("--full"), seed=request.config.getoption("--seed"))
    made.tell(id=name, size="full" if made.full else "small", seed=made.seed)
    if "backend" in request.fixturenames:
        made.tell(database=str(request.getfixturevalue("backend")))
    request.node.user_properties.append((FIGURES, made.told))
    return made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """At full size, and wherever a file is asked for, each proof ends in one JSON line."""
    lines = [json.dumps(one, ensure_ascii=False) for one in verdicts(terminalreporter.stats)]
    if config.getoption("--full"):
        terminalreporter.write_line("\n".join(lines))
    if file := config.getoption("--proof-json"):
        Path(file).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
