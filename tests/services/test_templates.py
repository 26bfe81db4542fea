"""Templates in the use cases: refusals that teach, knocks in the ledger, and a watch that says each change once."""

from pathlib import Path

import pytest

from adapters.whatsapp.errors import explain
from bot.domain.account import WELL, AccountReport, Fault, TemplateReport
from bot.domain.errors import SendError
from bot.domain.ledger import Delivery, LedgerMessage
from bot.domain.message import AccountChanged, ReceiptStatus
from bot.domain.ticket import Ticket
from bot.helpdesk import HelpDesk
from bot.services import templates
from bot.services.account import AccountWatch
from bot.services.account import learned as account_learned
from store import messages, outbox
from tests.builders import BOSS, House, house, outgoing

NAMES = {"answer": "waiting", "reminder": "reminding", "closed": "closed"}
DAY = 86_400.0
TRUST = templates.TRUST_MS / 1000


@pytest.fixture
def knocking_house(database: Path) -> House:
    """A help desk with a template for each purpose."""
    return house(database, templates=NAMES)


def report(*, quality: str = "GREEN", status: str = "CONNECTED", **statuses: str) -> AccountReport:
    """All templates in both languages; `waiting_tr="PAUSED"` differs from approved, "" is not there at all."""
    found = []
    for purpose, name in NAMES.items():
        for language in ("tr", "en"):
            state = statuses.get(f"{name}_{language}", "APPROVED")
            buttons = 1 if purpose == "answer" else 0
            one = TemplateReport(name=name, language=language, status=state, parameters=1, quick_replies=buttons)
            found += [one] if state else []
    return AccountReport(phone="1", verified_name="Gişe", quality=quality, status=status, templates=tuple(found))


async def learned(helpdesk: HelpDesk, seen: AccountReport) -> None:
    await account_learned(helpdesk, seen, asked_at=helpdesk.now())


async def alarms(house: House) -> list[str]:
    """What the group was told about the account, line by line."""
    await house.settles()
    posts = [call.words for call in house.telegram.sent if call.chat == house.helpdesk.desk.group and not call.thread]
    return [line for post in posts for line in post.splitlines() if line[0] in "⚠✅"]


async def answered_late(house: House, words: str = "Yanıt") -> Ticket:
    ticket = await house.opened()
    house.clock.move(DAY)
    await house.agent(words, ticket)
    await house.settles()
    return await house.again(ticket)


async def knocks(ticket: Ticket) -> list[LedgerMessage]:
    return [one for one in await messages.of_ticket(ticket.id) if one.content.placeholder == "template"]


def sent_templates(house: House) -> list[str]:
    return [call.part.template.name for call in house.whatsapp.sent if call.part.template]


CODES = {
    132000: Fault.PARAMETERS,
    132001: Fault.MISSING,
    132005: Fault.PARAMETERS,
    132007: Fault.REJECTED,
    132008: Fault.PARAMETERS,
    132012: Fault.PARAMETERS,
    132015: Fault.PAUSED,
    132016: Fault.DISABLED,
    132018: None,
    131026: None,
}


@pytest.mark.parametrize("code", CODES)
async def test_a_refused_knock_is_tried_once_told_and_remembered(knocking_house: House, code: int) -> None:
    fault = CODES[code]
    ticket = await knocking_house.opened()
    knocking_house.clock.move(DAY)
    knocking_house.whatsapp.refused_words.append(explain(str(code)))
    await knocking_house.agent("Yanıt", ticket)
    await knocking_house.settles()
    assert sent_templates(knocking_house) == ["waiting"]
    [knock] = await knocks(ticket)
    assert (knock.delivery, knock.failure) == (Delivery.FAILED, explain(str(code)).key)
    reason = knocking_house.helpdesk.desk_text(knock.failure)
    assert [post for post in knocking_house.telegram.said() if "şablon müşteriye ulaşmadı" in post and reason in post]
    state = await templates.state_of(knocking_house.helpdesk, "waiting", "tr")
    assert state == (fault.value if fault else WELL)
    assert len(await alarms(knocking_house)) == (1 if fault else 0)


async def test_a_knock_stands_in_the_ledger_and_no_wait_begins_with_it(knocking_house: House) -> None:
    ticket = await knocking_house.opened()
    knocking_house.clock.move(60)
    await knocking_house.agent("/propose Kabloyu takın", ticket)
    knocking_house.whatsapp.refused_words.append(explain("131047"))
    await knocking_house.settles()
    [knock] = await knocks(ticket)
    assert (knock.delivery, knock.content.detail) == (Delivery.SENT, "waiting")
    assert (await knocking_house.again(ticket)).waiting_since is None, "the proposal itself is still parked"
    errand = (await outgoing(message_id=knock.id))[0]
    await knocking_house.receipts(ReceiptStatus.DELIVERED, ReceiptStatus.READ, errand=errand["id"])
    assert [one.delivery for one in await knocks(ticket)] == [Delivery.READ]
    assert await outbox.parked_of(1) == 1


