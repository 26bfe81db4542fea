"""Many rows in few statements."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Final, cast

from store.dialect import spoken
from store.sql import client, dialect, rows

_MOST_ROWS: Final = 256

Row = tuple[Any, ...]


async def add(statement: str, values: Sequence[Row]) -> None:
    """Run an INSERT for one row after the other, all in one go; nothing comes back."""
    if values:
        await client().execute_many(spoken(statement, dialect()), cast("list[Any]", values))


async def insert(statement: str, values: Sequence[Row]) -> list[dict[str, Any]]:
    """Run an INSERT whose `VALUES {}` stands for all of `values`, in their order; returns what RETURNING says.

    Rows that get an id get ascending ones in this order, but RETURNING may name them in any.
    """
    returned = []
    for batch in _in_powers_of_two(values):
        returned += await rows(_written_out(statement, len(batch), len(batch[0])), *chain.from_iterable(batch))
    return returned


def _in_powers_of_two(values: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """A handful of statements serves every size, so that they are prepared once."""
    start = 0
    while start < len(values):
        size = min(_MOST_ROWS, 1 << ((len(values) - start).bit_length() - 1))
        yield values[start : start + size]
        start += size


@lru_cache
def _written_out(statement: str, amount: int, columns: int) -> str:
    one = f"({', '.join('?' * columns)})"
    return statement.format(", ".join([one] * amount))
