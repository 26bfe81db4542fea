"""Trying mutants: a copy of the tree for each worker, one place changed, its tests run, the place put back."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import Final

from tests.mutants.mutant import ROOT, Mutant

_WORKERS: Final = 2
_SECONDS: Final = 180
_SECONDS_FOR_ALL: Final = 600
_PYTEST: Final = (
    "-m",
    "pytest",
    "-x",
    "-q",
    "-rf",
    "--tb=short",
    "--show-capture=no",
    "-n",
    "0",
    "-p",
    "no:cacheprovider",
)
_LEFT_OUT: Final = shutil.ignore_patterns(".*", "__pycache__", "*.pyc")
_OUR_MISTAKE: Final = re.compile(r"^E\s+(NameError|ImportError|ModuleNotFoundError|SyntaxError)", re.MULTILINE)
_TESTS_FAILED: Final = 1


class Verdict(StrEnum):
    """What became of a mutant. `BROKEN`: something else failed than a test, so nobody knows what they would notice."""

    CAUGHT = "caught"
    SURVIVED = "SURVIVED"
    BROKEN = "BROKEN"
    UNFIT = "UNFIT"


def failing(mutants: Sequence[Mutant]) -> str:
    """What their tests say that fail on the program as it is; empty when all is well."""
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    with _copy() as tree:
        run = _run(tree, tests, seconds=_SECONDS_FOR_ALL)
        return "" if run.returncode == 0 else run.stdout + run.stderr


def tried(mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, Verdict, float]]:
    """Each mutant with its verdict and seconds, as they are done."""
    trees: SimpleQueue[Path] = SimpleQueue()
    with _copy() as first, _copy() as second, ThreadPoolExecutor(_WORKERS) as pool:
        trees.put(first)
        trees.put(second)
        for done in as_completed([pool.submit(_tried, trees, mutant) for mutant in mutants]):
            yield done.result()


def _tried(trees: SimpleQueue[Path], mutant: Mutant) -> tuple[Mutant, Verdict, float]:
    tree, began = trees.get(), time.monotonic()
    try:
        return mutant, _verdict(tree, mutant), time.monotonic() - began
    finally:
        trees.put(tree)


def _verdict(tree: Path, mutant: Mutant) -> Verdict:
    file = tree / mutant.file
    source = file.read_text(encoding="utf-8")
    try:
        file.write_text(mutant.applied(source), encoding="utf-8")
        run = _run(tree, mutant.tests)
    except ValueError:
        return Verdict.UNFIT
    except subprocess.TimeoutExpired:
        return Verdict.BROKEN
    finally:
        file.write_text(source, encoding="utf-8")
    if run.returncode == 0:
        return Verdict.SURVIVED
    failed = run.returncode == _TESTS_FAILED and re.search(r"^FAILED ", run.stdout, re.MULTILINE)
    return Verdict.CAUGHT if failed and not _OUR_MISTAKE.search(run.stdout) else Verdict.BROKEN


def _run(tree: Path, tests: Sequence[str], *, seconds: int = _SECONDS) -> subprocess.CompletedProcess[str]:
    """The tests in the copy; compiled files would outlive the change of a source within the same second."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *_PYTEST, *(f"tests/{test}" for test in tests)]
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )


@contextmanager
def _copy() -> Iterator[Path]:
    """The tree without what is no part of the program."""
    with TemporaryDirectory() as folder:
        tree = Path(folder, ROOT.name)
        shutil.copytree(ROOT, tree, ignore=_LEFT_OUT)
        yield tree
