"""Leases where the database's clock does not only go forward."""

import pytest

from adapters.sandbox.players import comes_true
from store import leases
from store.sql import rows

pytestmark = pytest.mark.usefixtures("database")

LEASE_MS = 6_000
STEP_MS = 3_600_000


async def test_a_clock_that_is_set_back_keeps_no_lease_for_the_dead_longer_than_for_the_living() -> None:
    await leases.name(["one"])
    await leases.enter("dead", LEASE_MS)
    assert await leases.take(["one"], 1, "dead", LEASE_MS) == {"one"}
    await rows("UPDATE lease SET until = until + ? WHERE holder = 'dead' RETURNING name", STEP_MS)
    await leases.enter("alive", 1)

    async def taken() -> bool:
        return bool(await leases.take(["one"], 1, "alive", LEASE_MS))

    await comes_true(taken, "the lease to end", 5.0)


async def test_nobody_shortens_a_lease_of_the_usual_length() -> None:
    await leases.name(["one"])
    await leases.take(["one"], 1, "first", LEASE_MS)
    before = await rows("SELECT until FROM lease WHERE name = 'one'")
    await leases.enter("second", 1)
    assert await rows("SELECT until FROM lease WHERE name = 'one'") == before
