"""One at a time per ticket: what must not be done twice side by side, like opening its topic."""

import asyncio
from weakref import WeakValueDictionary


class Turns:
    """A lock for each ticket, kept as long as somebody holds or awaits it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def of(self, ticket_id: int) -> asyncio.Lock:
        return self._locks.setdefault(ticket_id, asyncio.Lock())
