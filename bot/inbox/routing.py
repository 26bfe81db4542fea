"""To the one use case an event is for."""

from bot import commands
from bot.domain.errors import BadInput
from bot.domain.message import (
    AccountChanged,
    DeskMoved,
    Edited,
    Event,
    IdentityChanged,
    Ignored,
    Inbound,
    MemberChanged,
    Pressed,
    Reachable,
    Reacted,
    Receipt,
    Revoked,
    Said,
)
from bot.domain.timers import DAY_MS
from bot.helpdesk import HelpDesk
from bot.services import account, delivery, errands, moving, presses, replies, requests, rights, roles, upkeep
from bot.services.casework import notify
from store import conversations


def is_stale(helpdesk: HelpDesk, event: Inbound) -> bool:
    """Said so long ago that its key may be forgotten: no platform repeats itself that late, so this is a replay."""
    return isinstance(event, Event) and 0 < event.at < helpdesk.now() - upkeep.KEEP_DAYS * DAY_MS


async def route(helpdesk: HelpDesk, channel: str, event: Inbound) -> None:
    """Do what the event asks for, in the caller's transaction. Raises `BadInput` with a sentence for its author."""
    match event:
        case Ignored():
            return
        case Receipt():
            await delivery.record(helpdesk, channel, event)
        case AccountChanged():
            await account.changed(helpdesk, event)
        case Event(desk=None):
            if channel in helpdesk.channels:
                await _from_customer(helpdesk, channel, event)
        case _:
            await _from_desk(helpdesk, event)


async def _from_customer(helpdesk: HelpDesk, channel: str, event: Event) -> None:
    match event:
        case Said():
            await requests.received(helpdesk, channel, event)
        case Edited():
            await requests.edited(helpdesk, channel, event)
        case Revoked():
            await requests.revoked(helpdesk, channel, event)
        case Reacted():
            await requests.reacted(helpdesk, channel, event)
        case Pressed():
            if not await commands.pressed_in_private(helpdesk, event):
                await presses.pressed(helpdesk, channel, event)
        case Reachable():
            await requests.reachable(helpdesk, channel, event)
        case IdentityChanged():
            await requests.identity_changed(helpdesk, channel, event)


async def _from_desk(helpdesk: HelpDesk, event: Event) -> None:
    match event:
        case Said():
            await commands.said(helpdesk, event)
        case Pressed():
            await commands.pressed(helpdesk, event)
        case Edited():
            agent = await rights.acting(helpdesk, event.author, event.desk)
            if agent is not None:
                await replies.edited(helpdesk, agent, event)
        case Reacted():
            if await rights.acting(helpdesk, event.author, event.desk) is not None:
                await replies.reacted(helpdesk, event)
        case MemberChanged():
            await roles.member_changed(event)
        case DeskMoved() if event.desk is not None:
            await moving.group_moved(helpdesk, event.desk.chat, event.new_chat)


async def refuse(helpdesk: HelpDesk, channel: str, event: Inbound, error: BadInput) -> None:
    """Bad input gets a sentence for the person who can act on it."""
    if not isinstance(event, Said | Pressed):
        return
    if event.desk is not None:
        await commands.refuse(helpdesk, event, error)
        return
    conversation, _ = await conversations.resolve(channel, event.author, helpdesk.now(), helpdesk.policies.locale)
    text = helpdesk.text(conversation.locale, error.key, **error.values)
    if isinstance(event, Pressed) and event.press_id:
        await errands.answer_press(helpdesk, channel, event.press_id, text)
    else:
        await notify(helpdesk, conversation, "plain", text=text)
