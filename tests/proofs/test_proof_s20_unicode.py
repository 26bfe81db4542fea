"""S20: a command is understood however a keyboard writes it, and no mark that nobody sees reaches an agent's eyes."""

import unicodedata
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot import inbox
from bot.cards import STATUS_MARK
from bot.commands import COMMANDS
from bot.domain.folding import fold
from bot.domain.message import Person
from bot.domain.restraint import ANSWERS_A_DAY
from bot.domain.vocabulary import ACCEPT, MENU, REJECT, SKIP
from bot.domain.words import is_accept, is_menu, is_reject, is_skip
from bot.services import selfservice
from tests.builders import AYSE, GROUP, ZEYNEP, House, outgoing
from tests.fakes import START
from tests.proofs import hostile
from tests.proofs.hostile import INVISIBLE, ZERO_WIDTH
from tests.proofs.proof import Proof
from tests.senders import opened_house, opened_strict_house, sends

pytestmark = pytest.mark.proof("S20")

_UPPER = str.maketrans("iı", "İI")
_LOWER = str.maketrans("Iİ", "ıi")
Spell = Callable[[str], str]


def turkish_upper(word: str) -> str:
    return word.translate(_UPPER).upper()


def turkish_title(word: str) -> str:
    return turkish_upper(word[:1]) + word[1:].translate(_LOWER).lower()


def full_width(word: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in word)


def with_zero_width(word: str) -> str:
    return "".join(letter + ZERO_WIDTH[index % len(ZERO_WIDTH)] for index, letter in enumerate(word[:-1])) + word[-1:]


def mathematical(word: str) -> str:
    """Bold letters of mathematics, which stickers and name generators make."""
    return "".join(chr(0x1D400 + ord(letter) - ord("A")) if "A" <= letter <= "Z" else letter for letter in word.upper())


SPELLINGS: dict[str, Spell] = {
    "as it stands": str,
    "ASCII upper": str.upper,
    "Turkish upper": turkish_upper,
    "Turkish title": turkish_title,
    "NFD": lambda word: unicodedata.normalize("NFD", word),
    "NFD upper": lambda word: unicodedata.normalize("NFD", turkish_upper(word)),
    "full-width": full_width,
    "zero-width inside": with_zero_width,
    "right to left": lambda word: f"{word[:1]}\u202e{word[1:]}\u202c",
    "mathematical": mathematical,
    "without dots": lambda word: word.replace("i", "ı"),
}


@pytest.fixture
async def desk_house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened_house(tmp_path) as made:
        yield made


@pytest.fixture
async def strict_house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened_strict_house(tmp_path) as made:
        yield made


def spelled() -> list[tuple[str, str, str]]:
    """(spelling, the word as it stands, the word so spelled) for the names of every command."""
    names = [name for command in COMMANDS for name in command.names]
    names += [name for service in selfservice.SERVICES for name in service.names]
    return [(how, name, spell(name)) for name in dict.fromkeys(names) for how, spell in SPELLINGS.items()]


def test_every_spelling_of_a_command_is_the_command(proof: Proof) -> None:
    corpus = spelled()
    assert [(how, name) for how, name, written in corpus if fold(written) != fold(name)] == []
    assert len({written for _, _, written in corpus}) >= 400
    for recognised, words in ((is_accept, ACCEPT), (is_reject, REJECT), (is_menu, MENU), (is_skip, SKIP)):
        for how, spell in SPELLINGS.items():
            assert [word for word in words if not recognised(spell(word))] == [], (recognised.__name__, how)
    proof.tell(spellings=len(corpus), forms=len(SPELLINGS))


