"""A customer's button: whose it is, what it means, and an answer in any case."""

from bot.domain.message import Pressed
from bot.domain.people import Conversation
from bot.domain.press import Press, Verb, decode
from bot.domain.ticket import Ticket
from bot.helpdesk import HelpDesk
from bot.services import aftercare, delivery, errands, proposals, questions, selfservice
from bot.services.casework import notify
from store import conversations, tickets

_ANSWERS = frozenset({Verb.INTAKE, Verb.PAGE})
_DECISIONS = frozenset({Verb.ACCEPT, Verb.ACCEPT_ANYWAY, Verb.REJECT})
_AFTERCARE = frozenset({Verb.REOPEN, Verb.NEW_REQUEST})
_MENU = frozenset({Verb.MENU, Verb.LANGUAGE})


async def pressed(helpdesk: HelpDesk, channel: str, event: Pressed) -> None:
    """Do what the button says if it is this customer's to press; a press always gets an answer."""
    conversation, _ = await conversations.resolve(channel, event.author, helpdesk.now(), helpdesk.policies.locale)
    await delivery.window_opened(helpdesk, conversation, event.at)
    # Whoever is not listened to gets the spinner stopped and nothing else: a press could reopen, or open a topic.
    key = "" if conversation.requester.banned else await _act(helpdesk, conversation, event)
    if event.press_id:
        text = helpdesk.text(conversation.locale, key) if key else ""
        await errands.answer_press(helpdesk, channel, event.press_id, text)
    elif key:
        await notify(helpdesk, conversation, key)


async def _act(helpdesk: HelpDesk, conversation: Conversation, event: Pressed) -> str:
    press = decode(event.token)
    if press is None:
        return "button-old"
    if press.verb in _MENU:
        return await selfservice.pressed(helpdesk, conversation, press)
    ticket = await tickets.get(press.id)
    if ticket is None or ticket.conversation_id != conversation.id:
        return "button-not-yours"
    return await _act_on_ticket(helpdesk, conversation, ticket, press, event)


async def _act_on_ticket(
    helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, press: Press, event: Pressed
) -> str:
    if press.verb in _ANSWERS:
        return await questions.pressed(helpdesk, conversation, ticket, press, event)
    if press.verb in _DECISIONS:
        return await proposals.pressed(helpdesk, conversation, ticket, press)
    if press.verb in _AFTERCARE:
        return await aftercare.pressed(helpdesk, conversation, ticket, press)
    if press.verb is Verb.SHOW_ANSWER:
        return ""  # the press itself has opened the window and let the answer go
    if press.verb is Verb.SHOW:
        await selfservice.show(helpdesk, conversation, ticket)
        return ""
    return "button-old"
