"""What customers do: write, quote, edit, withdraw, react, send files, press whatever stands in their chat."""

from bot.domain.message import (
    Attachment,
    Content,
    Edited,
    Kind,
    Person,
    Pressed,
    Reachable,
    Reacted,
    Revoked,
    Said,
)
from bot.domain.press import Press, decode
from tests.proofs.simulation_stage import CUSTOMERS, Stage, chat_of

WORDS = {
    "plain": "Durum şöyle {mark}",
    "failing": "hâlâ olmuyor {mark}",
    "accept": "kabul ediyorum",
    "reject": "reddediyorum",
    "thanks": "teşekkürler",
    "answer": "arıza",
    "both": "kabul ama hâlâ olmuyor",
    "choice": "Yeni talep",
}
"""What customers write, by what it means; a mark stands only where it changes nothing of that."""

SERVICES = ("/new", "/status", "/tickets", "menü", "/language en", "/help", "/start")


async def writes(stage: Stage, who: Person, meaning: str = "plain", reply_to: str | None = None) -> str:
    """A message; returns its id."""
    text = WORDS[meaning].format(mark=stage.mark("k", chat_of(who)))
    return await _says(stage, who, Content(text=text), reply_to=reply_to)


async def _says(
    stage: Stage,
    who: Person,
    content: Content,
    *,
    reply_to: str | None = None,
    album: str | None = None,
    kept: bool = True,
) -> str:
    external_id = f"c{stage.number()}"
    said = Said(author=who, at=stage.at(), external_id=external_id, content=content, reply_to=reply_to, album=album)
    await stage.says(who, said, external_id, kept=kept)
    return external_id


def quotable(stage: Stage, who: Person) -> list[str]:
    """Ids of what a customer sees in the chat: our messages and their own."""
    chat = chat_of(who)
    return [*stage.written.get(chat, []), *(taken.external_id for taken in stage.platforms.seen_by(chat))]


async def quotes(stage: Stage, who: Person, pick: int) -> str:
    """A message that quotes another one; returns which."""
    found = quotable(stage, who)
    quoted = found[-1 - pick % len(found)] if found else ""
    await writes(stage, who, reply_to=quoted or None)
    return quoted


async def names_a_ticket(stage: Stage, who: Person, number: int) -> None:
    """A ticket's number in the words; it may well be somebody else's."""
    text = f"#{number} için yazıyorum {stage.mark('k', chat_of(who))}"
    await _says(stage, who, Content(text=text))


async def asks_service(stage: Stage, who: Person, pick: int) -> str:
    """A command of the self-service; returns it."""
    command = SERVICES[pick % len(SERVICES)]
    await _says(stage, who, Content(text=command), kept=False)
    return command


async def opens_another(stage: Stage, who: Person) -> None:
    """`/new` with the first words of the new ticket."""
    await _says(stage, who, Content(text=f"/new Başka bir konu {stage.mark('k', chat_of(who))}"))


async def sends_file(stage: Stage, who: Person, size: int = 1000) -> None:
    """A document with a caption."""
    number = stage.number()
    file = Attachment(kind=Kind.DOCUMENT, ref=f"file-{number}", name="fatura.pdf", mime="application/pdf", size=size)
    await _says(stage, who, Content(text=f"Ekte {stage.mark('k', chat_of(who))}", attachment=file))


async def sends_album(stage: Stage, who: Person, items: int = 2) -> None:
    """Photos that belong together, one message each."""
    album = f"album-{stage.number()}"
    for _ in range(items):
        photo = Attachment(kind=Kind.PHOTO, ref=f"file-{stage.number()}", mime="image/jpeg", size=1000)
        caption = stage.mark("k", chat_of(who))
        await _says(stage, who, Content(text=caption, attachment=photo), album=album)


def _own(stage: Stage, who: Person, pick: int) -> str:
    """One of the customer's own messages; 0 is the latest."""
    own = stage.written.get(chat_of(who), [])
    return own[-1 - pick % len(own)] if own else ""


async def edits(stage: Stage, who: Person, pick: int) -> bool:
    """Other words for an earlier message; false when there is none."""
    external_id = _own(stage, who, pick)
    heard = stage.witness.heard.get(external_id)
    if heard is None or not heard.kept:
        return False
    content = Content(text=f"Düzeltme {stage.mark('k', chat_of(who))}")
    await stage.says(who, Edited(author=who, at=stage.at(), external_id=external_id, content=content))
    return True


async def edits_unseen(stage: Stage, who: Person) -> str:
    """The edit of a message that never came to us: it counts as said now. Returns its id."""
    external_id = f"c{stage.number()}"
    content = Content(text=f"Düzeltme {stage.mark('k', chat_of(who))}")
    await stage.says(who, Edited(author=who, at=stage.at(), external_id=external_id, content=content), external_id)
    return external_id


async def revokes(stage: Stage, who: Person, pick: int) -> None:
    """An earlier message deleted for everyone."""
    await stage.says(who, Revoked(author=who, at=stage.at(), external_id=_own(stage, who, pick) or "c0"))


async def reacts(stage: Stage, who: Person, pick: int) -> None:
    """An emoji on any message of the chat."""
    found = quotable(stage, who) or ["c0"]
    external_id = found[-1 - pick % len(found)]
    await stage.says(who, Reacted(author=who, at=stage.at(), external_id=external_id, emoji="👍"))


async def blocks(stage: Stage, who: Person, *, reachable: bool) -> None:
    """Telegram tells that somebody blocked the bot, or took it back."""
    await stage.says(who, Reachable(author=who, at=stage.at(), reachable=reachable))


def buttons(stage: Stage, who: Person) -> list[tuple[str, str]]:
    """Buttons in a customer's chat as (token, id of the message), the newest first."""
    return [
        (button.token, taken.external_id)
        for taken in reversed(stage.platforms.seen_by(chat_of(who)))
        for row in taken.call.part.rows
        for button in row
    ]


async def presses(stage: Stage, who: Person, pick: int, *, of: Person | None = None) -> Press | None:
    """A button of the own chat, or one whose token was seen in somebody else's; returns what it says."""
    found = buttons(stage, of or who)
    token, message_id = found[pick % len(found)] if found else ("a:1:1", "")
    await presses_token(stage, who, token, message_id)
    return decode(token)


async def presses_token(stage: Stage, who: Person, token: str, message_id: str = "") -> None:
    press_id = f"press-{stage.number()}" if stage.home(who) is stage.telegram else ""
    event = Pressed(author=who, at=stage.at(), token=token, press_id=press_id, message_id=message_id or None)
    await stage.says(who, event)


def other_than(who: Person) -> Person:
    """Somebody else on the same channel."""
    return CUSTOMERS[(CUSTOMERS.index(who) + 2) % len(CUSTOMERS)]
