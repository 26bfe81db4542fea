"""Accept, reject, contradiction, and what comes after closing."""

import pytest

from bot.domain.message import Content, Person
from bot.domain.ticket import Action, CloseReason, Status, Ticket
from store import messages, tickets
from tests.builders import MEHMET, ZEYNEP, House, counted

DAY = 86_400.0


async def proposed(desk_house: House, times: int = 1) -> Ticket:
    ticket = await desk_house.opened()
    for turn in range(times):
        await desk_house.agent(f"/propose Çözüm {turn + 1}", ticket)
    await desk_house.deliver()
    return await desk_house.again(ticket)


async def accepted(desk_house: House) -> Ticket:
    ticket = await proposed(desk_house)
    await desk_house.presses(f"a:{ticket.id}:1")
    return await desk_house.again(ticket)


@pytest.mark.parametrize("way", ["press", "kabul ediyorum"])
async def test_accepting_closes(desk_house: House, way: str) -> None:
    ticket = await proposed(desk_house)
    await (desk_house.presses(f"a:{ticket.id}:1") if way == "press" else desk_house.customer(way))
    closed = await desk_house.again(ticket)
    assert (closed.status, closed.close_reason) == (Status.CLOSED, CloseReason.ACCEPTED)
    assert (await desk_house.conversation()).ticket_id is None
    step = (await tickets.history(ticket.id))[-1]
    assert (step.action, step.actor.name) == (Action.ACCEPT, "Ayşe")


@pytest.mark.parametrize("way", ["press", "reddediyorum"])
async def test_rejecting_asks_why_and_goes_back_to_the_same_agent(desk_house: House, way: str) -> None:
    ticket = await proposed(desk_house)
    await (desk_house.presses(f"r:{ticket.id}:1") if way == "press" else desk_house.customer(way))
    back = await desk_house.again(ticket)
    assert (back.status, back.assignee_name) == (Status.OPEN, "Elif")
    assert (await desk_house.conversation()).awaiting == f"reason:{ticket.id}"
    await desk_house.customer("Kablo zaten takılı")
    assert (await desk_house.conversation()).awaiting == ""
    await desk_house.deliver()
    assert any("ret nedeni" in post and "zaten takılı" in post for post in desk_house.telegram.said())


async def test_a_press_opens_the_window_for_the_question_that_follows_it(desk_house: House) -> None:
    ticket = await proposed(desk_house)
    desk_house.clock.move(2 * DAY)
    await desk_house.presses(f"r:{ticket.id}:1")
    await desk_house.deliver()
    assert "Neyin olmadığını" in desk_house.whatsapp.said()[-1]


@pytest.mark.parametrize("token", ["a:{}:1", "r:{}:1", "aa:{}:1"])
async def test_the_button_of_an_older_proposal_does_no_harm(desk_house: House, token: str) -> None:
    ticket = await proposed(desk_house, times=2)
    await desk_house.presses(token.format(ticket.id))
    assert await desk_house.again(ticket) == ticket
    await desk_house.deliver()
    assert "son öneriyi" in desk_house.whatsapp.said()[-1]


async def test_pressing_twice_does_no_harm(desk_house: House) -> None:
    ticket = await accepted(desk_house)
    await desk_house.presses(f"a:{ticket.id}:1")
    await desk_house.presses(f"r:{ticket.id}:1")
    assert await desk_house.again(ticket) == ticket


async def test_words_that_contradict_keep_it_open_and_ask_once_more(desk_house: House) -> None:
    ticket = await proposed(desk_house)
    await desk_house.customer("Denedim, yazıcı hâlâ çalışmıyor, kâğıt da sıkıştı")
    desk_house.clock.move(20)
    await desk_house.presses(f"a:{ticket.id}:1")
    assert (await desk_house.again(ticket)).status is Status.SOLUTION_PROPOSED
    await desk_house.presses(f"aa:{ticket.id}:1")
    assert (await desk_house.again(ticket)).close_reason is CloseReason.ACCEPTED


async def test_words_of_earlier_contradict_nothing(desk_house: House) -> None:
    ticket = await proposed(desk_house)
    await desk_house.customer("Denedim, yazıcı hâlâ çalışmıyor, kâğıt da sıkıştı")
    desk_house.clock.move(61)
    await desk_house.presses(f"a:{ticket.id}:1")
    assert (await desk_house.again(ticket)).status is Status.CLOSED


@pytest.mark.parametrize(("seconds", "status"), [(20, Status.OPEN), (61, Status.CLOSED)])
async def test_words_right_after_an_accept_take_it_back(desk_house: House, seconds: int, status: Status) -> None:
    ticket = await accepted(desk_house)
    desk_house.clock.move(seconds)
    await desk_house.customer("hâlâ olmuyor")
    assert (await desk_house.again(ticket)).status is status


