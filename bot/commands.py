"""COMMANDS: the table of every slash command, who may use it, and the way an agent's message takes through it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from bot.domain.errors import BadInput, NotAllowed
from bot.domain.message import DeskPlace, Pressed, Said
from bot.domain.outgoing import Outgoing
from bot.domain.people import Agent, Role, may
from bot.domain.press import Verb, decode
from bot.domain.ticket import Ticket
from bot.domain.words import fold, plainly_begun
from bot.helpdesk import HelpDesk
from bot.services import (
    autoclose,
    errands,
    forgotten,
    lanes,
    levels,
    lifecycle,
    lookup,
    media,
    merging,
    moderation,
    presence,
    reloading,
    replies,
    resending,
    rights,
    roles,
    roster,
    tags,
    teams,
    triage,
    vip,
    why,
)
from bot.services.call import Call
from bot.services.homes import home_of
from store import desk, messages, tickets

DONE = "👌"
_IN_PRIVATE = frozenset({"take", "assign", "postpone"})
"""What the buttons of a direct message can do; their answers are short enough for a toast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One row. `names[0]` is the official name; the others are aliases. The text `command-<name>` describes it."""

    names: tuple[str, ...]
    needs: Role
    run: Callable[[HelpDesk, Call], Awaitable[str]]
    usage: str = ""

    @property
    def name(self) -> str:
        return self.names[0]


async def help_text(helpdesk: HelpDesk, call: Call) -> str:
    """What the caller may do, from this very table."""
    lines = [
        f"/{command.name} {command.usage}".rstrip() + f" — {helpdesk.desk_text(f'command-{command.name}')}"
        for command in COMMANDS
        if may(call.role, command.needs)
    ]
    habit = "help-agent-notes" if helpdesk.policies.plain_is_note else "help-agent"
    return "\n".join((helpdesk.desk_text(habit), *lines))


COMMANDS: tuple[Command, ...] = (
    Command(names=("take", "al", "üstlen"), needs=Role.AGENT, run=lifecycle.take),
    Command(names=("assign", "ata"), needs=Role.AGENT, run=lifecycle.assign, usage="@who|TEAM|*"),
    Command(names=("ask", "sor"), needs=Role.AGENT, run=lifecycle.ask, usage="TEXT"),
    Command(names=("propose", "öner", "çöz"), needs=Role.AGENT, run=lifecycle.propose, usage="TEXT"),
    Command(names=("postpone", "ertele"), needs=Role.AGENT, run=lifecycle.postpone, usage="WHEN [REASON]"),
    Command(names=("dev", "geliştirme"), needs=Role.AGENT, run=lifecycle.develop, usage="ENGINEER KEY ETA"),
    Command(names=("resume", "devam"), needs=Role.AGENT, run=lifecycle.resume),
    Command(names=("note", "not"), needs=Role.AGENT, run=lifecycle.note, usage="TEXT"),
    Command(names=("reply", "yanıt", "cevap"), needs=Role.AGENT, run=lifecycle.reply, usage="TEXT"),
    Command(names=("priority", "öncelik"), needs=Role.AGENT, run=triage.priority, usage="P"),
    Command(names=("category", "kategori"), needs=Role.AGENT, run=triage.category, usage="C"),
    Command(names=("tag", "etiket"), needs=Role.AGENT, run=tags.tag, usage="[NAME]"),
    Command(names=("untag", "etiketsil"), needs=Role.AGENT, run=tags.untag, usage="NAME"),
    Command(names=("set", "alan"), needs=Role.AGENT, run=triage.field, usage="FIELD VALUE"),
    Command(names=("history", "geçmiş"), needs=Role.AGENT, run=lookup.history, usage="[#N]"),
    Command(names=("why", "neden"), needs=Role.AGENT, run=why.why, usage="[#N]"),
    Command(names=("tickets", "kayıtlar", "talepler"), needs=Role.AGENT, run=lookup.listing, usage="[FILTER]"),
    Command(names=("status", "durum"), needs=Role.AGENT, run=lookup.status, usage="[#N]"),
    Command(names=("away", "uzakta"), needs=Role.AGENT, run=presence.away, usage="[UNTIL]"),
    Command(names=("back", "döndüm"), needs=Role.AGENT, run=presence.back),
    Command(names=("handover", "devret"), needs=Role.AGENT, run=forgotten.handover, usage="[@who]"),
    Command(names=("merge", "birleştir"), needs=Role.AGENT, run=merging.merge, usage="#N"),
    Command(names=("link", "bağla"), needs=Role.AGENT, run=merging.link, usage="#N"),
    Command(names=("reopen", "yenidenaç"), needs=Role.AGENT, run=lifecycle.reopen),
    Command(names=("close", "kapat"), needs=Role.LEAD, run=lifecycle.close, usage="REASON"),
    Command(names=("ban", "yasakla"), needs=Role.LEAD, run=moderation.ban),
    Command(names=("unban", "yasağıkaldır"), needs=Role.LEAD, run=moderation.unban),
    Command(names=("vip",), needs=Role.LEAD, run=vip.vip),
    Command(names=("unvip", "vipkaldır"), needs=Role.LEAD, run=vip.unvip),
    Command(names=("agents", "temsilciler"), needs=Role.LEAD, run=roster.listing),
    Command(names=("autoclose", "otokapat"), needs=Role.LEAD, run=autoclose.listing),
    Command(names=("closed", "kapalı"), needs=Role.LEAD, run=levels.closed, usage="[DAY] [REASON]"),
    Command(names=("reload", "yenidenoku"), needs=Role.ADMIN, run=reloading.reload),
    Command(names=("role", "rol"), needs=Role.ADMIN, run=roles.role, usage="@who ROLE"),
    Command(names=("help", "yardım", "start"), needs=Role.AGENT, run=help_text),
)

_BY_NAME = {fold(name): command for command in COMMANDS for name in command.names}


async def said(helpdesk: HelpDesk, event: Said) -> None:
    """A message in the agents' group: command, note, answer to a customer, or agents talking among themselves."""
    place = event.desk
    if place is None or await messages.find_post(lanes.desk_place(place.chat), event.external_id):
        return
    event = replace(event, content=replace(event.content, text=plainly_begun(event.content.text)))
    name, argument = _split(event.content.text)
    ticket = await _ticket_at(place, event)
    agent = await rights.agent_of(event.author, event.desk)
    if name is None and ticket is None:
        await teams.refuse_in_former(helpdesk, place)
        return
    if agent is None or (name is not None and not event.own_words):
        raise NotAllowed("write-as-yourself")
    role = rights.role_of(helpdesk, agent)
    if role is None:
        raise NotAllowed("not-your-right")
    await presence.heard(helpdesk, agent, place, name or "")
    if name is not None:
        call = Call(agent=agent, role=role, place=place, argument=argument, ticket=ticket, said=event)
        await _answer(helpdesk, event, await dispatch(helpdesk, call, name), ticket)
    elif ticket is not None:
        await _plain(helpdesk, ticket, agent, role, event)


