"""R23: what will never go out is tried once and told at once, and nobody else waits for it."""

from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from adapters.telegram.capabilities import CAPABILITIES as TELEGRAM
from bot.domain.channel import Rate
from bot.domain.errors import SendError
from bot.domain.message import Attachment, Content, Kind, Person, Receipt, ReceiptStatus
from bot.domain.ticket import Ticket
from tests.builders import GROUP, new_id, outgoing
from tests.fakes import Call
from tests.proofs import troubles
from tests.proofs.delivering import OK, Ending, Seen, Stage, chat_of, crowd, on_stage, p95
from tests.proofs.proof import Proof

TOLD_BY = 5.0
LONG_AFTER = 600.0
APART = 6.0
"""Seconds between two refusals: more lines a minute than this the group does not take."""
PHOTO = Attachment(kind=Kind.PHOTO, ref="foto", mime="image/jpeg", size=9)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a platform answers for good. `late`: it takes the call and refuses by a receipt."""

    channel: str
    name: str
    error: Callable[[], SendError]
    late: bool = False
    photo: bool = False
    parks: bool = False


def meta(code: int, **how: bool) -> Refusal:
    return Refusal("whatsapp", str(code), partial(troubles.graph, code), **how)


FORBIDDEN = ("bot was blocked by the user", "user is deactivated", "bot can't initiate conversation with a user")
BAD = ("chat not found", "PEER_ID_INVALID", "message text is empty", "BUTTON_DATA_INVALID")
REFUSALS = (
    *(Refusal("telegram", words, partial(troubles.forbidden, words)) for words in FORBIDDEN),
    *(Refusal("telegram", words, partial(troubles.bad_request, words)) for words in BAD),
    Refusal("telegram", "file is too big", partial(troubles.bad_request, "file is too big"), photo=True),
    *(meta(code) for code in (131026, 131021, 131008, 131051, 130472, 100)),
    *(meta(code, late=True) for code in (131026, 131049, 131050)),
    meta(131047, parks=True),
    meta(131047, parks=True, late=True),
    meta(131053, photo=True),
    meta(131053, photo=True, late=True),
)


def judged(refusal: Refusal, chat: str, call: Call, _at: float) -> Ending:
    """The refusal for one customer; everybody else can be reached."""
    return OK if refusal.late or call.chat != chat else Ending(taken=False, error=refusal.error())


async def refused(stage: Stage, refusal: Refusal, who: Person, ticket: Ticket) -> float:
    """An agent's answer that is refused for good; returns after how many seconds its thread tells so."""
    name, words = f"{GROUP}:{new_id('r')}", f"yanıt {new_id('y')}"
    content = Content(text=words, attachment=PHOTO if refusal.photo else None)
    await stage.house.agent(content, ticket, external_id=name)
    begun = stage.clock.monotonic()
    while stage.clock.monotonic() < begun + TOLD_BY and not told(stage, name):
        await stage.house.deliver()
        if refusal.late and not told(stage, name):
            await refuses_late(stage, refusal, words)
        await stage.passes(0.5, step=0.5)
    assert [seen.call.chat for seen in tries(stage, refusal, words)] == [chat_of(who)], refusal.name
    at = told(stage, name)
    assert len(at) == 1, (refusal.name, at)
    return at[0] - begun


async def refuses_late(stage: Stage, refusal: Refusal, words: str) -> None:
    call = tries(stage, refusal, words)[0].call
    receipt = Receipt(
        external_id="",
        status=ReceiptStatus.FAILED,
        at=stage.clock.now(),
        tracker=call.tracker,
        error_code=refusal.name,
    )
    await stage.house.takes_in(stage.whatsapp, receipt)


def tries(stage: Stage, refusal: Refusal, words: str) -> list[Seen]:
    platform = stage.telegram if refusal.channel == "telegram" else stage.whatsapp
    return [seen for seen in platform.tries if seen.call.words == words]


def told(stage: Stage, name: str) -> list[float]:
    """When the agents' message was answered by a line of ours."""
    return [seen.at for seen in stage.telegram.feed() if seen.call.reply_to == name]


