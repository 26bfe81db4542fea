"""A ticket's topic: opened on first need, opened again when somebody closed it, replaced when it is gone."""

from dataclasses import replace
from functools import partial

from bot.crashpoints import reached
from bot.domain.errors import Missing, SendError
from bot.domain.ledger import Errand, Topic
from bot.domain.ticket import Ticket
from bot.helpdesk import HelpDesk
from bot.outbox.pacing import Pacer
from bot.services import errands
from bot.services.homes import home_of
from bot.services.summary import card_of
from store import db, desk
from store.patience import until_taken


async def opened(helpdesk: HelpDesk, pacer: Pacer, errand: Errand, ticket: Ticket, topic: Topic) -> Topic | None:
    """The ticket's place in the group, with a topic where that has topics; `None` when the ticket left the group.

    A file comes in a lane of its own, so two errands may need the topic at once: the second waits for the first.
    """
    if topic.thread or not helpdesk.desk.is_forum(topic.chat):
        return topic
    async with pacer.turns.of(ticket.id):
        now = await home_of(helpdesk, ticket.id)
        if now.chat != topic.chat:
            return None
        if now.thread:
            return now
        fresh = await _another(helpdesk, pacer, errand, ticket, now)
        if await until_taken(partial(desk.settle_topic, fresh, over="")):
            return fresh
        await until_taken(partial(desk.remember_former, fresh))
        return None


async def _another(helpdesk: HelpDesk, pacer: Pacer, errand: Errand, ticket: Ticket, topic: Topic) -> Topic:
    name = (await card_of(helpdesk, ticket)).topic_name
    pacer.wrote(errand, topic.chat)
    thread = await helpdesk.desk.open_topic(topic.chat, name)
    reached("topic.opened")
    return replace(topic, thread=thread, name=name)


async def see_to(
    helpdesk: HelpDesk, pacer: Pacer, errand: Errand, ticket: Ticket, topic: Topic, error: SendError
) -> None:
    """A call into `topic` was refused: where the topic is to blame, make that the next try finds a good one.

    Raises `SendError` when the errand must be given up, or when a call made for its sake failed.
    """
    if error.missing is Missing.THREAD and topic.thread:
        await _gone(helpdesk, topic)
    elif error.missing is Missing.OPEN_THREAD and not await _open_again(helpdesk, pacer, errand, ticket, topic):
        raise replace(error, missing=None)


async def _gone(helpdesk: HelpDesk, topic: Topic) -> None:
    """Whatever comes next opens a new topic, unless there is one already."""
    async with db.transaction():
        if await desk.settle_topic(replace(topic, thread="", card_id=""), over=topic.thread):
            await _introduced(helpdesk, topic.ticket_id)


async def _introduced(helpdesk: HelpDesk, ticket_id: int) -> None:
    """A topic that begins in the middle of a ticket says so."""
    await errands.first_card(helpdesk, ticket_id)
    await errands.line(helpdesk, ticket_id, "desk-topic-anew")


async def _open_again(helpdesk: HelpDesk, pacer: Pacer, errand: Errand, ticket: Ticket, topic: Topic) -> bool:
    """Somebody closed the topic: open it again, else put a new one in its place; false when we may do neither."""
    async with pacer.turns.of(ticket.id):
        if (await home_of(helpdesk, ticket.id)).thread != topic.thread:
            return True
        try:
            pacer.wrote(errand, topic.chat)
            await helpdesk.desk.reopen_topic(topic.chat, topic.thread)
        except SendError as error:
            if _passing(error):
                raise replace(error, certain=True) from None  # opened twice it is open: nothing was said yet
            return await _replaced(helpdesk, pacer, errand, ticket, topic)
        return True


async def _replaced(helpdesk: HelpDesk, pacer: Pacer, errand: Errand, ticket: Ticket, topic: Topic) -> bool:
    """The closed topic is kept until there is a new one: people may still open it again."""
    try:
        fresh = await _another(helpdesk, pacer, errand, ticket, topic)
    except SendError as error:
        if _passing(error):
            raise replace(error, certain=True) from None  # whatever became of the topic, the words are not out
        return False
    async with db.transaction():
        if await desk.settle_topic(replace(fresh, card_id=""), over=topic.thread):
            await desk.remember_former(topic)
            await _introduced(helpdesk, ticket.id)
            return True
    await desk.remember_former(fresh)
    return True


def _passing(error: SendError) -> bool:
    """Whether it may go better a little later."""
    return error.retryable or not error.certain
