"""The queue of updates, and getUpdates with Telegram's offsets (core.telegram.org/bots/api#getting-updates)."""

import asyncio
from collections.abc import Callable, Collection
from itertools import islice

from adapters.sandbox.changes import Changes
from adapters.sandbox.telegram.errors import Json, conflict

MAX_BATCH = 100
LONGEST_POLL = 50
_ONLY_IF_LISTED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class Updates:
    """Unconfirmed updates in order. What the bot did not ask for is never queued."""

    def __init__(self, changes: Changes, first_id: int = 100_000_001) -> None:
        self.pending: dict[int, Json] = {}
        self.allowed: list[str] = []
        self.on_queued: Callable[[Json], None] = lambda _update: None
        self._changes = changes
        self._next_id = first_id
        self._poll: asyncio.Future[None] | None = None
        self._open = True

    def allow(self, kinds: Collection[str] | None) -> None:
        """Remember `allowed_updates`; None keeps what was said before, an empty list means the defaults."""
        if kinds is not None:
            self.allowed = [str(kind) for kind in kinds]

    def wants(self, kind: str) -> bool:
        """Does the bot get this kind of update now?"""
        return kind in self.allowed if self.allowed else kind not in _ONLY_IF_LISTED

    def put(self, update: Json) -> int:
        """Queue an update and return the id it was given."""
        update_id = self._next_id
        self._next_id += 1
        numbered = {"update_id": update_id} | {k: v for k, v in update.items() if k != "update_id"}
        self.pending[update_id] = numbered
        self.on_queued(numbered)
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        self._changes.changed()
        return update_id

    async def poll(self, offset: int, limit: int, seconds: int) -> list[Json]:
        """Confirm everything below `offset`, then answer with what is unconfirmed, waiting for it if need be.

        A negative offset keeps only the last so many. Raises 409 when another poll takes this one's place.
        """
        self.interrupt("terminated by other getUpdates request; make sure that only one bot instance is running")
        self._confirm(offset)
        if not self.pending and seconds > 0 and self._open:
            await self._something(min(seconds, LONGEST_POLL))
        return list(islice(self.pending.values(), min(max(limit, 1), MAX_BATCH)))

    def interrupt(self, why: str = "") -> None:
        """End the poll that waits: with 409 and the reason, or quietly with an empty answer."""
        if self._poll is None or self._poll.done():
            return
        if why:
            self._poll.set_exception(conflict(why))
        else:
            self._poll.set_result(None)

    def open(self) -> None:
        """Let polls wait again."""
        self._open = True

    def close(self) -> None:
        """Let no poll wait any longer, so that the server can stop at once."""
        self._open = False
        self.interrupt()

    def clear(self) -> None:
        """Forget everything unconfirmed (drop_pending_updates)."""
        self.pending.clear()

    def _confirm(self, offset: int) -> None:
        ids = list(self.pending)
        done = ids[:offset] if offset < 0 else [update_id for update_id in ids if update_id < offset]
        for update_id in done:
            del self.pending[update_id]
        if done:
            self._changes.changed()

    async def _something(self, seconds: int) -> None:
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await poll
        except TimeoutError:
            pass
        finally:
            if self._poll is poll:
                self._poll = None
