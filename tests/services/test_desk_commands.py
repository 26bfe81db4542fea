"""What agents' words and commands write: the ledger, history, timers, errands to the customer and none for notes."""

import json
from dataclasses import replace

import pytest

from bot.domain.ledger import Delivery, Op, Visibility
from bot.domain.message import Attachment, Content, Kind
from bot.domain.ticket import Action, ActorKind, CloseReason, Priority, Status
from bot.domain.timers import DAY_MS, TimerKind
from bot.inbox import Outcome
from store import messages, tickets, timers
from tests.builders import AYSE, BOSS, DENIZ, ELIF, House, content, counted, house, outgoing

LEAVES = ("whatsapp",)


async def test_an_answer_writes_ledger_history_and_one_errand(desk_house: House) -> None:
    ticket = await desk_house.opened()
    before = await counted()
    await desk_house.agent("Hemen bakıyorum", ticket)
    after = await counted()
    assert (after["message"] - before["message"], after["history"] - before["history"]) == (1, 1)
    errand = (await outgoing(channel="whatsapp", op=Op.SEND))[-1]
    message = (await messages.of_ticket(ticket.id, newest_first=True))[0]
    assert errand["message_id"] == message.id
    assert (message.author, message.author_id, message.delivery) == (ActorKind.AGENT, 900_001, Delivery.STORED)
    answered = await desk_house.again(ticket)
    assert (answered.status, answered.assignee_name) == (Status.OPEN, "Elif")
    assert answered.first_response_at == desk_house.clock.now()
    assert (await tickets.history(ticket.id))[-1].action is Action.REPLY