async def _plain(helpdesk: HelpDesk, ticket: Ticket, agent: Agent, role: Role, event: Said) -> None:
    """Words without a command: a note when marked as one, else an answer (or the other way round, by setting)."""
    if not may(role, Role.AGENT):
        raise NotAllowed("not-your-right")
    text = event.content.text
    if text.lstrip().startswith(replies.NOTE_MARK):
        await replies.note(helpdesk, ticket, agent, event, replace(event.content, text=replies.note_words(text)))
    elif await replies.stays_inside(helpdesk, ticket, event):
        await replies.note(helpdesk, ticket, agent, event, event.content)
    else:
        await replies.reply(helpdesk, ticket, agent, event, event.content)


async def dispatch(helpdesk: HelpDesk, call: Call, name: str) -> str:
    """Run a command by name for whoever may; returns what to say ("" is a mere "done")."""
    command = _BY_NAME.get(fold(name))
    if command is None:
        raise BadInput("command-unknown", given=f"/{name}")
    if not may(call.role, command.needs):
        raise NotAllowed("not-your-right")
    return await command.run(helpdesk, call)


_AGAIN: Mapping[Verb, Callable[[HelpDesk, int], Awaitable[str]]] = {
    Verb.RESEND: resending.resend,
    Verb.FETCH: media.retry,
}
"""Buttons that repeat what failed, whatever the ticket's state; each returns the key of its toast."""


