"""The honest line to a requester who was promised an update: how it goes out, and what agents read of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.account import Fault
from bot.domain.errors import SendError
from bot.domain.message import Person, ReceiptStatus
from bot.domain.sla.policy import ClockKind, Escalation, Policy, Recipient, Sla, Target
from bot.domain.ticket import Priority, Ticket
from bot.services import templates
from store import conditions, messages
from tests.builders import AYSE, GROUP, ZEYNEP, House, house, outgoing

HOUR = 3_600.0
TOLD, UNTOLD, SKIPPED = (
    "henüz haber olmadığı söylendi",
    "henüz haber olmadığı söylenemedi",
    "bilgilendirme gönderilmedi",
)
WORDS = "henüz yeni bir bilgi yok"
BLOCKED = SendError(key="send-error-blocked", certain=True, retryable=False)
UNKNOWN = SendError(key="send-error-unknown-outcome", certain=False, retryable=True)
UPDATE = ClockKind.NEXT_UPDATE


def promising(made: House, hours: int) -> House:
    """An update is promised within so many hours."""
    policy = Policy(
        name="plain",
        targets={priority: {UPDATE: Target(hours * 3_600_000)} for priority in Priority},
        escalations=(Escalation(clock=UPDATE, to=Recipient.REQUESTER),),
    )
    made.helpdesk.levels.sla = Sla(default="plain", policies={"plain": policy})
    return made


async def promised(made: House, who: Person = AYSE) -> Ticket:
    ticket = await made.opened(who=who)
    await made.settles()
    await made.agent("Bakıyorum", ticket)
    await made.settles()
    return ticket


async def lines(made: House, seconds: float) -> list[str]:
    """What the group reads once so much time has gone by."""
    before = len(made.telegram.said(GROUP))
    await made.waits(seconds)
    return made.telegram.said(GROUP)[before:]


def posts(found: list[str], words: str) -> int:
    return sum(words in post for post in found)


@pytest.mark.parametrize("who", [AYSE, ZEYNEP], ids=["whatsapp", "telegram"])
async def test_agents_read_that_it_was_said_once_it_is_out(desk_house: House, who: Person) -> None:
    await promised(promising(desk_house, 2), who)
    found = await lines(desk_house, 2 * HOUR + 1)
    assert (posts(found, TOLD), posts(found, UNTOLD)) == (1, 0)
    assert posts(desk_house.home(who).said(who.keys[0].partition(":")[2]), WORDS) == 1


async def test_without_a_template_agents_read_that_the_window_is_shut(desk_house: House) -> None:
    ticket = await promised(promising(desk_house, 30))
    found = await lines(desk_house, 30 * HOUR + 1)
    assert (posts(found, TOLD), posts(found, UNTOLD), posts(found, SKIPPED)) == (0, 1, 0)
    assert any("24 saatlik penceresi kapalı" in post for post in found)
    assert posts(desk_house.whatsapp.said(), WORDS) == 0
    assert posts([m.content.text for m in await messages.of_ticket(ticket.id)], WORDS) == 1


@pytest.fixture
def templated(database: Path) -> House:
    return promising(house(database, templates={"no_news": "no_news_yet"}), 30)


async def test_its_own_template_goes_out_where_the_window_is_shut(templated: House) -> None:
    ticket = await promised(templated)
    found = await lines(templated, 30 * HOUR + 1)
    assert (posts(found, TOLD), posts(found, UNTOLD)) == (1, 0)
    template = templated.whatsapp.sent[-1].part.template
    assert template is not None
    assert (template.name, template.parameters) == ("no_news_yet", (ticket.label,))


async def test_a_template_that_cannot_be_sent_is_the_reason_that_agents_read(templated: House) -> None:
    await promised(templated)
    templated.clock.move(29.5 * HOUR)
    about = templates.subject_of("no_news_yet", "tr")
    await conditions.save(about, Fault.PAUSED.value, templated.clock.now())
    found = await lines(templated, 0.6 * HOUR)
    assert (posts(found, TOLD), posts(found, UNTOLD)) == (0, 1)
    assert any("şablon duraklatılmış" in post for post in found)


async def test_a_refusal_is_not_told_as_said(desk_house: House) -> None:
    await promised(promising(desk_house, 2))
    desk_house.whatsapp.refusals.append(BLOCKED)
    found = await lines(desk_house, 2 * HOUR + 1)
    assert posts(found, TOLD) == 0
    assert found == ["💔 Müşteriye ulaşmadı: müşteri bizi engellemiş"]


async def test_what_nobody_knows_is_told_as_said_when_a_receipt_proves_it(desk_house: House) -> None:
    await promised(promising(desk_house, 2))
    desk_house.whatsapp.refusals.append(UNKNOWN)
    assert posts(await lines(desk_house, 2 * HOUR + 1), TOLD) == 0
    errand = (await outgoing(channel="whatsapp"))[-1]
    await desk_house.receipts(ReceiptStatus.DELIVERED, ReceiptStatus.READ, errand=errand["id"])
    assert posts(await lines(desk_house, 1), TOLD) == 1


async def test_many_at_once_are_one_digest(desk_house: House) -> None:
    promising(desk_house, 2)
    labels = []
    for number in range(5):
        ticket = await promised(desk_house, replace(AYSE, keys=(f"phone:90000000{number:04d}",)))
        labels.append(ticket.label)
    [digest] = await lines(desk_house, 3 * HOUR)
    assert all(f"{label} · ⏱" in digest for label in labels)
    assert digest.count(TOLD) == 5
    assert posts(desk_house.whatsapp.said(), WORDS) == 5
