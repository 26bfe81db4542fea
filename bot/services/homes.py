"""Where a ticket lives: its agents' group, decided once and remembered."""

from bot.domain import groups
from bot.domain.ledger import Topic
from bot.helpdesk import HelpDesk
from store import desk


async def home_of(helpdesk: HelpDesk, ticket_id: int) -> Topic:
    """The ticket's place in a group; whoever asks first decides the group, in turn, in the use case's transaction."""
    known = await desk.topic(ticket_id)
    if known is not None:
        return known
    topic = Topic(ticket_id=ticket_id, chat=groups.home(helpdesk.desk.groups, ticket_id))
    await desk.save_topic(topic)
    return topic
