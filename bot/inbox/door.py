"""Storing: raw updates are committed, many requests at once, before anyone is told so."""

from collections.abc import Sequence
from typing import Final, Protocol

from bot.commits import GroupCommit
from bot.crashpoints import reached
from bot.helpdesk import Bells
from bot.ports import Item
from store import inbox
from store.errors import is_unavailable
from store.inbox import Arrival

ARRIVALS: Final = GroupCommit(inbox.store, hopeless=is_unavailable)
"""There is one database per process, so there is one of these."""


class Doorkeeper(Protocol):
    """All that storing needs; at the start the door is open before there is a help desk."""

    @property
    def bells(self) -> Bells: ...

    def now(self) -> int: ...


async def accept(door: Doorkeeper, items: Sequence[Item], cursor: tuple[str, int] | None = None) -> None:
    """Store raw updates, each once, and return after the commit. Whatever raises here must not be acknowledged.

    Raises `bot.commits.Full` when more wait at the door than it can take.
    """
    await ARRIVALS.add(Arrival(items=tuple(items), at=door.now(), cursor=cursor))
    reached("inbox.stored" if cursor is None else "inbox.offset_saved")
    door.bells.inbox.set()