async def test_a_pause_that_nobody_confirmed_for_an_hour_is_put_to_the_test(knocking_house: House) -> None:
    await learned(knocking_house.helpdesk, report(waiting_tr="PAUSED"))
    await answered_late(knocking_house)
    assert sent_templates(knocking_house) == ["waiting"]


async def test_what_is_known_to_be_paused_costs_no_call_and_one_press_sends_it_later(knocking_house: House) -> None:
    ticket = await knocking_house.opened()
    knocking_house.clock.move(DAY)
    await learned(knocking_house.helpdesk, report(waiting_tr="PAUSED"))
    await knocking_house.agent("Yanıt", ticket)
    await knocking_house.settles()
    [line] = [call for call in knocking_house.telegram.sent if "Yanıt saklandı" in call.words]
    assert "duraklatılmış" in line.words
    token = line.part.rows[0][0].token
    await knocking_house.desk_press(token)
    await knocking_house.settles()
    assert (sent_templates(knocking_house), (await knocks(ticket))[0].delivery) == ([], Delivery.FAILED)
    await learned(knocking_house.helpdesk, report())
    await knocking_house.desk_press(token)
    await knocking_house.settles()
    assert (sent_templates(knocking_house), (await knocks(ticket))[0].delivery) == (["waiting"], Delivery.SENT)


async def test_one_knock_for_all_answers_and_a_new_one_only_after_one_in_vain(knocking_house: House) -> None:
    ticket = await answered_late(knocking_house)
    await knocking_house.agent("Bir de bu", ticket)
    await knocking_house.settles()
    assert len(await knocks(ticket)) == 1
    errand = (await outgoing(message_id=(await knocks(ticket))[0].id))[0]
    await knocking_house.receipts(ReceiptStatus.FAILED, errand=errand["id"], code="131026")
    await knocking_house.agent("Ve bu", ticket)
    await knocking_house.settles()
    assert len(await knocks(ticket)) == 2


async def test_who_has_written_meanwhile_is_not_knocked_at(knocking_house: House) -> None:
    ticket = await knocking_house.opened()
    knocking_house.clock.move(DAY)
    trouble = SendError(key="send-error-vendor", certain=True, retryable=True, retry_after=30)
    knocking_house.whatsapp.refusals.extend([trouble, trouble])  # the read mark and the knock
    await knocking_house.agent("Yanıt", ticket)
    await knocking_house.deliver()
    await knocking_house.deliver()
    knocking_house.clock.move(2)
    await knocking_house.customer("Orada mısınız?")
    await knocking_house.settles()
    assert "Yanıt" in knocking_house.whatsapp.said()
    assert [one.delivery for one in await knocks(ticket)] == [Delivery.EXPIRED]


async def test_a_language_that_was_never_made_is_no_trouble_one_that_vanished_is(knocking_house: House) -> None:
    await learned(knocking_house.helpdesk, report(waiting_en=""))
    assert await alarms(knocking_house) == []
    chosen = await templates.chosen(knocking_house.helpdesk, "answer", "en", "#1")
    assert chosen is not None
    assert chosen.language == "tr"
    await learned(knocking_house.helpdesk, report())
    assert await alarms(knocking_house) == []
    await learned(knocking_house.helpdesk, report(waiting_en=""))
    assert len(await alarms(knocking_house)) == 1
    await learned(knocking_house.helpdesk, report(waiting_en="", waiting_tr=""))
    assert len(await alarms(knocking_house)) == 2


async def test_a_notice_in_a_language_without_a_template_goes_out_in_the_desks_own(knocking_house: House) -> None:
    ticket = await knocking_house.opened()
    await knocking_house.presses("l:0:en")
    knocking_house.clock.move(DAY)
    await learned(knocking_house.helpdesk, report(closed_en=""))
    await knocking_house.agent("/close bitti", ticket, BOSS)
    await knocking_house.settles()
    sent = [call.part.template for call in knocking_house.whatsapp.sent if call.part.template]
    assert [(template.name, template.language) for template in sent] == [("closed", "tr")]


async def test_a_change_is_told_once_however_often_it_is_seen(knocking_house: House) -> None:
    looks = [report(), report(), *[report(waiting_tr="PAUSED")] * 3, report(waiting_tr="DISABLED"), *[report()] * 2]
    for look in looks:
        await learned(knocking_house.helpdesk, look)
        knocking_house.clock.move(600)
    assert [line[0] for line in await alarms(knocking_house)] == ["⚠", "⚠", "✅"]


def news(house: House, status: str, *, ago: int = 0, name: str = "waiting") -> AccountChanged:
    return AccountChanged(at=house.clock.now() - ago, template=name, language="tr", status=status)


