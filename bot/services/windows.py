"""WhatsApp's window on the cards: until when an answer can be written there, or that it is shut.

A card never promises more than there is. It is drawn again with the first words of an hour and when the end has passed;
in between the window may stay open for up to an hour longer than the card says.
"""

from collections.abc import Iterable

from bot.domain.people import Conversation
from bot.domain.timers import HOUR_MS
from bot.helpdesk import HelpDesk
from bot.services import errands
from store import bookmarks, cards, db

AT_ONCE = 50
"""So many cards say at once that a window is shut; the others show an end that has passed."""

_LOOKED = "windows-looked-at"
_APART_MS = 2_224_922
"""Every conversation has hours of its own, so that not all busy ones are drawn when the clock strikes."""


def moves(helpdesk: HelpDesk, conversation: Conversation, spoken_at: int) -> bool:
    """Whether words of that instant move the end that cards show; whoever never wrote before has no card."""
    before = conversation.last_inbound_at
    if before is None or not helpdesk.channels[conversation.channel].capabilities.window_ms:
        return False
    shift = conversation.id * _APART_MS
    return (spoken_at + shift) // HOUR_MS > (before + shift) // HOUR_MS


async def redraw(helpdesk: HelpDesk, conversation_ids: Iterable[int]) -> None:
    """Every live ticket of a conversation shows its window, not the current one alone."""
    wanted = sorted(conversation_ids)
    for ticket_id in await cards.of_conversations(wanted) if wanted else []:
        await errands.card(helpdesk, ticket_id)


async def look(helpdesk: HelpDesk) -> int:
    """Every minute: cards of windows that were shut since the last look say so; returns how many."""
    windows = {name: channel.capabilities.window_ms for name, channel in helpdesk.channels.items()}
    drawn = sum([await _shut(helpdesk, channel, window_ms) for channel, window_ms in windows.items() if window_ms])
    if drawn:
        helpdesk.bells.outbox.set()
    return drawn


async def _shut(helpdesk: HelpDesk, channel: str, window_ms: int) -> int:
    """What is looked through is long, so it is no part of a transaction; a card too many is no harm."""
    name, now = f"{_LOOKED}:{channel}", helpdesk.now()
    looked = await bookmarks.read(name)
    found = [] if looked is None else await cards.last_heard(channel, looked - window_ms, now - window_ms, AT_ONCE)
    if looked is None or found:
        await _drawn(helpdesk, found, name, now)
    return len(found)


@db.whole
async def _drawn(helpdesk: HelpDesk, ticket_ids: list[int], name: str, now: int) -> None:
    for ticket_id in ticket_ids:
        await errands.card(helpdesk, ticket_id)
    await bookmarks.write(name, now)