async def pressed(helpdesk: HelpDesk, event: Pressed) -> None:
    """A button in the group stands for a command, with the presser's own rights; some are about no ticket."""
    agent = await rights.agent_of(event.author, event.desk)
    role = rights.role_of(helpdesk, agent)
    press = decode(event.token)
    if agent is None or role is None or event.desk is None or not may(role, Role.AGENT):
        raise NotAllowed("not-your-right")
    await presence.heard(helpdesk, agent, event.desk, press.argument(0) if press is not None else "")
    if press is not None and press.verb in _AGAIN:
        answer = helpdesk.desk_text(await _AGAIN[press.verb](helpdesk, press.id))
        await errands.answer_press(helpdesk, lanes.DESK, event.press_id, answer)
        return
    ticket = await tickets.get(press.id) if press and press.verb is Verb.DESK else None
    if press is None or press.verb is not Verb.DESK or (ticket is None and press.id):
        raise BadInput("button-old")
    call = Call(agent=agent, role=role, place=event.desk, argument=press.argument(1), ticket=ticket)
    answer = await dispatch(helpdesk, call, press.argument(0))
    if ticket is not None:
        home = await home_of(helpdesk, ticket.id)
        await _answer_press(helpdesk, event, ticket, answer, elsewhere=event.desk.chat != home.chat)
        return
    await errands.answer_press(helpdesk, lanes.DESK, event.press_id)
    if answer:
        await errands.to_group(helpdesk, Outgoing(text=answer), chat=event.desk.chat, thread=event.desk.thread)


async def pressed_in_private(helpdesk: HelpDesk, event: Pressed) -> bool:
    """A button of a warning that came as a direct message; false when it is none, or its presser no agent."""
    press = decode(event.token)
    if press is None or press.verb is not Verb.DESK or press.argument(0) not in _IN_PRIVATE:
        return False
    agent, ticket = await rights.known(event.author), await tickets.get(press.id)
    role = rights.role_of(helpdesk, agent)
    if agent is None or role is None or not may(role, Role.AGENT) or ticket is None:
        return False
    home = await home_of(helpdesk, ticket.id)
    place = DeskPlace(chat=home.chat, thread=home.thread or None)
    await presence.heard(helpdesk, agent, place, press.argument(0))
    call = Call(agent=agent, role=role, place=place, argument=press.argument(1), ticket=ticket)
    answer = await dispatch(helpdesk, call, press.argument(0))
    await _answer_press(helpdesk, event, ticket, answer, elsewhere=True)
    return True


async def _answer_press(helpdesk: HelpDesk, event: Pressed, ticket: Ticket, answer: str, *, elsewhere: bool) -> None:
    """The answer stands in the ticket's topic; who pressed elsewhere sees it as a toast, too."""
    await errands.answer_press(helpdesk, lanes.DESK, event.press_id, (answer or DONE) if elsewhere else "")
    if answer:
        await errands.to_topic(helpdesk, ticket.id, Outgoing(text=answer))


async def _ticket_at(place: DeskPlace, event: Said) -> Ticket | None:
    """The ticket of this topic, or of the post that is replied to."""
    topic = await desk.topic_at(place.chat, place.thread) if place.thread else None
    if topic is not None:
        return await tickets.get(topic.ticket_id)
    if event.reply_to is None:
        return None
    post = await messages.find_post(lanes.desk_place(place.chat), event.reply_to)
    return await tickets.get(post.ticket_id) if post else None


def _split(text: str) -> tuple[str | None, str]:
    """`/take now` to `("take", "now")`; no command is `(None, text)`. The channel took `@our_bot` off already."""
    words = text.strip()
    if not words.startswith("/") or words.startswith(replies.NOTE_MARK) or not words[1:2].isalpha():
        return None, text
    head, *rest = words.split(maxsplit=1)
    return head[1:], rest[0] if rest else ""


async def _answer(helpdesk: HelpDesk, event: Said, text: str, ticket: Ticket | None = None) -> None:
    """Say what there is to say as a reply; a mere "done" is a reaction, which costs no write of the budget."""
    if event.desk is None:
        return
    if not text:
        await errands.react_in_group(helpdesk, event.desk.chat, event.external_id, DONE)
        return
    await errands.to_group(
        helpdesk,
        Outgoing(text=text),
        chat=event.desk.chat,
        thread=event.desk.thread,
        external_reply_to=event.external_id,
        about=ticket.id if ticket else None,
    )


async def refuse(helpdesk: HelpDesk, event: Said | Pressed, error: BadInput) -> None:
    """Bad input in the group gets a sentence that says what to do."""
    # The refused attempt was rolled back, and with it that this person spoke: they could not be given a role.
    await rights.agent_of(event.author, event.desk)
    text = helpdesk.desk_text(error.key, **error.values)
    if isinstance(event, Pressed):
        await errands.answer_press(helpdesk, lanes.DESK, event.press_id, text)
    else:
        await _answer(helpdesk, event, text)
