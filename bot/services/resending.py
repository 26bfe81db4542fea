"""What an agent decides about with one press: whether a message of unknown fate goes out once more."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.domain.ledger import HELD, Errand, ErrandState
from bot.domain.split import measure
from bot.domain.ticket import ActorKind
from bot.domain.words import excerpt
from bot.helpdesk import HelpDesk
from bot.services import delivery, fates
from bot.services.lanes import dump_part, load_part
from store import messages, outbox

_EXCERPT = 200


async def held(helpdesk: HelpDesk, errand: Errand) -> None:
    """It waited in a copy that was restored, and may be out since: whether it goes is for an agent to say."""
    await fates.follow(helpdesk, errand)
    if errand.ticket_id is None:
        return
    key = "delivery-held-desk"
    if errand.conversation_id is not None:
        await delivery.stop_waiting(helpdesk, errand.ticket_id)
        key = "delivery-held"
    words = excerpt(str(errand.payload.get("part", {}).get("text", "")), _EXCERPT)
    text = helpdesk.desk_text(key, words=words or "…")
    await delivery.below(helpdesk, errand, text, delivery.again_button(helpdesk, "button-resend", errand.id))


async def resend(helpdesk: HelpDesk, errand_id: int) -> str:
    """An agent presses "send again"; returns the toast's key."""
    errand = await outbox.by_id(errand_id)
    if errand is None or (errand.conversation_id is None and errand.error != HELD):
        return "button-old"
    payload = await _as_it_reads_now(helpdesk, errand)
    if payload is None:
        return "resend-edited"
    again = await outbox.resolve(
        errand_id,
        ErrandState.PENDING,
        helpdesk.now(),
        from_states=(ErrandState.FAILED, ErrandState.UNCERTAIN, ErrandState.EXPIRED),
    )
    if not again:
        return "resend-not-needed"
    if payload != errand.payload:
        await outbox.set_payload(errand_id, payload, helpdesk.now())
    await fates.follow(helpdesk, errand)
    return "resend-done"


async def _as_it_reads_now(helpdesk: HelpDesk, errand: Errand) -> Mapping[str, Any] | None:
    """What is to go out: with an agent's corrections; `None` where these words cannot be put into it."""
    if errand.conversation_id is None:
        return {**errand.payload, "repeated": True}
    message = await messages.get(errand.message_id or 0)
    if message is None or message.author is not ActorKind.AGENT or message.edited_at is None:
        return errand.payload
    part = load_part(errand.payload.get("part", {}))
    if "part" not in errand.payload or not part.text:
        return errand.payload  # an album's words are read when it goes out, and a mere file has none
    if "words" not in errand.payload:
        return None
    start, length = errand.payload["words"]
    words = message.content.text
    text = f"{part.text[:start]}{words}{part.text[start + length :]}"
    limits = helpdesk.channels[errand.channel].capabilities
    if not words or measure(text, limits.text_unit) > (limits.caption if part.attachment else limits.text):
        return None
    return {**errand.payload, "part": dump_part(replace(part, text=text)), "words": [start, len(words)]}
