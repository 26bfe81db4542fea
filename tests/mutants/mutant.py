"""A mutant: one place of the program, what stands there, what shall stand there instead, and who must notice."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Mutant:
    """`old` stands exactly once in `file`; `tests` are pytest's names of files or tests, below `tests/`."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def __init__(self, name: str, file: str, old: str, new: str, *tests: str) -> None:
        for field, value in (("name", name), ("file", file), ("old", old), ("new", new), ("tests", tests)):
            object.__setattr__(self, field, value)

    def applied(self, source: str) -> str:
        """The file with the promise broken. Raises `ValueError` when the place is not there, or there twice."""
        if source.count(self.old) != 1:
            raise ValueError(f"{self.name}: the text stands {source.count(self.old)} times in {self.file}")
        return source.replace(self.old, self.new)
