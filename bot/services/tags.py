"""`/tag` and `/untag`: words that sort tickets, and keep some of them from being closed by silence."""

import re
from collections.abc import Iterable

from bot.domain.errors import BadInput
from bot.domain.folding import fold
from bot.domain.ticket import Action
from bot.domain.words import clean_name
from bot.helpdesk import HelpDesk
from bot.services.call import Call
from bot.services.casework import apply

MOST = 10
LONGEST = 30
_BETWEEN = re.compile(r"[\s,;]+")


async def tag(helpdesk: HelpDesk, call: Call) -> str:
    """`/tag vip +keep` adds tags, `/tag` alone lists them; one that is there already changes nothing."""
    ticket = call.on
    if not call.argument:
        names = " ".join(f"#{name}" for name in ticket.tags)
        return helpdesk.desk_text("tags-of", number=ticket.label, tags=names or "—")
    known = set(map(fold, ticket.tags))
    new = {fold(name): name for name in _names(call) if fold(name) not in known}
    if not new:
        return ""
    tags = (*ticket.tags, *new.values())
    if len(tags) > MOST:
        raise BadInput("tags-too-many", most=MOST)
    await apply(helpdesk, ticket, Action.SET, actor=call.actor, reason=_listed("+", new.values()), tags=tags)
    return ""


async def untag(helpdesk: HelpDesk, call: Call) -> str:
    """`/untag vip` takes tags away."""
    ticket, unwanted = call.on, set(map(fold, _names(call)))
    gone = [name for name in ticket.tags if fold(name) in unwanted]
    if not gone:
        raise BadInput("tags-not-there", number=ticket.label, tags=" ".join(f"#{name}" for name in ticket.tags) or "—")
    tags = tuple(name for name in ticket.tags if name not in gone)
    await apply(helpdesk, ticket, Action.SET, actor=call.actor, reason=_listed("-", gone), tags=tags)
    return ""


def _names(call: Call) -> list[str]:
    """Each tag as it is kept: one word, without the signs people put in front of it."""
    words = _BETWEEN.split(call.words("usage-tag"))
    names = [clean_name(word.lstrip("+#-"), LONGEST) for word in words]
    found = [name for name in names if name]
    if not found:
        raise BadInput("usage-tag")
    return found


def _listed(sign: str, names: Iterable[str]) -> str:
    return " ".join(f"{sign}{name}" for name in names)
