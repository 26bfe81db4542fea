"""One checker for every run: what must hold in the database and in what the platforms took from us.

The numbers are those of the invariants of reliability: I1 accepted means stored once, I2 order in, I3 tickets and
their numbers, I4 answers, I5 order out, I6 quiet after closing, I7 auto-close, I8 timers, I9 no limbo, I10 no wrong
recipient, I11 rights, I12 life cycle, I17 the database itself.
"""

from collections.abc import Iterator
from itertools import chain

from store import db
from tests.proofs import invariants_clocks as clocks
from tests.proofs import invariants_delivery as delivery
from tests.proofs import invariants_tickets as tickets
from tests.proofs.invariants_seen import Heard, Seen, Witness, look, marks, new_mark

__all__ = ["Heard", "Seen", "Witness", "broken", "damage", "look", "marks", "new_mark", "unhealed"]


def broken(seen: Seen, witness: Witness) -> list[str]:
    """What does not hold, each as `I3: …`; empty when all is well. May be asked at any time."""
    return list(chain(_about_tickets(seen, witness), _about_words(seen, witness)))


def _about_tickets(seen: Seen, witness: Witness) -> Iterator[str]:
    yield from tickets.numbers(seen)
    yield from tickets.current_ones(seen)
    yield from tickets.life_cycle(seen)
    yield from tickets.rights(seen, witness)
    yield from tickets.audited(seen)
    yield from tickets.timers(seen, witness)
    yield from tickets.auto_closed(seen, witness)
    yield from clocks.told(seen, witness)
    yield from clocks.moved(seen)


def _about_words(seen: Seen, witness: Witness) -> Iterator[str]:
    yield from delivery.stored_once(seen, witness)
    yield from delivery.order_in(seen, witness)
    yield from delivery.recipients(witness)
    yield from delivery.answers(seen, witness)
    yield from delivery.order_out(seen, witness)
    yield from delivery.quiet_after_close(seen, witness)


def unhealed(seen: Seen, witness: Witness) -> list[str]:
    """What is still under way or silent although everything works again and all queues were given their time (I9)."""
    return list(chain(delivery.limbo(seen, witness), delivery.untold(seen), delivery.shown(seen, witness)))


async def damage() -> list[str]:
    """What SQLite itself finds wrong (I17)."""
    return [f"I17: {line}" for line in await db.integrity()]
