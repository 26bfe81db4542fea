"""Digests: what many lines would tell apart is gathered into one message for a group or a person.

The message waits in the outbox and grows there with every commit that has something to add, so that nothing is lost
when the process dies and nothing is said twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.domain.ledger import Errand, Op, Urgency
from bot.domain.outgoing import Part
from bot.domain.people import Conversation
from bot.helpdesk import HelpDesk
from bot.services.lanes import DESK, customer_lane, desk_place, dump_part
from store import outbox

CLOCKS = "sla-digest"
"""The heading over warnings and broken promises; others are over what time did."""
PAUSE_MS = 2_000
"""So long a digest waits for its next line."""
LISTED = 30
"""More lines nobody would read; they are counted."""
_ROOM = 3_400
"""Characters of lines that surely fit every channel with heading and names."""


async def to_group(
    helpdesk: HelpDesk, chat: str, line: str, names: Sequence[str] = (), *, heading: str = CLOCKS
) -> None:
    """Add a line for everybody in a group; whoever is named gets a mention. Each `heading` has a digest of its own."""
    now = helpdesk.now()
    errand = Errand(
        channel=DESK,
        lane=f"{DESK}:chat:{chat}:",
        op=Op.SEND,
        payload={"chat": chat, "thread": None, "external_reply_to": None, "about": None, "heading": heading},
        urgency=Urgency.STATUS,
        budget=desk_place(chat),
        coalesce=f"digest:{chat}" if heading == CLOCKS else f"digest:{chat}:{heading}",
        created_at=now,
        due_at=now + PAUSE_MS,
    )
    await _add(helpdesk, errand, line, names)


async def to_person(helpdesk: HelpDesk, conversation: Conversation, line: str) -> None:
    """Add a line for somebody who has started the bot."""
    now = helpdesk.now()
    errand = Errand(
        channel=conversation.channel,
        lane=customer_lane(conversation),
        op=Op.SEND,
        payload={"reply_to": None, "notice": True},
        urgency=Urgency.CUSTOMER,
        conversation_id=conversation.id,
        coalesce=f"digest:{conversation.channel}:{conversation.id}",
        created_at=now,
        due_at=now + PAUSE_MS,
    )
    await _add(helpdesk, errand, line, ())


async def _add(helpdesk: HelpDesk, errand: Errand, line: str, names: Sequence[str]) -> None:
    waiting = await outbox.find_pending(errand.coalesce)
    payload = _grown(helpdesk, (waiting or errand).payload, line, names)
    if waiting is None or not await outbox.set_payload(waiting.id, payload, errand.due_at):
        await outbox.add([replace(errand, payload=_grown(helpdesk, errand.payload, line, names))])


def _grown(helpdesk: HelpDesk, payload: Mapping[str, Any], line: str, names: Sequence[str]) -> dict[str, Any]:
    """The payload with one line and these names more; what is in it already is not said twice."""
    lines, count = list(payload.get("lines", ())), int(payload.get("count", 0))
    named = list(dict.fromkeys((*payload.get("names", ()), *names)))
    if line not in lines:
        count += 1
        lines += [line] if len(lines) < LISTED and sum(map(len, lines)) + len(line) <= _ROOM else []
    more = [helpdesk.desk_text("sla-digest-more", count=count - len(lines))] if count > len(lines) else []
    heading = helpdesk.desk_text(payload.get("heading", CLOCKS), count=count)
    text = "\n".join((heading, *lines, *more, *filter(None, [", ".join(named)])))
    return {**payload, "part": dump_part(Part(text=text)), "lines": lines, "count": count, "names": named}
