"""How much a benchmark does, where it may write, and to whom it reports progress."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """`folder` is empty and ours. `postgres` is the address of a server on which databases may be made, or empty."""

    folder: Path
    rounds: int
    quick: bool
    say: Callable[[str], None]
    postgres: str = ""

    def size(self, quick: int, full: int) -> int:
        """How many: `quick` for a look, `full` for a figure."""
        return quick if self.quick else full
