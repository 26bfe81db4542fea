"""Bundling: when an agents' group has few writes left, what waits in a topic goes out as one post."""

from dataclasses import replace

from bot.domain.ledger import Errand, Op
from bot.domain.split import measure
from bot.helpdesk import HelpDesk
from bot.services.lanes import DESK
from store import outbox

LARGEST_BUNDLE = 200
A_FLOOD = 4
"""So many words waiting behind one another share a post even in a quiet group, whose burst is everybody's."""
_PLAIN = {"text"}


async def gathered(helpdesk: HelpDesk, head: Errand, lease_ms: int, *, at_least: int = 1) -> list[Errand]:
    """The errand and what may share its post: plain words waiting right behind it, as many as fit, in order.

    Fewer than `at_least` of them are left to posts of their own. What may be there already goes with its like, under
    one mark: a post whose outcome nobody knows is not taken apart.
    """
    if not is_plain(head):
        return [head]
    capabilities = helpdesk.desk.capabilities
    room = capabilities.text - measure(_words(head), capabilities.text_unit)
    repeated = is_repeated(head)
    if repeated:
        at_least = 1
        room -= measure(helpdesk.desk_text("possibly-repeated") + "\n", capabilities.text_unit)
    chosen, heading = [], _heading(head)
    for errand in await outbox.waiting_behind(head, LARGEST_BUNDLE):
        if not is_plain(errand) or is_repeated(errand) is not repeated or errand.due_at > helpdesk.now():
            break
        room -= measure("\n" + _without(_words(errand), heading), capabilities.text_unit)
        if room < 0:
            break
        chosen.append(errand.id)
        heading = _heading(errand)
    if len(chosen) < at_least:
        return [head]
    return [head, *await outbox.claim_too(chosen, helpdesk.epoch, helpdesk.now(), lease_ms)]


def is_plain(errand: Errand) -> bool:
    """Words in a topic and nothing else: no buttons, file or quote."""
    payload = errand.payload
    return (
        errand.channel == DESK
        and errand.op is Op.SEND
        and errand.ticket_id is not None
        and set(payload["part"]) == _PLAIN
        and not payload.get("reply_to")
    )


def is_repeated(errand: Errand) -> bool:
    """An earlier call may have said it."""
    return bool(errand.payload.get("repeated"))


def merged(bundle: list[Errand]) -> Errand:
    """One errand with everybody's words; a name is not said twice in a row."""
    if len(bundle) == 1:
        return bundle[0]
    text, heading = _words(bundle[0]), _heading(bundle[0])
    for errand in bundle[1:]:
        text += "\n" + _without(_words(errand), heading)
        heading = _heading(errand)
    return replace(bundle[0], payload={**bundle[0].payload, "part": {"text": text}})


def _words(errand: Errand) -> str:
    words: str = errand.payload["part"]["text"]
    return words


def _heading(errand: Errand) -> str:
    return _words(errand).partition("\n")[0]


def _without(words: str, heading: str) -> str:
    """The words without the heading the post has already."""
    first, _, rest = words.partition("\n")
    return rest if rest and first == heading else words
