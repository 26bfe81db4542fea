"""A customer's button: whose it is, what it means, and an answer in any case."""

from bot.domain.message import Pressed
from bot.domain.people import Conversation
from bot.domain.press import Press, Verb, decode
from bot.domain.ticket import Ticket
from bot.helpdesk import HelpDesk
from bot.services import aftercare, crossing, delivery, errands, proposals, questions, selfservice
from bot.services.casework import notify
from store import conversations, tickets

_ANSWERS = frozenset({Verb.INTAKE, Verb.PAGE})
_DECISIONS = frozenset({Verb.ACCEPT, Verb.ACCEPT_ANYWAY, Verb.REJECT})
_AFTERCARE = frozenset({Verb.REOPEN, Verb.NEW_REQUEST})
_MENU = frozenset({Verb.MENU, Verb.LANGUAGE})
_LOOKS = frozenset({Verb.SHOW, Verb.SHOW_ANSWER})


async def pressed(helpdesk: HelpDesk, channel: str, event: Pressed) -> None:
    """Do what the button says if it is this customer's to press; a press always gets an answer."""
    conversation, _ = await conversations.resolve(channel, event.author, helpdesk.now(), helpdesk.policies.locale)
    conversation = await delivery.window_opened(helpdesk, conversation, event.at)
    # Whoever is not listened to gets the spinner stopped and nothing else: a press could reopen, or open a topic.
    text = "" if conversation.requester.banned else await _act(helpdesk, conversation, event)
    if event.press_id:
        await errands.answer_press(helpdesk, channel, event.press_id, text)
    elif text:
        await notify(helpdesk, conversation, "plain", text=text)


async def _act(helpdesk: HelpDesk, conversation: Conversation, event: Pressed) -> str:
    """Do what was pressed; what there is to say about it, in the customer's language."""

    def say(key: str, **values: str) -> str:
        return helpdesk.text(conversation.locale, key, **values) if key else ""

    press = decode(event.token)
    if press is None:
        return say("button-old")
    if press.verb in _MENU:
        return say(await selfservice.pressed(helpdesk, conversation, press))
    ticket = await tickets.get(press.id)
    if ticket is None or ticket.conversation_id != conversation.id:
        return say("button-not-yours")
    if ticket.merged_into and press.verb not in _LOOKS:
        return say("button-merged", number=ticket.label, other=ticket.successor)
    return say(await _act_on_ticket(helpdesk, conversation, ticket, press, event))


async def _act_on_ticket(
    helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, press: Press, event: Pressed
) -> str:
    """The key of what there is to say."""
    if press.verb in _ANSWERS:
        return await questions.pressed(helpdesk, conversation, ticket, press, event)
    if press.verb in _DECISIONS:
        return await _decided(helpdesk, conversation, ticket, press, event)
    if press.verb in _AFTERCARE:
        return await aftercare.pressed(helpdesk, conversation, ticket, press)
    if press.verb is Verb.SHOW_ANSWER:
        return ""  # the press itself has opened the window and let the answer go
    if press.verb is Verb.SHOW:
        await selfservice.show(helpdesk, conversation, ticket)
        return ""
    return "button-old"


async def _decided(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket, press: Press, event: Pressed) -> str:
    """Accept or reject, perhaps of before a closing that only overtook it."""
    if crossing.has_crossed(helpdesk, ticket, event.at):
        return await crossing.pressed(helpdesk, conversation, ticket, press, event.at)
    return await proposals.pressed(helpdesk, conversation, ticket, press)
