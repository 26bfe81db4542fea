"""The words of a post, and those that find no room in it: they go before it, in posts of their own."""

from dataclasses import dataclass

from bot.domain.channel import Capabilities
from bot.domain.fit import room_for_words
from bot.domain.ledger import WORDS, Errand, Op
from bot.domain.split import measure, split
from bot.helpdesk import HelpDesk
from bot.services.lanes import DESK, load_part
from store import messages

BEFORE = "before"
"""In the payload: how many of the posts that go before are out already."""


@dataclass(frozen=True, slots=True)
class Wording:
    """`text` goes with the post itself, `before` ahead of it, one post each."""

    text: str
    before: tuple[str, ...] = ()


async def wording(helpdesk: HelpDesk, errand: Errand, capabilities: Capabilities) -> Wording:
    """What a SEND or an ALBUM says; what was perhaps said before begins with a mark."""
    mark = helpdesk.desk_text("possibly-repeated") if errand.payload.get("repeated") else ""
    if errand.op is Op.ALBUM:
        return await _of_album(helpdesk, errand, mark, capabilities)
    part = load_part(errand.payload["part"])
    marked = _lines(mark, part.text)
    if not mark or measure(marked, capabilities.text_unit) <= room_for_words(part, capabilities):
        return Wording(marked)
    return Wording(part.text, (mark,))


async def _of_album(helpdesk: HelpDesk, errand: Errand, mark: str, capabilities: Capabilities) -> Wording:
    """The captions of all items under the first one, where all of them find room there."""
    items = [await messages.get(message_id) for message_id in errand.payload["messages"]]
    found = [message for message in items if message is not None]
    heading = helpdesk.desk_text("desk-from", name=found[0].author_name) if found and errand.channel == DESK else ""
    words = _lines(mark, heading, *(message.content.text for message in found))
    if measure(words, capabilities.text_unit) <= capabilities.caption:
        return Wording(words)
    return Wording(heading, tuple(split(words, capabilities.text, capabilities.text_unit)))


async def posts_of(helpdesk: HelpDesk, errand: Errand) -> int:
    """How many posts in a group it takes; Telegram counts each item of an album as a message."""
    if errand.op not in WORDS or (errand.op is Op.SEND and not errand.payload.get("repeated")):
        return 1
    said = await wording(helpdesk, errand, helpdesk.desk.capabilities)
    items = len(errand.payload["messages"]) if errand.op is Op.ALBUM else 1
    return items + len(said.before[errand.payload.get(BEFORE, 0) :])


def _lines(*lines: str) -> str:
    return "\n".join(filter(None, lines))