async def test_a_webhook_counts_at_once_unless_the_account_was_read_since(knocking_house: House) -> None:
    await learned(knocking_house.helpdesk, report())
    stale, fresh = news(knocking_house, "PAUSED", ago=5_000), news(knocking_house, "PAUSED")
    await knocking_house.takes_in(knocking_house.whatsapp, stale)
    assert await templates.state_of(knocking_house.helpdesk, "waiting", "tr") == WELL
    await knocking_house.takes_in(knocking_house.whatsapp, fresh, fresh, news(knocking_house, "PAUSED", name="other"))
    assert await templates.state_of(knocking_house.helpdesk, "waiting", "tr") == Fault.PAUSED
    assert knocking_house.helpdesk.bells.account.is_set()
    knocking_house.clock.move(60)
    await knocking_house.takes_in(knocking_house.whatsapp, news(knocking_house, "REINSTATED"))
    assert await templates.state_of(knocking_house.helpdesk, "waiting", "tr") == WELL
    assert len(await alarms(knocking_house)) == 2


async def test_a_report_that_was_asked_for_before_the_webhook_came_does_not_undo_it(knocking_house: House) -> None:
    asked_at = knocking_house.clock.now()
    knocking_house.clock.move(1)
    await knocking_house.takes_in(knocking_house.whatsapp, news(knocking_house, "PAUSED"))
    await account_learned(knocking_house.helpdesk, report(), asked_at=asked_at)
    assert await templates.state_of(knocking_house.helpdesk, "waiting", "tr") == Fault.PAUSED
    assert len(await alarms(knocking_house)) == 1


async def test_an_approval_does_not_mend_what_does_not_fit(knocking_house: House) -> None:
    bare = TemplateReport(name="waiting", language="tr", status="APPROVED", parameters=1)
    await learned(knocking_house.helpdesk, AccountReport(phone="", verified_name="", quality="", templates=(bare,)))
    knocking_house.clock.move(60)
    await knocking_house.takes_in(knocking_house.whatsapp, news(knocking_house, "APPROVED"))
    assert await templates.state_of(knocking_house.helpdesk, "waiting", "tr") == Fault.BUTTONS


@pytest.mark.parametrize("status", ["FLAGGED", "LOCKED", "TELEPORTED", ""])
async def test_a_status_that_stops_nothing_changes_nothing(knocking_house: House, status: str) -> None:
    await knocking_house.takes_in(knocking_house.whatsapp, news(knocking_house, status))
    assert await templates.state_of(knocking_house.helpdesk, "waiting", "tr") == WELL
    assert knocking_house.helpdesk.bells.account.is_set()


async def test_a_shared_template_must_fit_all_its_purposes(database: Path) -> None:
    shared = house(database, templates={"answer": "one", "closed": "one"})
    one = TemplateReport(name="one", language="tr", status="APPROVED", parameters=1)
    for _ in range(3):
        await learned(shared.helpdesk, AccountReport(phone="", verified_name="", quality="", templates=(one,)))
    assert len(await alarms(shared)) == 1


async def test_the_watch_looks_at_the_start_then_every_ten_minutes_and_after_a_bell(knocking_house: House) -> None:
    looks: list[int] = []
    refusing = False

    async def look() -> AccountReport:
        looks.append(knocking_house.clock.now())
        if refusing:
            raise SendError(key="send-error-vendor", certain=True, retryable=True)
        return report(waiting_tr="PAUSED", quality="RED", status="FLAGGED")

    watch = AccountWatch(knocking_house.helpdesk, look)
    start = knocking_house.clock.now()

    async def pass_time(seconds: int) -> list[int]:
        looks.clear()
        for _ in range(seconds):
            await watch.tick()
            knocking_house.clock.move(1)
        return [(at - start) // 1000 for at in looks]

    assert await pass_time(600) == [0]
    assert watch.troubles == {"template answer": "paused (tr)", "number": "flagged", "quality": "red"}
    assert await pass_time(100) == [600]
    knocking_house.helpdesk.bells.account.set()
    assert await pass_time(10) == [700]
    await knocking_house.takes_in(knocking_house.whatsapp, news(knocking_house, "DISABLED"))
    assert await pass_time(1) == []
    assert watch.troubles["template answer"] == "disabled (tr)", "what a webhook told shows before the next look"
    assert await pass_time(89) == [760], "two looks are a minute apart, whatever webhooks come"
    refusing = True
    assert await pass_time(1000) == [1360, 1420, 1480, 1540, 1600, 1660, 1720, 1780], "a failed look is repeated soon"
    knocking_house.clock.move(TRUST)
    await watch.tick()
    assert "template answer" not in watch.troubles, "what nobody confirmed for an hour is doubtful"
    knocking_house.clock.move(-DAY)
    assert len(await pass_time(2)) == 1, "a clock that was set back does not stop the looks"