@pytest.mark.parametrize("text", ["Teşekkürler", "👍", "tamam sağ olun", "thanks!"])
async def test_thanks_after_closing_change_nothing(desk_house: House, text: str) -> None:
    ticket = await accepted(desk_house)
    desk_house.clock.move(3600)
    asked = len(desk_house.whatsapp.said())
    await desk_house.customer(text)
    await desk_house.deliver()
    assert await desk_house.again(ticket) == ticket
    assert (await counted())["ticket"] == 1
    assert len(desk_house.whatsapp.said()) == asked + 1, "only the closing words were still to come"


async def test_anything_else_offers_reopen_or_new(desk_house: House) -> None:
    ticket = await accepted(desk_house)
    await desk_house.deliver()
    await desk_house.customer("Yine bozuldu galiba")
    await desk_house.deliver()
    offer = desk_house.whatsapp.sent[-1].part
    message = (await messages.of_ticket(ticket.id, limit=50))[-2]
    tokens = [button.token for row in offer.rows for button in row]
    assert tokens == [f"o:{ticket.id}:{message.id}", f"n:{ticket.id}:{message.id}"]
    assert not (await desk_house.again(ticket)).live


async def test_reopening_keeps_the_number_and_counts(desk_house: House) -> None:
    ticket = await accepted(desk_house)
    await desk_house.customer("Yine bozuldu galiba")
    await desk_house.presses(f"o:{ticket.id}:0")
    again = await desk_house.again(ticket)
    assert (again.status, again.number, again.reopened) == (Status.OPEN, ticket.number, 1)
    assert (await desk_house.conversation()).ticket_id == ticket.id


async def test_a_new_request_takes_the_words_that_led_to_it(desk_house: House) -> None:
    ticket = await accepted(desk_house)
    await desk_house.customer("Ekran da bozuldu")
    message = (await messages.of_ticket(ticket.id, limit=50))[-2]
    await desk_house.presses(f"n:{ticket.id}:{message.id}")
    fresh = await desk_house.ticket()
    assert (fresh.number, fresh.subject) == ("2026-000002", "Ekran da bozuldu")
    assert (await messages.of_ticket(fresh.id))[0].id == message.id
    await desk_house.presses(f"n:{ticket.id}:{message.id}")
    assert (await counted())["ticket"] == 2, "a second press is an old button"


@pytest.mark.parametrize("words", ["// gizli not", "Açık yanıt"])
async def test_a_new_request_is_never_made_of_somebody_elses_words(desk_house: House, words: str) -> None:
    """A forged token may name any message: an agent's note must not become what the customer can read."""
    ticket = await proposed(desk_house)
    await desk_house.agent(words, ticket)
    theirs = (await messages.of_ticket(ticket.id, newest_first=True))[0]
    await desk_house.presses(f"a:{ticket.id}:1")
    await desk_house.presses(f"n:{ticket.id}:{theirs.id}")
    assert (await counted())["ticket"] == 1


async def test_after_seven_days_it_is_a_follow_up(desk_house: House) -> None:
    ticket = await accepted(desk_house)
    desk_house.clock.move(7 * DAY + 1)
    await desk_house.customer("Yine bozuldu")
    follow_up = await desk_house.ticket()
    assert (follow_up.number, follow_up.follow_up_of) == ("2026-000002", ticket.id)
    assert not (await desk_house.again(ticket)).live


async def test_an_album_after_closing_is_asked_about_once(desk_house: House) -> None:
    await accepted(desk_house)
    await desk_house.deliver()
    asked = len(desk_house.whatsapp.said())
    for text in ("Yine bozuldu", "bakın şöyle", "bir de böyle"):
        await desk_house.customer(Content(text=text))
        await desk_house.deliver()
    assert len(desk_house.whatsapp.said()) == asked + 1


@pytest.mark.parametrize("who", [MEHMET, ZEYNEP])
@pytest.mark.parametrize("token", ["a:{}:1", "r:{}:1", "o:{}:1", "n:{}:1", "s:{}", "i:{}:type:fault"])
async def test_somebody_elses_button_is_refused(desk_house: House, who: Person, token: str) -> None:
    ticket = await proposed(desk_house)
    before = await counted()
    await desk_house.presses(token.format(ticket.id), who)
    after = await counted()
    assert await desk_house.again(ticket) == ticket
    assert (before["ticket"], before["history"]) == (after["ticket"], after["history"])
    await desk_house.deliver()
    answers = [call.words for call in desk_house.home(who).calls if call.verb in {"answer", "send"}]
    assert "size ait değil" in answers[-1]
