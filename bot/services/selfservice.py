"""What customers can do by themselves: `/new /tickets /status /language /help`, or the word *menu*."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.domain.message import Content, Said
from bot.domain.outgoing import Button
from bot.domain.people import Conversation
from bot.domain.press import Press, Verb, encode
from bot.domain.ticket import Ticket
from bot.domain.words import fold, is_menu
from bot.helpdesk import HelpDesk
from bot.services import opening
from bot.services.casework import notify
from store import conversations, tickets

AWAITING_NEW = "new"
"""The next message opens a new ticket whatever else is open."""

MENU = ("new", "tickets", "status", "language", "help")
"""The services the menu offers, by official name; the text `menu-<name>` is the button."""

_LISTED = 10


@dataclass(frozen=True, slots=True)
class Service:
    """One row of the menu. `names` are what can be typed after the slash, the first being the official one."""

    names: tuple[str, ...]
    run: Callable[[HelpDesk, Conversation, str, Said | None], Awaitable[None]]

    @property
    def name(self) -> str:
        return self.names[0]


def is_meant(content: Content) -> bool:
    """Whether a message asks for a service. A file's caption can only mean `/new`: no file is lost to the menu."""
    text = content.text.strip()
    if content.attachment is not None:
        return is_command(text) and _named(text) is NEW
    return is_command(text) or is_menu(text)


def is_command(text: str) -> bool:
    """A slash and a letter: `/status`, not a path or a lone slash."""
    return len(text) > 1 and text[0] == "/" and text[1].isalpha() and "/" not in text[1:].split(maxsplit=1)[0]


async def run(helpdesk: HelpDesk, conversation: Conversation, said: Said) -> None:
    """Do what was typed; an unknown command gets the menu with a word of explanation. An echo gets nothing more."""
    text = said.content.text.strip()
    service = None if is_menu(text) else _named(text)
    _, *rest = text.split(maxsplit=1)
    argument = "".join(rest) if service else ""
    opens_ticket = service is NEW and (argument or said.content.attachment)
    if not opens_ticket and await _is_enough(helpdesk, conversation):
        return
    if service is not None:
        await service.run(helpdesk, conversation, argument, said)
    else:
        await menu(helpdesk, conversation, "menu" if is_menu(text) else "menu-unknown-command")


async def _is_enough(helpdesk: HelpDesk, conversation: Conversation) -> bool:
    """Whether a day's answers are used up; the last of them says so."""
    left = helpdesk.restraint.left(conversation.id, helpdesk.now())
    if left == 1:
        await notify(helpdesk, conversation, "menu-enough")
    return left <= 1


def _named(command: str) -> Service | None:
    """The service a typed command names, whatever follows it: an argument, or the bot's name."""
    return find(command[1:].split(maxsplit=1)[0].partition("@")[0])


def find(name: str) -> Service | None:
    return next((service for service in SERVICES if fold(name) in {fold(known) for known in service.names}), None)


async def menu(helpdesk: HelpDesk, conversation: Conversation, key: str) -> None:
    """The services as buttons or a list."""
    rows = tuple(
        (Button(title=helpdesk.text(conversation.locale, f"menu-{name}"), token=encode(Verb.MENU, 0, name)),)
        for name in MENU
    )
    title = helpdesk.text(conversation.locale, "menu-title")
    await notify(helpdesk, conversation, key, rows=rows, list_title=title)


async def pressed(helpdesk: HelpDesk, conversation: Conversation, press: Press) -> str:
    """A press on the menu or on a language; returns the toast's key."""
    if press.verb is Verb.LANGUAGE:
        return await _speak(helpdesk, conversation, press.argument(0))
    service = find(press.argument(0))
    if service is None:
        return "button-old"
    await service.run(helpdesk, conversation, "", None)
    return ""


async def _start(helpdesk: HelpDesk, conversation: Conversation, _argument: str, _said: Said | None) -> None:
    await notify(helpdesk, conversation, "welcome")


async def _new(helpdesk: HelpDesk, conversation: Conversation, argument: str, said: Said | None) -> None:
    """`/new` waits for the next message; `/new TEXT` opens the ticket with it."""
    if said is None or not (argument or said.content.attachment):
        await conversations.save(replace(conversation, awaiting=AWAITING_NEW))
        await notify(helpdesk, conversation, "new-write")
        return
    words = replace(said.content, text=argument)
    await opening.open_ticket(helpdesk, conversation, replace(said, content=words))


