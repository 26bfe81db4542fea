"""What must not be forgotten is written down as soon as the database takes it."""

import pytest
from structlog.testing import capture_logs
from tortoise.exceptions import DBConnectionError

from store.errors import Conflict, LeaseLost
from store.patience import until_taken


class Ledger:
    """Refuses its first writes, then takes one."""

    def __init__(self, *refusals: Exception) -> None:
        self._refusals = list(refusals)
        self.tries = 0

    async def write(self) -> str:
        self.tries += 1
        if self._refusals:
            raise self._refusals.pop(0)
        return "written"


async def test_a_database_that_comes_back_gets_what_was_to_be_written() -> None:
    ledger = Ledger(DBConnectionError("gone"), TimeoutError(), DBConnectionError("gone"), Conflict("somebody else"))
    assert await until_taken(ledger.write) == "written"
    assert ledger.tries == 5


async def test_it_is_told_once_that_there_is_a_wait() -> None:
    with capture_logs() as log:
        await until_taken(Ledger(*[DBConnectionError("gone")] * 4).write)
    assert [entry["event"] for entry in log] == ["the database takes nothing"]


async def test_what_another_worker_has_by_now_is_written_by_nobody_else() -> None:
    ledger = Ledger(DBConnectionError("gone"), LeaseLost("taken over"))
    with pytest.raises(LeaseLost):
        await until_taken(ledger.write)
    assert ledger.tries == 2


async def test_a_race_is_not_run_for_ever() -> None:
    ledger = Ledger(*[Conflict("somebody else")] * 1_000)
    with pytest.raises(Conflict):
        await until_taken(ledger.write)
