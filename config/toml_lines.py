"""Where in a TOML file a value stands, for messages that name a line."""

import re
from collections.abc import Iterator, Sequence

_TABLE = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\"'-]+)\s*=")

Path = tuple[int | str, ...]


def line_of(text: str, wanted: Sequence[int | str]) -> int:
    """The line, counted from 1, of the value at that path, or of what it would have to stand in."""
    path = tuple(step for step in wanted if step != "[key]")
    best, length = 1, 0
    for number, found in _places(text):
        common = _common(found, path)
        if common == len(found) and common > length:
            best, length = number, common
    return best


def _places(text: str) -> Iterator[tuple[int, Path]]:
    """Every table and every key with the line it stands on."""
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = _steps(header[1])
            if line.lstrip().startswith("[["):
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            yield number, table
        elif key := _KEY.match(line):
            yield number, (*table, *_steps(key[1]))


def _steps(dotted: str) -> Path:
    return tuple(step.strip("\"' ") for step in dotted.split("."))


def _common(found: Path, path: Path) -> int:
    same = 0
    for ours, theirs in zip(found, path, strict=False):
        if ours != theirs:
            break
        same += 1
    return same
