"""What a customer's message writes: ticket, history, ledger, timers and errands, in one commit."""

from dataclasses import replace

import pytest

from bot import inbox
from bot.domain.ledger import Delivery, Op, Urgency
from bot.domain.message import Attachment, Content, Edited, IdentityChanged, Kind, Person, Reachable, Reacted, Revoked
from bot.domain.ticket import Action, ActorKind, Status
from bot.domain.timers import TimerKind
from store import conversations, messages, tickets, timers
from tests.builders import AYSE, MEHMET, ZEYNEP, House, counted, new_id, outgoing

pytestmark = pytest.mark.both_databases

PEOPLE = pytest.mark.parametrize("who", [AYSE, ZEYNEP], ids=["whatsapp", "telegram"])


@PEOPLE
async def test_the_first_message_makes_one_row_of_everything(desk_house: House, who: Person) -> None:
    await desk_house.customer("Yazıcı çalışmıyor", who)
    rows = await counted()
    assert (rows["ticket"], rows["history"], rows["conversation"], rows["requester"]) == (1, 1, 1, 1)
    assert rows["message"] == 2, "the customer's words and our answer"
    ticket = await desk_house.ticket()
    assert (ticket.number, ticket.status, ticket.subject) == ("2026-000001", Status.NEW, "Yazıcı çalışmıyor")
    assert [step.action for step in await tickets.history(ticket.id)] == [Action.CREATE]
    assert await timers.of_ticket(ticket.id) == {TimerKind.INTAKE_END: desk_house.clock.now() + 600_000}
    assert (await desk_house.conversation(who)).ticket_id == ticket.id


@PEOPLE
async def test_the_first_message_is_shown_under_its_card_and_answered_with_the_number(
    desk_house: House, who: Person
) -> None:
    await desk_house.customer("Yazıcı çalışmıyor", who)
    card, words, answer = await outgoing()
    assert [card["op"], words["op"], answer["op"]] == [Op.CARD, Op.SEND, Op.SEND]
    assert card["lane"] == words["lane"] == "desk:ticket:1"
    assert answer["urgency"] == Urgency.CUSTOMER < words["urgency"] == Urgency.WORDS
    await desk_house.deliver()
    assert "#2026-000001" in desk_house.home(who).said(who.keys[0].partition(":")[2])[0]


async def test_the_ledger_keeps_who_said_what_and_when(desk_house: House) -> None:
    await desk_house.customer("Yazıcı çalışmıyor")
    said, answer = await messages.of_ticket(1)
    assert (said.author, said.author_name, said.content.text) == (ActorKind.REQUESTER, "Ayşe", "Yazıcı çalışmıyor")
    assert (said.delivery, said.at) == (Delivery.RECEIVED, desk_house.clock.now())
    assert (answer.author, answer.delivery) == (ActorKind.SYSTEM, Delivery.STORED)