async def test_a_second_answer_changes_nothing_but_the_ledger(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("Hemen bakıyorum", ticket)
    before = await counted()
    await desk_house.agent("Baktım", ticket, who=DENIZ)
    assert (await counted())["history"] == before["history"]
    assert (await desk_house.again(ticket)).assignee_name == "Elif"


@pytest.mark.parametrize("text", ["// hep aynısını soruyor", "/note gizli", "/not gizli", "  // başta boşluk"])
async def test_a_note_is_kept_and_enqueued_for_nobody(desk_house: House, text: str) -> None:
    ticket = await desk_house.opened()
    before = await outgoing(channel="whatsapp")
    await desk_house.agent(text, ticket)
    note = (await messages.of_ticket(ticket.id, newest_first=True))[0]
    assert note.visibility is Visibility.NOTE
    assert "/" not in note.content.text
    assert await outgoing(channel="whatsapp") == before
    assert (await desk_house.again(ticket)).first_response_at is None


async def test_a_setting_turns_plain_words_into_notes(desk_house: House) -> None:
    turned = house(desk_house.helpdesk.files, plain_is_note=True)
    ticket = await turned.opened()
    await turned.agent("hep aynısını soruyor", ticket)
    assert (await messages.of_ticket(ticket.id, newest_first=True))[0].visibility is Visibility.NOTE
    await turned.agent("/reply Hemen bakıyorum", ticket)
    await turned.deliver()
    assert turned.whatsapp.said()[-1] == "Hemen bakıyorum"
    assert "hep aynısını" not in " ".join(turned.whatsapp.said())


@pytest.mark.parametrize("photo", [False, True])
async def test_a_file_travels_with_and_without_words(desk_house: House, photo: bool) -> None:
    ticket = await desk_house.opened()
    kind = Kind.PHOTO if photo else Kind.DOCUMENT
    attachment = Attachment(kind=kind, ref="file-1", name="a.pdf", mime="application/pdf", size=5)
    await desk_house.agent(Content(attachment=attachment), ticket)
    await desk_house.deliver()
    sent = desk_house.whatsapp.sent[-1]
    assert sent.files[0].path is not None
    assert sent.files[0].path.read_bytes() == b"file-1"


@pytest.mark.parametrize(
    "words", [Content(placeholder="poll"), Content(text="   "), Content(text="/reply"), Content(text="/ask")]
)
async def test_what_cannot_be_sent_is_refused_with_a_sentence(desk_house: House, words: Content) -> None:
    ticket = await desk_house.opened()
    before = await counted()
    assert await desk_house.agent(words, ticket) is Outcome.REFUSED
    after = await counted()
    assert {**before, "outbox": before["outbox"] + 1} == after
    assert await outgoing(channel="whatsapp", state="pending") == []


async def test_ask_waits_with_an_announcement(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("/ask Hangi model?", ticket)
    now = desk_house.clock.now()
    asked = await desk_house.again(ticket)
    assert (asked.status, asked.waiting_since) == (Status.PENDING, now)
    assert await timers.of_ticket(ticket.id) == {
        TimerKind.AUTO_CLOSE: now + 4 * DAY_MS,
        TimerKind.AUTO_CLOSE_REMINDER: now + 3 * DAY_MS,
    }
    await desk_house.deliver()
    said = desk_house.whatsapp.said()[-1]
    assert "Hangi model?" in said
    assert "4 gün" in said
    assert "#2026-000001" in said


async def test_propose_offers_accept_and_reject_of_this_very_proposal(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("/propose Kabloyu takın", ticket)
    await desk_house.deliver()
    tokens = [button.token for row in desk_house.whatsapp.sent[-1].part.rows for button in row]
    assert tokens == [f"a:{ticket.id}:1", f"r:{ticket.id}:1"]
    await desk_house.agent("/propose Sürücüyü kurun", ticket)
    await desk_house.deliver()
    assert desk_house.whatsapp.sent[-1].part.rows[0][0].token == f"a:{ticket.id}:2"


async def test_postpone_tells_until_when_and_arms_the_wake(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("/postpone 2d tedarikçi bekleniyor", ticket)
    asleep = await desk_house.again(ticket)
    assert (asleep.status, asleep.postpone_reason) == (Status.POSTPONED, "tedarikçi bekleniyor")
    assert await timers.of_ticket(ticket.id) == {TimerKind.WAKE: desk_house.clock.now() + 2 * DAY_MS}
    await desk_house.deliver()
    said = desk_house.whatsapp.said()[-1]
    assert "ertelendi" in said
    assert "tedarikçi" not in said, "the reason is ours"


async def test_dev_names_engineer_key_and_day(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("/dev can ABC-123 3d", ticket)
    changed = await desk_house.again(ticket)
    assert (changed.status, changed.engineer, changed.issue_key) == (Status.IN_DEVELOPMENT, "can", "ABC-123")
    assert await timers.of_ticket(ticket.id) == {TimerKind.ETA: desk_house.clock.now() + 3 * DAY_MS}
    await desk_house.deliver()
    assert "can" not in desk_house.whatsapp.said()[-1].split()


@pytest.mark.parametrize(
    ("command", "field", "value"),
    [
        ("/priority yüksek", "priority", Priority.HIGH),
        ("/priority P0", "priority", Priority.CRITICAL),
        ("/öncelik low", "priority", Priority.LOW),
        ("/category  Fatura ", "category", "Fatura"),
        ("/kategori Fatura", "category", "Fatura"),
        ("/set type fault", "answers", {"type": "fault"}),
        ("/set tür arıza", "answers", {"type": "fault"}),
    ],
)
async def test_triage_sets_what_is_known(desk_house: House, command: str, field: str, value: object) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent(command, ticket)
    assert getattr(await desk_house.again(ticket), field) == value
    assert (await tickets.history(ticket.id))[-1].actor.name == "Elif"


@pytest.mark.parametrize(
    "command",
    [
        "/priority",
        "/priority belki",
        "/category",
        "/set",
        "/set kapsama herkes",
        "/set type belki",
        "/postpone",
        "/postpone dün",
        "/postpone asdf",
        "/dev can",
        "/dev can ABC-1 dün",
        "/assign",
        "/assign @kimse",
        "/history #2026-999999",
        "/status 2026-999999",
        "/tickets nowhere",
        "/reopen",
        "/resume",
        "/nonsense",
    ],
)
async def test_bad_input_is_answered_and_leaves_the_ticket_alone(desk_house: House, command: str) -> None:
    ticket = await desk_house.opened()
    before = await counted()
    assert await desk_house.agent(command, ticket) is Outcome.REFUSED
    assert {**before, "outbox": before["outbox"] + 1} == await counted()
    assert await desk_house.again(ticket) == ticket
    await desk_house.deliver()
    assert desk_house.telegram.calls[-1].thread is not None


async def test_an_agent_is_assigned_by_name_and_the_customer_hears_of_it_once(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("Günaydın", who=DENIZ)
    await desk_house.agent("/help", who=DENIZ)
    await desk_house.agent("/assign @deniz", ticket)
    assert (await desk_house.again(ticket)).assignee_name == "Deniz"
    await desk_house.agent("/take", ticket)
    await desk_house.deliver()
    assert len([words for words in desk_house.whatsapp.said() if "inceleniyor" in words]) == 1


async def test_a_lead_closes_with_a_reason_that_can_be_undone(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("/close telefonda çözüldü", ticket, who=BOSS)
    closed = await desk_house.again(ticket)
    assert (closed.status, closed.close_reason) == (Status.CLOSED, CloseReason.BY_LEAD)
    assert (await tickets.history(ticket.id))[-1].reason == "telefonda çözüldü"
    assert (await desk_house.conversation()).ticket_id is None
    assert await timers.of_ticket(ticket.id) == {}
    await desk_house.agent("/reopen", ticket)
    assert (await desk_house.conversation()).ticket_id == ticket.id


async def test_spam_is_closed_without_a_word(desk_house: House) -> None:
    ticket = await desk_house.opened()
    said = len(await outgoing(channel="whatsapp"))
    await desk_house.agent("/close spam", ticket, who=BOSS)
    assert (await desk_house.again(ticket)).close_reason is CloseReason.SPAM
    assert len(await outgoing(channel="whatsapp")) == said


async def test_nothing_is_sent_from_a_closed_ticket(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("/close bitti", ticket, who=BOSS)
    before = await outgoing(channel="whatsapp")
    assert await desk_house.agent("Bir şey daha", ticket) is Outcome.REFUSED
    assert await outgoing(channel="whatsapp") == before


async def test_agents_among_themselves_write_no_rows(desk_house: House) -> None:
    await desk_house.opened()
    before = await counted()
    await desk_house.agent("Öğlene ne yiyoruz?")
    assert await counted() == before


async def test_looking_changes_nothing(desk_house: House) -> None:
    ticket = await desk_house.opened()
    before = await counted()
    for command in ("/history", "/status", "/tickets", "/tickets mine", "/durum"):
        await desk_house.agent(command, ticket)
    after = await counted()
    assert {**before, "outbox": after["outbox"]} == after


@pytest.mark.parametrize(("tickets_there", "lines"), [(20, 20), (21, 21), (25, 21)])
async def test_a_long_list_says_that_there_is_more(desk_house: House, tickets_there: int, lines: int) -> None:
    for number in range(tickets_there):
        who = replace(AYSE, keys=(f"phone:9055500{number:05}",))
        ticket = await desk_house.opened(f"Talep {number}", who=who)
    await desk_house.agent("/tickets")
    told = json.loads((await outgoing())[-1]["payload"])["part"]["text"].splitlines()
    assert (len(told), told[0].split(" · ")[0]) == (lines, ticket.label)
    assert told[-1].startswith("…") is (tickets_there > 20)


async def test_history_tells_steps_and_words_in_order(desk_house: House) -> None:
    ticket = await desk_house.opened("Yazıcı çalışmıyor")
    desk_house.clock.move(60)
    await desk_house.agent("Hemen bakıyorum", ticket)
    desk_house.clock.move(60)
    await desk_house.agent("// acele etmeyin", ticket)
    await desk_house.agent("/history", ticket)
    await desk_house.deliver()
    told = desk_house.telegram.said()[-1]
    assert told.index("Yazıcı çalışmıyor") < told.index("Hemen bakıyorum") < told.index("📝 Elif: «acele etmeyin»")


async def test_what_goes_out_by_hand_of_an_agent_is_exactly_what_they_wrote(desk_house: House) -> None:
    ticket = await desk_house.opened()
    words = "Satır 1\n\n  • <b>kalın değil</b> *yıldız* _alt_ `kod` & ünlü 😀"
    await desk_house.agent(words, ticket, who=ELIF)
    await desk_house.deliver()
    assert desk_house.whatsapp.said(AYSE.phone)[-1] == words
    assert content(words).text == words


async def test_a_take_button_takes_over_from_whom_it_names_and_from_nobody_else(desk_house: House) -> None:
    """A warning's button names who was responsible then; typed, the command takes over from anybody."""
    ticket = await desk_house.opened()
    await desk_house.agent("/take", ticket)
    of_elif = f"d:{ticket.id}:take:{ELIF.keys[0].partition(':')[2]}"
    assert await desk_house.desk_press(f"d:{ticket.id}:take", DENIZ) is Outcome.REFUSED
    assert await desk_house.desk_press(of_elif, DENIZ) is Outcome.DONE
    assert await desk_house.desk_press(of_elif, BOSS) is Outcome.REFUSED
    assert (await desk_house.again(ticket)).assignee_name == "Deniz"
    await desk_house.agent("/take", ticket, who=ELIF)
    assert (await desk_house.again(ticket)).assignee_name == "Elif"
