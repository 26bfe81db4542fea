"""S19: a flood is stored whole and answered once, costs the group next to nothing, and delays nobody else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.telegram.capabilities import CAPABILITIES
from bot.domain.message import Person
from bot.domain.restraint import ANSWERS_A_DAY
from bot.domain.split import measure
from bot.services import upkeep
from store import messages, tickets
from tests.builders import AYSE, GROUP, ZEYNEP, House
from tests.fakes import Call
from tests.proofs.proof import Proof
from tests.senders import opened_house

pytestmark = pytest.mark.proof("S19")

OTHERS = [Person(keys=(f"tg:82000{number}",), name=f"Müşteri {number}") for number in range(5)]
FLOOD_SECONDS = 10.0
STEP = 1.0
"""Seconds of virtual time between two looks."""
PACE = 60.0 / CAPABILITIES.group_writes_per_minute
"""Seconds between two writes of a busy group; no lag can be told apart that is shorter."""
WATCHED_SECONDS = 100.0
EVERY = 8
"""Seconds between two messages of the others: a group with room to spare."""
NOTICES = 3
WRITES = frozenset({"send", "edit", "open_topic", "rename_topic", "reopen_topic", "album"})

AUTO_RESPONSES = (
    "Şu an ofis dışındayım, döndüğümde size yazacağım.",
    "Mesajınız için teşekkür ederiz, en kısa sürede dönüş yapacağız.",
    "I am out of the office until Monday and will answer when I am back.",
    "Thank you for your message.",
    "Tamam",
    "👍",
)
DAY = 24 * 3600.0
REACTION_SECONDS = 20.0


@pytest.fixture
async def desk_house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened_house(tmp_path) as made:
        yield made


async def calm_group(house: House) -> None:
    """The others have a ticket already, and the group has been quiet since."""
    for who in OTHERS:
        await house.opened("Yazıcı çalışmıyor", who)
        house.clock.move(90)
    await quiet(house)


async def quiet(house: House) -> None:
    await house.settles()
    house.clock.move(120)


async def watched(house: House, flood: list[str]) -> list[float]:
    """A while in which the others write now and then, and Zeynep whatever she has to say; the others' lags."""
    written: dict[str, float] = {}
    lags: dict[str, float] = {}
    start, looked_at, told = house.clock.monotonic(), len(house.telegram.calls), 0
    while len(lags) < len(written) or house.clock.monotonic() - start < WATCHED_SECONDS:
        passed = house.clock.monotonic() - start
        if passed < WATCHED_SECONDS and passed % EVERY == 0:
            words = f"başkası-{start:.0f}-{passed:.1f}."
            await house.customer(words, OTHERS[int(passed / EVERY) % len(OTHERS)])
            written[words] = house.clock.monotonic()
        due = int(len(flood) * min(1.0, (passed + STEP) / FLOOD_SECONDS))
        for words in flood[told:due]:
            await house.customer(words, ZEYNEP)
        told = due
        await house.deliver()
        for call in house.telegram.calls[looked_at:]:
            lags |= {words: house.clock.monotonic() - at for words, at in written.items() if words in call.words}
        looked_at = len(house.telegram.calls)
        house.clock.move(STEP)
        assert passed < 10 * WATCHED_SECONDS, "everybody is heard in the end"
    return sorted(lags.values())


def sent_to(house: House, who: Person) -> list[Call]:
    """Every message of ours to this person."""
    key = who.keys[0].partition(":")[2]
    return [call for call in house.home(who).sent if key in call.chat]


def p95(lags: list[float]) -> float:
    return lags[int(0.95 * len(lags))]