async def test_further_words_belong_to_the_current_ticket(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.customer("Bir de tarayıcı bozuk")
    assert (await counted())["ticket"] == 1
    assert (await messages.of_ticket(ticket.id, newest_first=True))[0].content.text == "Bir de tarayıcı bozuk"


async def test_people_are_kept_apart(desk_house: House) -> None:
    first = await desk_house.opened("Yazıcı", AYSE)
    second = await desk_house.opened("Ekran", MEHMET)
    third = await desk_house.opened("Klavye", ZEYNEP)
    assert [t.number for t in (first, second, third)] == ["2026-000001", "2026-000002", "2026-000003"]
    assert len({t.conversation_id for t in (first, second, third)}) == 3


async def test_the_same_message_under_another_key_changes_nothing(desk_house: House) -> None:
    await desk_house.customer("Yazıcı", external_id="m-1")
    before = await counted()
    assert await desk_house.customer("Yazıcı", external_id="m-1") is inbox.Outcome.DONE
    assert await counted() == before


async def test_an_answer_to_an_intake_question_moves_on_to_the_next(desk_house: House) -> None:
    await desk_house.customer("Yazıcı çalışmıyor")
    await desk_house.customer("arıza")
    ticket = await desk_house.ticket()
    assert (dict(ticket.answers), ticket.intake) == ({"type": "fault"}, "source")


async def test_every_question_can_be_skipped_by_word(desk_house: House) -> None:
    await desk_house.customer("Yazıcı çalışmıyor")
    await desk_house.customer("arıza")
    for _ in range(3):
        await desk_house.customer("geç")
    ticket = await desk_house.ticket()
    assert (ticket.intake, ticket.skipped) == ("", ("source", "scope", "reproducible"))
    assert TimerKind.INTAKE_END not in await timers.of_ticket(ticket.id)


@pytest.mark.parametrize("status", [Status.PENDING, Status.POSTPONED])
async def test_a_message_brings_a_waiting_ticket_back(desk_house: House, status: Status) -> None:
    ticket = await desk_house.opened()
    await desk_house.agent("/ask Hangi model?" if status is Status.PENDING else "/postpone 2d", ticket)
    assert (await desk_house.again(ticket)).status is status
    await desk_house.customer("HL-2035")
    after = await desk_house.again(ticket)
    assert (after.status, after.waiting_since, after.postponed_until) == (Status.OPEN, None, None)
    assert (await tickets.history(ticket.id))[-1].action is Action.ANSWER


async def test_words_to_an_agent_who_asked_are_no_answer_to_the_intake(desk_house: House) -> None:
    """The agent's question is the later one: a typed "evet" is for the agent, buttons still answer the intake."""
    await desk_house.customer("Yazıcı çalışmıyor")
    await desk_house.customer("arıza")
    await desk_house.customer("yazıcı")
    await desk_house.customer("sadece bende")
    ticket = await desk_house.ticket()
    await desk_house.deliver()
    assert ticket.intake == "reproducible"
    await desk_house.agent("/ask Kablo takılı mı?", ticket)
    await desk_house.customer("evet")
    after = await desk_house.again(ticket)
    assert (after.status, "reproducible" in after.answers) == (Status.OPEN, False)
    await desk_house.presses(f"i:{ticket.id}:reproducible:yes")
    assert (await desk_house.again(ticket)).answers["reproducible"] == "yes"


async def test_new_opens_another_ticket_beside_the_current_one(desk_house: House) -> None:
    first = await desk_house.opened()
    await desk_house.customer("/new")
    await desk_house.customer("Ekran kapanıyor")
    second = await desk_house.ticket()
    assert (second.number, second.subject) == ("2026-000002", "Ekran kapanıyor")
    assert (await desk_house.again(first)).live
    assert (await desk_house.conversation()).ticket_id == second.id


async def test_a_quoted_message_and_a_number_lead_to_their_ticket(desk_house: House) -> None:
    first = await desk_house.opened()
    quoted = new_id("c")
    await desk_house.customer("Kâğıt sıkışıyor", external_id=quoted)
    await desk_house.customer("/new Ekran kapanıyor")
    await desk_house.customer("hâlâ sıkışıyor", reply_to=quoted)
    await desk_house.customer("#2026-000001 acil")
    said = [m.content.text for m in await messages.of_ticket(first.id) if m.author is ActorKind.REQUESTER]
    assert said[-2:] == ["hâlâ sıkışıyor", "#2026-000001 acil"]


async def test_somebody_elses_number_leads_nowhere(desk_house: House) -> None:
    theirs = await desk_house.opened("Gizli konu", MEHMET)
    await desk_house.customer("#2026-000001 ne durumda?", AYSE)
    own = await desk_house.ticket()
    assert own.id != theirs.id
    assert (await messages.of_ticket(theirs.id, newest_first=True))[0].author is not ActorKind.REQUESTER


async def test_not_yours_and_nonexistent_are_told_in_the_same_words(desk_house: House) -> None:
    await desk_house.opened("Gizli konu", MEHMET)
    await desk_house.customer("/status 2026-000001", AYSE)
    await desk_house.customer("/status 2026-000999", AYSE)
    await desk_house.deliver()
    theirs, nobodys = desk_house.whatsapp.said(AYSE.phone)
    assert theirs == nobodys
    assert "Gizli" not in theirs


@pytest.mark.parametrize("text", ["/start", "/help", "menü", "MENU", "/nonsense", "/tickets", "/language en", "/new"])
async def test_self_service_opens_no_ticket_and_is_answered(desk_house: House, text: str) -> None:
    await desk_house.customer(text)
    assert (await counted())["ticket"] == 0
    assert len(await outgoing(channel="whatsapp", op=Op.SEND)) == 1


async def test_reactions_of_strangers_open_nothing(desk_house: House) -> None:
    event = Reacted(author=AYSE, at=desk_house.clock.now(), external_id="wamid-1", emoji="👍")
    await desk_house.takes_in(desk_house.whatsapp, event)
    assert not any((await counted()).values())


async def test_an_edit_changes_the_ledger_and_the_post(desk_house: House) -> None:
    ticket = await desk_house.opened()
    await desk_house.customer("Model HL-2035", ZEYNEP, external_id="z-1")
    edited = Edited(author=ZEYNEP, at=desk_house.clock.now(), external_id="z-1", content=Content(text="Model HL-2135"))
    await desk_house.takes_in(desk_house.telegram, edited)
    zeyneps = await desk_house.ticket()
    assert zeyneps.id != ticket.id
    message = (await messages.of_ticket(zeyneps.id))[0]
    assert (message.content.text, message.edited_at) == ("Model HL-2135", desk_house.clock.now())
    assert [row["op"] for row in await outgoing(op=Op.EDIT)] == [Op.EDIT]


async def test_a_deleted_message_stays_on_record(desk_house: House) -> None:
    await desk_house.opened()
    await desk_house.customer("parolam 1234", external_id="m-9")
    await desk_house.takes_in(desk_house.whatsapp, Revoked(author=AYSE, at=desk_house.clock.now(), external_id="m-9"))
    message = (await messages.of_ticket(1, newest_first=True))[0]
    assert (message.content.text, message.revoked) == ("parolam 1234", True)


async def test_blocking_is_told_once(desk_house: House) -> None:
    await desk_house.opened(who=ZEYNEP)
    blocked = Reachable(author=ZEYNEP, at=desk_house.clock.now(), reachable=False)
    before = len(await outgoing(channel="desk"))
    await desk_house.takes_in(desk_house.telegram, blocked, blocked)
    assert len(await outgoing(channel="desk")) == before + 1
    assert not (await desk_house.conversation(ZEYNEP)).reachable


async def test_a_new_number_keeps_the_conversation(desk_house: House) -> None:
    ticket = await desk_house.opened()
    moved = replace(AYSE, keys=("phone:900000000099",), phone="900000000099")
    event = IdentityChanged(author=moved, at=desk_house.clock.now(), old_keys=AYSE.keys)
    await desk_house.takes_in(desk_house.whatsapp, event)
    await desk_house.customer("Yeni numaram bu", moved)
    assert (await counted())["ticket"] == 1
    found = await conversations.find("whatsapp", moved)
    assert found is not None
    assert found.ticket_id == ticket.id


async def test_a_file_the_desk_cannot_take_is_named_and_its_ticket_opened(desk_house: House) -> None:
    """WhatsApp carries documents of 100 MB, a bot in Telegram only 50: nothing of it may be silence."""
    film = Attachment(kind=Kind.DOCUMENT, ref="media-1", name="kayıt.zip", size=60 * 2**20)
    await desk_house.customer(Content(text="Kayıt ektedir", attachment=film))
    await desk_house.deliver()
    ticket = await desk_house.ticket()
    assert ticket.subject == "Kayıt ektedir"
    posts = " ".join(desk_house.telegram.said())
    assert "Kayıt ektedir" in posts
    assert "kayıt.zip" in posts
