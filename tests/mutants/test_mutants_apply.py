"""The list of mutants fits the program: each place is there once, and so are the tests that must notice."""

import re

import pytest

from tests.mutants.mutant import ROOT, Mutant
from tests.mutants.seeded import MUTANTS


def test_there_are_enough_of_them_and_each_has_its_own_name() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 30


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_fits_its_file_and_names_tests_that_exist(mutant: Mutant) -> None:
    source = (ROOT / mutant.file).read_text(encoding="utf-8")
    mutated = mutant.applied(source)
    assert mutated != source
    if mutant.file.endswith(".py"):
        compile(mutated, mutant.file, "exec")
    assert mutant.tests
    for test in mutant.tests:
        file, _, name = test.partition("::")
        text = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert re.search(rf"def {name or 'test_'}", text), test


def test_a_place_that_is_not_there_or_there_twice_is_refused() -> None:
    mutant = Mutant("no promise", "file", "old", "new", "test")
    for source in ("", "old old"):
        with pytest.raises(ValueError, match="no promise: the text stands"):
            mutant.applied(source)
