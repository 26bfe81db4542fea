"""Several workers on one PostgreSQL: what one holds no other touches, and what nobody holds any more is taken up."""

from typing import Final

from tests.mutants.mutant import Mutant

MUTANTS: Final = (
    Mutant(
        "a lease is taken while it lasts",
        "store/leases.py",
        "FROM lease WHERE until <= {now} AND name IN texts(?1) ORDER BY name LIMIT ?2 skip_locked()\n)\n"
        "UPDATE lease SET holder = ?3, until = {now} + CAST(?4 AS BIGINT)\nWHERE until <= {now} AND name IN",
        "FROM lease WHERE name IN texts(?1) ORDER BY name LIMIT ?2 skip_locked()\n)\n"
        "UPDATE lease SET holder = ?3, until = {now} + CAST(?4 AS BIGINT)\nWHERE name IN",
        "store/test_partnership.py::test_a_lease_that_ran_out_and_was_taken_is_not_renewed",
    ),
    Mutant(
        "claims believe what a worker remembers of its leases",
        "config/partnership.py",
        "        self.helpdesk.shares.fenced = True\n",
        "",
        "store/test_partnership.py::test_a_claim_asks_the_lease_and_not_the_memory_of_it",
    ),
    Mutant(
        "what somebody else had meanwhile is not taken up",
        "config/partnership.py",
        "        self._show(held & self._held)\n",
        "",
        "store/test_partnership.py::test_what_somebody_else_had_meanwhile_is_taken_up_anew",
    ),
    Mutant(
        "lanes are handed over with work in hand",
        "config/partnership.py",
        " or await inbox.under_way(self.helpdesk.epoch, leaving):\n",
        ":\n",
        "store/test_partnership.py::test_a_lane_in_hand_is_not_handed_over_before_it_is_done",
    ),
    Mutant(
        "a worker that stands still keeps its locks",
        "store/engine/postgres.py",
        '    "idle_in_transaction_session_timeout": "3000",\n',
        "",
        "store/test_store_standstill.py::test_a_transaction_that_stands_still_keeps_nobody_out_for_longer_than_a_lease",
    ),
    Mutant(
        "the living wait for the locks of the dead",
        "store/inbox.py",
        "AND (epoch <> ? OR lease_until <= ?) skip_locked()",
        "AND (epoch <> ? OR lease_until <= ?)",
        "store/test_store_standstill.py::test_what_the_dead_have_locked_keeps_nothing_else_from_being_taken_up",
    ),
    Mutant(
        "nothing is announced",
        "store/announcing.py",
        "        self._waiting.add(what)\n",
        "        del what\n",
        "store/test_store_announcing.py::test_a_bell_is_heard_by_the_worker_whose_work_it_is",
    ),
)