async def talks(stage: Stage, people: list[Person]) -> dict[Person, Ticket]:
    """A ticket each that was answered once, and a minute of quiet."""
    tickets = await stage.opened(people)
    for who in people:
        await stage.house.agent("Bakıyoruz", tickets[who])
    await stage.settles()
    stage.clock.move(60)
    return tickets


@pytest.mark.proof("R23")
async def test_a_permanent_refusal_is_tried_once_and_told_in_its_thread_within_five_seconds(
    tmp_path: Path, proof: Proof
) -> None:
    times, waits = proof.size(1, 8), list[float]()
    people = {
        (refusal, number): crowd(refusal.channel, 1, first=100 * number + index)[0]
        for index, refusal in enumerate(REFUSALS)
        for number in range(times)
    }
    async with on_stage(tmp_path) as stage:
        tickets = await talks(stage, list(people.values()))
        for (refusal, _), who in people.items():
            stage.home(who).judge = partial(judged, refusal, chat_of(who))
            waits.append(await refused(stage, refusal, who, tickets[who]))
            await stage.passes(APART, step=APART)
        attempts = len(stage.telegram.sent) + len(stage.whatsapp.sent)
        await stage.passes(LONG_AFTER, step=20.0)
        assert len(stage.telegram.sent) + len(stage.whatsapp.sent) == attempts, "nothing more is tried or said"
        ended = [row["state"] for row in await outgoing() if row["message_id"] and "yanıt" in row["payload"]]
        parked = sum(refusal.parks for refusal, _ in people)
        assert (ended.count("parked"), ended.count("failed")) == (parked, len(people) - parked)
    assert max(waits) <= TOLD_BY
    proof.tell(refusals=len(waits), kinds=len(REFUSALS), told_by=max(waits))


VOLLEY = 6.0
"""Every so many seconds everybody gets an answer at once."""


def blocked(gone: Container[str], call: Call, _at: float) -> Ending:
    """These customers blocked the bot."""
    return Ending(taken=False, error=troubles.forbidden(FORBIDDEN[0])) if call.chat in gone else OK


async def waits_of_others(folder: Path, proof: Proof, *, refusing: bool) -> list[float]:
    """How long everybody else's answers take while every fourth customer can never be reached, or can."""
    lanes, volleys = proof.size(12, 80), proof.size(3, 20)
    slowly = replace(TELEGRAM, rate=Rate(VOLLEY / lanes / 2, 5), group_writes_per_minute=0)
    people = crowd("telegram", lanes)
    gone = {chat_of(who) for who in people[::4]} if refusing else set[str]()
    written, waits = dict[str, float](), list[float]()
    async with on_stage(folder, telegram=slowly) as stage:
        tickets = await talks(stage, people)
        stage.telegram.judge = partial(blocked, gone)
        for number in range(volleys):
            for who in people:
                written[f"yanıt {number} {who.name}"] = stage.clock.monotonic()
                await stage.house.agent(f"yanıt {number} {who.name}", tickets[who])
            await stage.passes(VOLLEY, step=0.2)
        others = {chat_of(who) for index, who in enumerate(people) if index % 4}
        waits = [
            seen.at - written[seen.call.words]
            for seen in stage.telegram.tries
            if seen.call.words in written and seen.call.chat in others
        ]
        dead = [seen for seen in stage.telegram.tries if seen.call.chat in gone and seen.call.words in written]
        assert len({seen.call.words for seen in dead}) == len(dead) == len(gone) * volleys, "one try each"
    assert len(waits) == len(others) * volleys
    return waits


@pytest.mark.proof("R23")
async def test_customers_who_can_never_be_reached_delay_nobody_else(tmp_path: Path, proof: Proof) -> None:
    usual = p95(await waits_of_others(tmp_path, proof, refusing=False))
    beside = p95(await waits_of_others(tmp_path, proof, refusing=True))
    assert usual > 1.0, "inconclusive: nobody waited for anything"
    assert 0.9 * usual <= beside <= 1.1 * usual
    proof.tell(p95=round(usual, 2), p95_beside=round(beside, 2))