async def test_one_persons_flood_is_stored_answered_once_and_delays_nobody(desk_house: House, proof: Proof) -> None:
    await calm_group(desk_house)
    calm = await watched(desk_house, [])
    await quiet(desk_house)
    flood = [f"sel-{number:05d}." for number in range(proof.size(150, 1_000))]
    busy = await watched(desk_house, flood)
    await quiet(desk_house)

    flooded = await desk_house.ticket()
    stored = [message.content.text for message in await messages.of_ticket(flooded.id, limit=len(flood) + 50)]
    assert [text for text in stored if text.startswith("sel-")] == flood
    thread = (await desk_house.place(flooded)).thread
    about = [
        call
        for call in desk_house.telegram.calls
        if call.chat == GROUP and call.thread == thread and call.verb in WRITES
    ]
    words = [call for call in about if call.verb == "send" and "👤 Zeynep" in call.words]
    notices = [call for call in about if call not in words]
    shown = "\n".join(call.words for call in words)
    places = [shown.index(text) for text in flood]
    assert places == sorted(places)
    assert shown.count("sel-") == len(flood)
    largest = len(flood) * measure(flood[0] + "\n", CAPABILITIES.text_unit) // (CAPABILITIES.text // 2)
    assert len(words) <= 20 + largest, "bundled as soon as the group is busy"
    assert len(notices) <= NOTICES
    assert len(sent_to(desk_house, ZEYNEP)) == 1, "one answer, when the ticket was opened"
    assert p95(busy) <= 2 * max(p95(calm), PACE)
    proof.tell(messages=len(flood), posts=len(words), notices=len(notices), p95_calm=p95(calm), p95_flood=p95(busy))


@pytest.mark.parametrize("who", [ZEYNEP, AYSE], ids=["telegram", "whatsapp"])
async def test_two_auto_responders_do_not_talk_for_ever(desk_house: House, proof: Proof, who: Person) -> None:
    """A machine at the other end answers whatever we say, all day long."""
    most = 0
    for number, words in enumerate(AUTO_RESPONSES):
        them = Person(keys=tuple(f"{key}{number}" for key in who.keys), name=who.name)
        answered, until = 0, desk_house.clock.monotonic() + DAY
        await desk_house.customer("Yazıcı çalışmıyor", them)
        while desk_house.clock.monotonic() < until:
            await upkeep.sweep(desk_house.helpdesk)
            await desk_house.deliver()
            heard = len(sent_to(desk_house, them))
            quiet = heard == answered
            for _ in range(heard - answered):
                await desk_house.customer(words, them)
            answered = heard
            assert answered < 50, "they talk and talk"
            desk_house.clock.move(600.0 if quiet else REACTION_SECONDS)
        most = max(most, answered)
        assert 1 <= answered <= 2, words
    proof.tell(auto_responders=len(AUTO_RESPONSES), most_messages_of_ours=most)


@pytest.mark.parametrize("words", ["menü", "/status", "/bilinmeyen", "/new"])
async def test_an_echo_of_commands_is_left_alone_within_a_day(desk_house: House, proof: Proof, words: str) -> None:
    """A machine that repeats what opens our menu; a ticket opened by a command's own words is never refused."""
    answered, until = 0, desk_house.clock.monotonic() + DAY
    while desk_house.clock.monotonic() < until:
        await desk_house.customer(words, ZEYNEP)
        await desk_house.deliver()
        heard = len(sent_to(desk_house, ZEYNEP))
        desk_house.clock.move(1800.0 if heard == answered else REACTION_SECONDS)
        answered = heard
    assert answered == ANSWERS_A_DAY
    assert "yarına kadar" in sent_to(desk_house, ZEYNEP)[-1].words
    await desk_house.customer("/new Yazıcı çalışmıyor", ZEYNEP)
    await desk_house.deliver()
    assert len(await tickets.of_requester((await desk_house.ticket()).requester_id, live_only=True, limit=2)) == 1
    desk_house.clock.move(DAY)
    await desk_house.customer("/help", ZEYNEP)
    await desk_house.deliver()
    assert len(sent_to(desk_house, ZEYNEP)) == ANSWERS_A_DAY + 2, "a new day, a new start"
    proof.tell(answers_to_an_echo=answered)
