"""The card of a ticket: posted into its topic, edited there, and the topic's name with it."""

from dataclasses import replace
from functools import partial

from bot.crashpoints import reached
from bot.domain.ledger import Errand, Topic
from bot.domain.outgoing import Address, Part
from bot.domain.ticket import Ticket
from bot.helpdesk import HelpDesk
from bot.outbox.pacing import Pacer
from bot.services.lanes import desk_place
from bot.services.summary import card_of
from store import desk, messages
from store.patience import until_taken


async def shown(helpdesk: HelpDesk, pacer: Pacer, errand: Errand, ticket: Ticket, topic: Topic) -> list[str]:
    """Post the card that opens the topic; one that is there already is brought up to date."""
    if topic.card_id:
        return await _refreshed(helpdesk, pacer, errand, ticket, topic)
    card = await card_of(helpdesk, ticket)
    pacer.wrote(errand, topic.chat)
    card_id = await helpdesk.desk.send(
        Address(chat=topic.chat, thread=topic.thread or None), Part(text=card.text, rows=card.rows)
    )
    reached("card.posted")
    await until_taken(partial(desk.settle_topic, replace(topic, card_id=card_id), over=topic.thread))
    await until_taken(partial(messages.post, desk_place(topic.chat), card_id, None, ticket.id))
    return [card_id]


async def _refreshed(helpdesk: HelpDesk, pacer: Pacer, errand: Errand, ticket: Ticket, topic: Topic) -> list[str]:
    """Edit the card, and the topic's name where that changed."""
    card = await card_of(helpdesk, ticket)
    pacer.wrote(errand, topic.chat)
    to = Address(chat=topic.chat, thread=topic.thread or None)
    await helpdesk.desk.edit(to, topic.card_id, Part(text=card.text, rows=card.rows))
    if topic.thread and topic.name != card.topic_name:
        pacer.wrote(errand, topic.chat)
        await helpdesk.desk.rename_topic(topic.chat, topic.thread, card.topic_name)
        await desk.settle_topic(replace(topic, name=card.topic_name), over=topic.thread)
    return []
