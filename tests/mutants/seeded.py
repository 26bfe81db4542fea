"""All mutants, by where they live."""

from typing import Final

from tests.mutants import desk, doors, partners, sending
from tests.mutants.mutant import Mutant

MUTANTS: Final[tuple[Mutant, ...]] = (*doors.MUTANTS, *sending.MUTANTS, *desk.MUTANTS, *partners.MUTANTS)