async def _tickets(helpdesk: HelpDesk, conversation: Conversation, _argument: str, _said: Said | None) -> None:
    """The requester's own tickets, live ones first."""
    found = await tickets.of_requester(conversation.requester.id, live_only=False, limit=_LISTED)
    if not found:
        await notify(helpdesk, conversation, "tickets-none")
        return
    ordered = sorted(found, key=lambda ticket: (not ticket.live, -ticket.id))
    rows = tuple((Button(title=ticket.label, token=encode(Verb.SHOW, ticket.id)),) for ticket in ordered)
    lines = "\n".join(line(helpdesk, conversation.locale, ticket) for ticket in ordered)
    title = helpdesk.text(conversation.locale, "menu-tickets")
    await notify(helpdesk, conversation, "tickets-list", rows=rows, list_title=title, list=lines)


def line(helpdesk: HelpDesk, locale: str, ticket: Ticket) -> str:
    status = helpdesk.text(locale, f"status-{ticket.status}")
    return f"{ticket.label} · {status} · {ticket.subject}"


async def _status(helpdesk: HelpDesk, conversation: Conversation, argument: str, _said: Said | None) -> None:
    """The state of one ticket: the named one if it is theirs, else the current, else the last."""
    ticket = await tickets.by_number(argument.lstrip("#")) if argument else None
    if ticket is not None and ticket.requester_id != conversation.requester.id:
        ticket = None
    if ticket is None and not argument:
        ticket = await _latest(conversation)
    if ticket is None:
        await notify(helpdesk, conversation, "tickets-not-found" if argument else "tickets-none")
        return
    await show(helpdesk, conversation, ticket)


async def _latest(conversation: Conversation) -> Ticket | None:
    if conversation.ticket_id is not None:
        return await tickets.get(conversation.ticket_id)
    return await tickets.last_closed(conversation.id)


async def show(helpdesk: HelpDesk, conversation: Conversation, ticket: Ticket) -> None:
    """One ticket as its requester may see it."""
    locale = conversation.locale
    await notify(
        helpdesk,
        conversation,
        _status_key(ticket),
        number=ticket.label,
        status=helpdesk.text(locale, f"status-{ticket.status}"),
        subject=ticket.subject,
        opened=helpdesk.moment(locale, ticket.created_at),
        until=helpdesk.moment(locale, ticket.postponed_until) if ticket.postponed_until else "",
        other=ticket.successor,
    )


def _status_key(ticket: Ticket) -> str:
    if ticket.merged_into:
        return "ticket-status-merged"
    return "ticket-status-postponed" if ticket.postponed_until else "ticket-status"


async def _language(helpdesk: HelpDesk, conversation: Conversation, argument: str, _said: Said | None) -> None:
    """`/language en` sets it; without an argument it is asked."""
    if argument:
        key = await _speak(helpdesk, conversation, argument)
        if key:
            await notify(helpdesk, conversation, key)
        return
    row = tuple(
        Button(title=helpdesk.text(locale, "language-name"), token=encode(Verb.LANGUAGE, 0, locale))
        for locale in helpdesk.texts.locales
    )
    await notify(helpdesk, conversation, "language-ask", rows=(row,))


async def _speak(helpdesk: HelpDesk, conversation: Conversation, wish: str) -> str:
    """Set the language named by code or by name; returns an error's key."""
    wanted = fold(wish)
    for locale in helpdesk.texts.locales:
        if wanted in {fold(locale), fold(helpdesk.text(locale, "language-name"))}:
            await conversations.set_locale(conversation.requester.id, locale)
            spoken = replace(conversation, requester=replace(conversation.requester, locale=locale))
            await notify(helpdesk, spoken, "language-set")
            return ""
    return "language-unknown"


async def _help(helpdesk: HelpDesk, conversation: Conversation, _argument: str, _said: Said | None) -> None:
    await menu(helpdesk, conversation, "help-customer")


NEW = Service(("new", "yeni"), _new)
SERVICES = (
    NEW,
    Service(("tickets", "kayitlar", "taleplerim"), _tickets),
    Service(("status", "durum"), _status),
    Service(("language", "dil", "lang"), _language),
    Service(("help", "yardim", "yardım"), _help),
    Service(("menu", "menü"), _help),
    Service(("start", "basla", "başla"), _start),
)
