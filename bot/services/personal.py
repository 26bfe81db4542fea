"""Words to one person that belong to no ticket, an alarm to an agent or a menu's answer: told where they are lost."""

from bot.domain.ledger import WORDS, Errand
from bot.domain.outgoing import Outgoing
from bot.domain.words import excerpt
from bot.helpdesk import HelpDesk
from bot.services import addressees, errands
from bot.services.lanes import load_part
from store import conversations, desk

_EXCERPT = 200


async def lost(helpdesk: HelpDesk, errand: Errand, reason: str) -> None:
    """In the agents' group: an agent is mentioned and reads there what was said, of a customer it is named.

    `reason` is a text's key.
    """
    if errand.op not in WORDS or "part" not in errand.payload or errand.conversation_id is None:
        return
    conversation = await conversations.get(errand.conversation_id)
    if conversation is None:
        return
    meant = [one for one in await desk.agents() if f"tg:{one.id}" in conversation.keys]
    words = load_part(errand.payload["part"]).text
    if not meant:
        words = excerpt(words, _EXCERPT)
    name = addressees.mention(meant) or conversation.requester.name
    why = helpdesk.desk_text(reason)
    text = helpdesk.desk_text("delivery-personal-lost", name=name, reason=why, words=words or "…")
    await errands.to_group(helpdesk, Outgoing(text=text), chat=helpdesk.desk.group)
