"""What agents do in their group: answer, note, correct, move tickets along, press the buttons of cards and lines."""

from bot.domain.ledger import ErrandState
from bot.domain.message import (
    Attachment,
    Content,
    DeskPlace,
    Edited,
    Kind,
    MemberChanged,
    Person,
    Pressed,
    Reacted,
    Said,
)
from bot.domain.press import Verb, decode, encode
from bot.domain.ticket import Ticket
from store import messages, outbox
from tests.builders import DENIZ, ELIF, GROUP
from tests.proofs.invariants import marks
from tests.proofs.simulation_stage import Stage

COMMANDS = {
    "ask": "/ask Hangi model? {mark}",
    "propose": "/propose Kabloyu takın {mark}",
    "take": "/take",
    "assign": "/assign {name}",
    "postpone": "/postpone {days}d bekliyoruz",
    "dev": "/dev can ABC-1 {days}d",
    "resume": "/resume",
    "priority": "/priority high",
    "category": "/category Yazıcı",
    "set": "/set scope ben",
    "close": "/close bitti",
    "spam": "/close spam",
    "reopen": "/reopen",
    "ban": "/ban",
    "unban": "/unban",
    "vip": "/vip",
    "unvip": "/unvip",
    "agents": "/agents",
    "reply": "/reply Buyurun {mark}",
    "history": "/history",
    "tickets": "/tickets",
    "status": "/status",
    "help": "/help",
    "unknown": "/nosuch",
    "tag": "/tag keep",
    "untag": "/untag keep",
    "away": "/away {days}d",
    "back": "/back",
    "handover": "/handover",
    "autoclose": "/autoclose",
}
_SPEAKING = {"ask", "propose", "reply"}


async def says(
    stage: Stage, who: Person, ticket: Ticket, text: str, *, reply_to: str | None = None, own_words: bool = True
) -> bool:
    """Words in the ticket's topic; false while there is no topic."""
    place = await stage.place(ticket)
    if place is None:
        return False
    await _says(stage, who, place, Content(text=text), reply_to=reply_to, own_words=own_words)
    return True


async def _says(
    stage: Stage,
    who: Person,
    place: DeskPlace,
    content: Content,
    *,
    reply_to: str | None = None,
    own_words: bool = True,
) -> None:
    external_id = f"{GROUP}:a{stage.number()}"
    said = Said(
        author=who,
        at=stage.at(),
        desk=place,
        content=content,
        external_id=external_id,
        reply_to=reply_to,
        own_words=own_words,
    )
    stage.written.setdefault(GROUP, []).append(external_id)
    await stage.desk_says(said, external_id)


async def answers(stage: Stage, who: Person, ticket: Ticket) -> bool:
    """A plain message: an answer to the customer."""
    return await says(stage, who, ticket, f"Bakıyoruz {stage.mark('a', await stage.chat(ticket))}")


async def notes(stage: Stage, who: Person, ticket: Ticket) -> bool:
    """A word that stays inside."""
    return await says(stage, who, ticket, f"// aramızda {stage.mark('n', '')}")


def other_than(who: Person) -> Person:
    """The colleague to whom this agent assigns tickets."""
    return DENIZ if who is ELIF else ELIF


async def commands(stage: Stage, who: Person, ticket: Ticket, name: str, *, days: int = 5) -> bool:
    """A slash command in the topic."""
    mark = stage.mark("a", await stage.chat(ticket)) if name in _SPEAKING else ""
    text = COMMANDS[name].format(mark=mark, days=days, name=f"@{other_than(who).username}")
    return await says(stage, who, ticket, text)


async def forwards(stage: Stage, who: Person, ticket: Ticket) -> bool:
    """A forwarded command, which nobody may run."""
    return await says(stage, who, ticket, "/close bitti", own_words=False)


async def sends_file(stage: Stage, who: Person, ticket: Ticket) -> bool:
    """A document for the customer."""
    place = await stage.place(ticket)
    if place is None:
        return False
    file = Attachment(kind=Kind.DOCUMENT, ref=f"file-{stage.number()}", name="yol.pdf", mime="application/pdf", size=9)
    caption = stage.mark("a", await stage.chat(ticket))
    stage.witness.unordered.add(caption)  # words never wait for a file
    await _says(stage, who, place, Content(text=f"Ekte {caption}", attachment=file))
    return True


async def edits(stage: Stage, who: Person, pick: int) -> bool:
    """A correction of something an agent wrote; false when there is nothing yet."""
    written = stage.written.get(GROUP, [])
    if not written:
        return False
    external_id = written[-1 - pick % len(written)]
    post = await messages.find_post(f"desk:{GROUP}", external_id)
    message = await messages.get(post.message_id) if post and post.message_id else None
    if message is None:
        return False
    ticket = await stage.ticket_by_id(message.ticket_id)
    inside = message.visibility.value == "note"
    mark = stage.mark("n", "") if inside else stage.mark("a", await stage.chat(ticket))
    text = f"// not {mark}" if inside else f"Doğrusu {mark}"
    place = await stage.place(ticket)
    if place is None:
        return False
    event = Edited(author=who, at=stage.at(), desk=place, external_id=external_id, content=Content(text=text))
    await stage.desk_says(event)
    return True


async def reacts(stage: Stage, who: Person, pick: int) -> None:
    """An emoji on any post of the group."""
    posts = stage.posts() or [f"{GROUP}:a0"]
    external_id = posts[-1 - pick % len(posts)]
    event = Reacted(author=who, at=stage.at(), desk=DeskPlace(chat=GROUP), external_id=external_id, emoji="🙏")
    await stage.desk_says(event)


async def leaves(stage: Stage, who: Person, *, present: bool) -> None:
    """Somebody leaves the group or comes back."""
    await stage.desk_says(MemberChanged(author=who, at=stage.at(), desk=DeskPlace(chat=GROUP), present=present))


def card_buttons(stage: Stage) -> list[str]:
    """Tokens of the buttons that stand in the group, the newest first."""
    found = [taken for taken in stage.platforms.taken if taken.call.chat == GROUP and taken.call.part.rows]
    return [button.token for taken in reversed(found) for row in taken.call.part.rows for button in row]


async def presses(stage: Stage, who: Person, pick: int) -> str:
    """A button in the group; returns its token."""
    tokens = card_buttons(stage)
    token = tokens[pick % len(tokens)] if tokens else encode(Verb.DESK, 1, "take")
    await presses_token(stage, who, token)
    return token


async def presses_token(stage: Stage, who: Person, token: str) -> None:
    press = decode(token)
    if press is not None and press.verb is Verb.RESEND:
        await _asked_again(stage, press.id)
    event = Pressed(
        author=who, at=stage.at(), desk=DeskPlace(chat=GROUP), token=token, press_id=f"press-{stage.number()}"
    )
    await stage.desk_says(event)


async def _asked_again(stage: Stage, errand_id: int) -> None:
    """From now on these words may be there twice, and anywhere."""
    errand = await outbox.by_id(errand_id)
    message = await messages.get(errand.message_id) if errand and errand.message_id else None
    if errand is None or message is None or errand.state is ErrandState.SENT:
        return
    for mark in marks(message.content.text):
        stage.witness.repeats[mark] = stage.witness.repeats.get(mark, 0) + 1
        stage.witness.unordered.add(mark)
