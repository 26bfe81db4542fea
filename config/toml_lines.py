"""Where in a TOML file a value stands, for messages that name a line."""

import re
from collections.abc import Iterator, Mapping, Sequence

_TABLE = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_STEP = re.compile(r"""[^.\s"']+|"[^"]*"|'[^']*'""")
_TOLD = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)$")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\"'-]+)\s*=")

Path = tuple[int | str, ...]


def line_of(text: str, wanted: Sequence[int | str]) -> int:
    """The line, counted from 1, of the value at that path, or of what it would have to stand in or next to."""
    path = tuple(step for step in wanted if step != "[key]")
    best, closest = 1, (0, False)
    for number, found in _places(text):
        common = _common(found, path)
        closeness = (common, common == len(found))
        if common and closeness > closest:
            best, closest = number, closeness
    return best


def line_told(text: str, trouble: str) -> int | None:
    """The line that `tomllib` names at the end of its message, counted from 1."""
    told = _TOLD.search(trouble)
    if told is None:
        return None
    return int(told[1]) if told[1] else max(len(text.splitlines()), 1)


def _places(text: str) -> Iterator[tuple[int, Path]]:
    """Every table and every key with the line it stands on."""
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = _within(_steps(header[1]), counts)
            if line.lstrip().startswith("[["):
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            yield number, table
        elif key := _KEY.match(line):
            yield number, (*table, *_steps(key[1]))


def _within(table: Path, counts: Mapping[Path, int]) -> Path:
    """A table below a list of tables stands in the last of those."""
    path: Path = ()
    for step in table:
        path = (*path, counts[path], step) if path in counts else (*path, step)
    return path


def _steps(dotted: str) -> Path:
    """A name in quotes may have dots."""
    return tuple(step.strip("\"'") for step in _STEP.findall(dotted))


def _common(found: Path, path: Path) -> int:
    same = 0
    for ours, theirs in zip(found, path, strict=False):
        if ours != theirs:
            break
        same += 1
    return same