async def test_agents_commands_are_obeyed_in_every_spelling(strict_house: House, proof: Proof) -> None:
    """Through the parser and the table; what is not understood would go to the customer as words."""
    await strict_house.customer("/new Yazıcı çalışmıyor")
    ticket = await strict_house.ticket()
    await strict_house.deliver()
    topic = {"message_thread_id": int((await strict_house.place(ticket)).thread or 0), "is_topic_message": True}
    before = len(await outgoing(channel="whatsapp", op="send"))
    commands = [name for command in COMMANDS for name in command.names if command.name in {"help", "history", "status"}]
    cases = [(how, spell(name)) for name in commands for how, spell in SPELLINGS.items()]
    for number, (how, written) in enumerate(cases[:: proof.size(2, 1)]):
        message = {"message_id": 20_000 + number, "date": START // 1000, "text": f"/{written}", **topic}
        chat = {"chat": {"id": int(GROUP), "type": "supergroup"}, "from": {"id": 900_000, "first_name": "Selin"}}
        assert await sends(strict_house, {"message": message | chat}) is inbox.Outcome.DONE, (how, written)
    assert len(await outgoing(channel="whatsapp", op="send")) == before, "no command became an answer"
    proof.tell(commands=len(cases))


async def test_a_mark_in_front_of_a_note_does_not_send_it_to_the_customer(strict_house: House, proof: Proof) -> None:
    """What an agent copies from elsewhere may begin with marks that nobody sees."""
    await strict_house.customer("/new Yazıcı çalışmıyor")
    ticket = await strict_house.ticket()
    await strict_house.deliver()
    thread = (await strict_house.place(ticket)).thread or "0"
    topic = {"message_thread_id": int(thread), "is_topic_message": True, "date": START // 1000}
    chat = {"chat": {"id": int(GROUP), "type": "supergroup"}, "from": {"id": 900_000, "first_name": "Selin"}}
    for number, mark in enumerate((*ZERO_WIDTH[:5], "\u202a", "\u200e")):
        for place, line in enumerate(
            (f"{mark}// gizli", f"/{mark}/ gizli", f"{mark}/note gizli", f"/{mark}note gizli")
        ):
            message = {"message_id": 30_000 + 10 * number + place, "text": line, **topic, **chat}
            assert await sends(strict_house, {"message": message}) is inbox.Outcome.DONE, ascii(line)
            told = [row for row in await outgoing(channel="whatsapp", op="send") if "gizli" in row["payload"]]
            assert told == [], ascii(line)
    proof.tell(marked_notes=4 * 7, sent_to_the_customer=0)


async def test_customers_commands_are_understood_in_every_spelling(desk_house: House, proof: Proof) -> None:
    await desk_house.opened("Yazıcı çalışmıyor", ZEYNEP)
    heard = len(await outgoing(channel="telegram", op="send"))
    names = [name for service in selfservice.SERVICES for name in service.names if service is not selfservice.NEW]
    cases = [(how, spell(name)) for name in names for how, spell in SPELLINGS.items()][:: proof.size(3, 1)]
    unknown = desk_house.helpdesk.text("tr", "menu-unknown-command").splitlines()[0]
    for number, (how, written) in enumerate(cases):
        if number % (ANSWERS_A_DAY // 2) == 0:  # nobody types so many a day
            desk_house.clock.move(86_400)
        assert await desk_house.customer(f"/{written}", ZEYNEP) is inbox.Outcome.DONE, how
    said = (await outgoing(channel="telegram", op="send"))[heard:]
    assert len(said) == len(cases)
    assert [row for row in said if unknown in row["payload"]] == []
    proof.tell(commands=len(cases))


async def test_no_hidden_mark_reaches_a_card_or_a_topics_name(desk_house: House, proof: Proof) -> None:
    """Five hundred people with such names and such words; what agents see of them is what it looks like."""
    dice, amount = proof.draw(), proof.size(25, 500)
    marked = 0
    for number in range(amount):
        name = "".join(hostile.inside(dice, word) for word in (hostile.text(dice, 3), hostile.text(dice, 2)))
        words = hostile.inside(dice, f"{dice.choice('abc')}{hostile.text(dice)}", hostile.BIDI + ZERO_WIDTH)
        who = Person(keys=(f"tg:{830_000 + number}",), name=name)
        assert await desk_house.customer(words, who) is inbox.Outcome.DONE
        marked += bool(INVISIBLE & set(name + words))
        desk_house.clock.move(30)
        await desk_house.deliver()
    await desk_house.settles()
    names = list(desk_house.telegram.topics.values())
    marks = tuple(STATUS_MARK.values())
    cards = [call.words for call in desk_house.telegram.sent if call.chat == GROUP and call.words.startswith(marks)]
    assert len(names) == len(cards) == amount
    assert [shown for shown in names + cards if INVISIBLE & set(shown)] == []
    assert all(len(name.splitlines()) == 1 for name in names)
    assert marked > amount * 0.9
    proof.tell(people=amount, names_or_words_with_marks=marked, marks_shown=0)


@pytest.mark.parametrize("who", [AYSE, ZEYNEP], ids=["whatsapp", "telegram"])
async def test_no_text_at_all_trips_us(desk_house: House, proof: Proof, who: Person) -> None:
    dice, amount = proof.draw(), proof.size(30, 500)
    await desk_house.opened("Yazıcı çalışmıyor", who)
    for _ in range(amount):
        assert await desk_house.customer(hostile.text(dice) or "x", who) in {inbox.Outcome.DONE, inbox.Outcome.REFUSED}
    proof.tell(texts=amount, trips=0)
