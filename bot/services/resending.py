"""What an agent decides about with one press: whether a message of unknown fate goes out once more."""

from bot.domain.ledger import HELD, Errand, ErrandState
from bot.helpdesk import HelpDesk
from bot.services import delivery, fates
from store import outbox

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
    words = " ".join(str(errand.payload.get("part", {}).get("text", "")).split())[:_EXCERPT]
    text = helpdesk.desk_text(key, words=words or "…")
    await delivery.below(helpdesk, errand, text, delivery.again_button(helpdesk, "button-resend", errand.id))


async def resend(helpdesk: HelpDesk, errand_id: int) -> str:
    """An agent presses "send again"; returns the toast's key."""
    errand = await outbox.by_id(errand_id)
    if errand is None or (errand.conversation_id is None and errand.error != HELD):
        return "button-old"
    again = await outbox.resolve(
        errand_id,
        ErrandState.PENDING,
        helpdesk.now(),
        from_states=(ErrandState.FAILED, ErrandState.UNCERTAIN, ErrandState.EXPIRED),
    )
    if not again:
        return "resend-not-needed"
    if errand.conversation_id is None:
        await outbox.set_payload(errand_id, {**errand.payload, "repeated": True}, helpdesk.now())
    else:
        await fates.follow(helpdesk, errand)
    return "resend-done"
