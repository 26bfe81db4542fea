"""`/merge` and `/link`: what becomes of both tickets, of the customer's later words, and what is refused."""

import asyncio
from collections.abc import Sequence

import pytest

from bot import inbox
from bot.domain.ticket import ActorKind, CloseReason, Status, Ticket
from bot.domain.timers import TimerKind
from bot.inbox import Outcome
from bot.services import merging
from bot.services.selfservice import AWAITING_NEW
from store import inbox as inbox_store
from store import messages, tickets
from store.sql import rows
from tests.builders import AYSE, BOSS, DENIZ, ELIF, GROUP, MEHMET, ZEYNEP, House, counted, new_id, outgoing


async def two(house: House) -> tuple[Ticket, Ticket]:
    """An older and a newer ticket of Ayşe; she is busy with the newer one."""
    first = await house.opened("Yazıcı çalışmıyor")
    second = await house.opened("/new Yazıcı hâlâ bozuk")
    return first, second


async def merged(house: House) -> tuple[Ticket, Ticket]:
    """The newer ticket has gone up in the older one."""
    kept, gone = await two(house)
    assert await house.agent(f"/merge {kept.label}", gone) is Outcome.DONE
    await house.settles()
    return await house.again(kept), await house.again(gone)


async def said_in(ticket: Ticket) -> list[str]:
    found = await messages.of_ticket(ticket.id, limit=100)
    return [one.content.text for one in found if one.author is ActorKind.REQUESTER]


async def kinds_of_timers(ticket: Ticket) -> set[str]:
    return {row["kind"] for row in await rows("SELECT kind FROM timer WHERE ticket_id = ?", ticket.id)}


async def test_the_merged_ticket_is_closed_and_both_histories_name_the_other(desk_house: House) -> None:
    kept, gone = await two(desk_house)
    await desk_house.agent("/ask Hangi model?", gone)
    assert await kinds_of_timers(gone)
    await desk_house.agent(f"/birleştir {kept.number} aynı konu", gone)
    closed = await desk_house.again(gone)
    assert (closed.status, closed.close_reason) == (Status.CLOSED, CloseReason.MERGED)
    assert closed.merged_into == kept.number
    assert await kinds_of_timers(gone) == set()
    assert (await tickets.history(gone.id))[-1].reason == f"→ {kept.label}"
    assert (await tickets.history(kept.id))[-1].reason == f"← {gone.label}"
    audited = await rows("SELECT action, old, new FROM audit")
    assert [tuple(row.values()) for row in audited] == [("merge", "pending", kept.number)]


async def test_both_topics_lead_to_each_other_and_the_cards_say_so(desk_house: House) -> None:
    kept, gone = await merged(desk_house)
    topics = desk_house.telegram.in_topics()
    [here, there] = [(await desk_house.place(ticket)).thread for ticket in (kept, gone)]
    assert here is not None
    assert there is not None
    [told_here] = [words for words in topics[here] if "birleştirdi" in words]
    [told_there] = [words for words in topics[there] if "birleştirdi" in words]
    assert gone.label in told_here
    assert "Yazıcı hâlâ bozuk" in told_here
    assert told_here.endswith(desk_house.telegram.link(GROUP, there))
    assert kept.label in told_there
    assert told_there.endswith(desk_house.telegram.link(GROUP, here))
    cards = [call.words for call in desk_house.telegram.calls if call.verb == "edit"]
    assert any(f"başka bir taleple birleştirildi {kept.label}" in card for card in cards)


async def test_the_customer_is_told_once_and_goes_on_with_the_other(desk_house: House) -> None:
    kept, gone = await merged(desk_house)
    told = [words for words in desk_house.whatsapp.said() if "aynı. Oradan devam" in words]
    assert len(told) == 1
    assert told[0].startswith(gone.label)
    assert kept.label in told[0]
    assert (await desk_house.conversation()).ticket_id == kept.id
    await desk_house.customer("Bir de kâğıt sıkışıyor")
    assert (await said_in(kept))[-1] == "Bir de kâğıt sıkışıyor"
    assert await said_in(gone) == ["Yazıcı hâlâ bozuk"], "what was written stays where it was written"


async def test_quoting_or_naming_the_merged_ticket_leads_to_the_other(desk_house: House) -> None:
    kept, gone = await merged(desk_house)
    third = await desk_house.opened("/new Faturam nerede")
    [greeting] = [row for row in await outgoing(ticket_id=gone.id, channel="whatsapp") if gone.label in row["payload"]][
        :1
    ]
    await desk_house.customer("Bunun için yazıyorum", reply_to=greeting["external_id"])
    await desk_house.customer(f"{gone.label} ne oldu?")
    await desk_house.customer("Fatura numaram 7")
    assert await said_in(kept) == ["Yazıcı çalışmıyor", "Bunun için yazıyorum", f"{gone.label} ne oldu?"]
    assert await said_in(third) == ["Faturam nerede", "Fatura numaram 7"]


async def test_a_chain_of_merges_leads_to_its_end(desk_house: House) -> None:
    kept, gone = await merged(desk_house)
    last = await desk_house.opened("/new Yazıcı değişsin")
    await desk_house.agent(f"/merge {last.label}", kept)
    await desk_house.customer(f"{gone.label} ne oldu?")
    assert (await said_in(last))[-1] == f"{gone.label} ne oldu?"
    assert await merging.goes_on_as(gone) == await desk_house.again(last)


async def test_somebody_busy_with_a_third_ticket_stays_with_it(desk_house: House) -> None:
    kept, gone = await two(desk_house)
    third = await desk_house.opened("/new Faturam nerede")
    await desk_house.agent(f"/merge {kept.label}", gone)
    assert (await desk_house.conversation()).ticket_id == third.id


async def test_a_wish_for_a_new_ticket_outlives_a_merge_and_a_reason_asked_for_does_not(desk_house: House) -> None:
    kept, gone = await two(desk_house)
    await desk_house.customer("/new")
    await desk_house.agent(f"/merge {kept.label}", gone)
    assert (await desk_house.conversation()).awaiting == AWAITING_NEW
    third = await desk_house.opened("Faturam nerede")
    await desk_house.agent("/propose Ekte", third)
    await desk_house.presses(f"r:{third.id}:1")
    assert (await desk_house.conversation()).awaiting == f"reason:{third.id}"
    await desk_house.agent(f"/merge {kept.label}", third)
    assert (await desk_house.conversation()).awaiting == ""


@pytest.mark.parametrize(
    ("command", "status"),
    [("/ask Hangi model?", Status.OPEN), ("/postpone 2d", Status.OPEN), ("/dev can A-1 2d", None)],
)
async def test_words_said_since_bring_a_waiting_ticket_back(
    desk_house: House, command: str, status: Status | None
) -> None:
    kept, gone = await two(desk_house)
    await desk_house.agent(command, kept)
    before = await desk_house.again(kept)
    desk_house.clock.move(60)
    await desk_house.customer("Hâlâ bozuk, bekliyorum")
    await desk_house.agent(f"/merge {kept.label}", gone)
    after = await desk_house.again(kept)
    assert after.status is (status or before.status)
    assert TimerKind.AUTO_CLOSE not in await kinds_of_timers(kept)


async def test_words_said_before_the_question_answer_nothing(desk_house: House) -> None:
    kept, gone = await two(desk_house)
    desk_house.clock.move(60)
    await desk_house.agent("/ask Hangi model?", kept)
    await desk_house.agent(f"/merge {kept.label}", gone)
    assert (await desk_house.again(kept)).status is Status.PENDING
    assert TimerKind.AUTO_CLOSE in await kinds_of_timers(kept)


async def test_tags_come_along_once_each_and_the_rest_stays(desk_house: House) -> None:
    kept, gone = await two(desk_house)
    await desk_house.agent("/tag vip bekle", kept)
    await desk_house.agent("/tag VIP garanti", gone)
    await desk_house.agent("/priority critical", gone)
    await desk_house.agent("/take", gone, who=DENIZ)
    await desk_house.agent(f"/merge {kept.label}", gone)
    after = await desk_house.again(kept)
    assert after.tags == ("vip", "bekle", "garanti")
    assert (after.priority, after.assignee, after.created_at) == (kept.priority, None, kept.created_at)


@pytest.mark.parametrize("token", ["a:{}:1", "r:{}:1", "aa:{}:1", "o:{}:0", "n:{}:0", "i:{}:type:fault"])
async def test_the_customers_buttons_of_a_merged_ticket_say_where_it_went(desk_house: House, token: str) -> None:
    kept, gone = await two(desk_house)
    await desk_house.agent("/propose Kabloyu takın", gone)
    await desk_house.agent(f"/merge {kept.label}", gone)
    before = await counted()
    await desk_house.presses(token.format(gone.id))
    await desk_house.settles()
    assert desk_house.whatsapp.said()[-1].startswith(f"{gone.label}, {kept.label} ile birleştirildi")
    assert (await counted())["history"] == before["history"]


@pytest.mark.parametrize("command", ["take", "postpone:1d", "resume", "close:spam", "merge:1"])
async def test_the_agents_buttons_of_a_merged_ticket_say_where_it_went(desk_house: House, command: str) -> None:
    kept, gone = await two(desk_house)
    await desk_house.agent("/take", gone)
    await desk_house.agent(f"/merge {kept.label}", gone)
    await desk_house.desk_press(f"d:{gone.id}:{command}", ELIF if command != "close:spam" else BOSS)
    await desk_house.settles()
    answer = [call.words for call in desk_house.telegram.calls if call.verb == "answer"][-1]
    assert answer.startswith(f"{gone.label}, {kept.label} ile birleştirildi")


async def test_an_answer_in_the_topic_of_a_merged_ticket_is_not_sent(desk_house: House) -> None:
    kept, gone = await merged(desk_house)
    assert await desk_house.agent("Hemen bakıyorum", gone) is Outcome.REFUSED
    await desk_house.settles()
    assert any(kept.label in words and "gönderilmedi" in words for words in desk_house.telegram.said(GROUP))
    assert "Hemen bakıyorum" not in desk_house.whatsapp.said()


async def test_the_requester_sees_where_the_merged_ticket_goes_on(desk_house: House) -> None:
    kept, gone = await merged(desk_house)
    await desk_house.presses(f"s:{gone.id}")
    await desk_house.settles()
    assert desk_house.whatsapp.said()[-1].startswith(f"{gone.label} · {kept.label} ile sürüyor")


async def test_reopening_takes_a_merged_ticket_out_again(desk_house: House) -> None:
    kept, gone = await merged(desk_house)
    await desk_house.agent("/reopen", gone)
    again = await desk_house.again(gone)
    assert (again.status, again.merged_into, again.close_reason) == (Status.OPEN, "", None)
    assert (await tickets.history(kept.id))[-1].reason == f"↛ {gone.label}"
    assert (await desk_house.conversation()).ticket_id == kept.id, "still busy with the other one"
    await desk_house.settles()
    assert any("yeniden ayırdı" in words for words in desk_house.telegram.said(GROUP))
    await desk_house.customer(f"{gone.label} için yazıyorum")
    assert (await said_in(gone))[-1] == f"{gone.label} için yazıyorum"
    assert await desk_house.agent(f"/merge {kept.label}", gone) is Outcome.DONE, "and it can be merged again"


REFUSED = {
    "/merge": "Hangi taleple",
    "/merge #2026-000009": "#2026-000009 numaralı bir talep yok",
    "/merge elma": "elma numaralı bir talep yok",
    "/merge #2026-000002": "kendisiyle birleştirilemez",
    "/merge #2026-000003": "#2026-000003 kapalı",
    "/merge #2026-000004": "#2026-000004, #2026-000001 ile birleştirildi",
    "/merge #2026-000005": "ayrı yazışmalara ait",
    "/merge #2026-000006": "ayrı yazışmalara ait",
    "/link": "Hangi talebe",
    "/link 9": "9 numaralı bir talep yok",
    "/link 2": "kendisine bağlanamaz",
}


@pytest.mark.parametrize(("line", "answer"), REFUSED.items())
async def test_what_cannot_be_done_is_refused_with_the_reason(desk_house: House, line: str, answer: str) -> None:
    """Numbers: 1 a live one, 2 this one, 3 closed, 4 merged into 1, 5 and 6 other people's."""
    first, here = await two(desk_house)
    shut = await desk_house.opened("/new Bitti")
    await desk_house.agent("/close spam", shut, who=BOSS)
    gone = await desk_house.opened("/new Aynı şey")
    await desk_house.agent(f"/merge {first.label}", gone)
    await desk_house.opened("Yazıcı çalışmıyor", MEHMET)
    await desk_house.opened("Yazıcı çalışmıyor", ZEYNEP)
    before = await counted()
    assert await desk_house.agent(line, here) is Outcome.REFUSED
    after = await counted()
    assert (before["history"], before["message"]) == (after["history"], after["message"])
    await desk_house.settles()
    assert answer in desk_house.telegram.said(GROUP)[-1]


async def test_a_closed_or_merged_ticket_is_not_merged_again(desk_house: House) -> None:
    kept, gone = await merged(desk_house)
    third = await desk_house.opened("/new Başka")
    assert await desk_house.agent(f"/merge {third.label}", gone) is Outcome.REFUSED
    assert (await desk_house.again(gone)).merged_into == kept.number
    await desk_house.agent("/close bitti", kept, who=BOSS)
    assert await desk_house.agent(f"/merge {third.label}", kept) is Outcome.REFUSED


async def side_by_side(house: House, lines: Sequence[tuple[str, Ticket]]) -> list[Outcome]:
    """Commands of several agents, worked on at the same time."""
    events = [await house.agents_words(line, ticket) for line, ticket in lines]
    items = [house.telegram.stage(event, lane=new_id("lane"), key=new_id("race")) for event in events]
    await inbox.accept(house.helpdesk, items)
    waiting = await inbox_store.claim(house.helpdesk.epoch, house.clock.now(), inbox.LEASE_MS, len(items))
    return list(await asyncio.gather(*(inbox.work(house.helpdesk, row) for row in waiting)))


async def test_two_tickets_merged_into_each_other_at_once_end_as_one(desk_house: House) -> None:
    first, second = await two(desk_house)
    lines = [(f"/merge {second.label}", first), (f"/merge {first.label}", second)]
    outcomes = await side_by_side(desk_house, lines)
    assert sorted(outcomes) == sorted([Outcome.DONE, Outcome.REFUSED])
    after = [await desk_house.again(ticket) for ticket in (first, second)]
    assert [ticket.live for ticket in after].count(True) == 1
    [kept] = [ticket for ticket in after if ticket.live]
    assert (await desk_house.conversation(AYSE)).ticket_id == kept.id
    await desk_house.customer("Bir şey daha")
    assert (await said_in(kept))[-1] == "Bir şey daha"


async def test_linked_tickets_name_each_other_and_their_requesters_hear_nothing(desk_house: House) -> None:
    ayses, zeyneps = await desk_house.opened(), await desk_house.opened("Yazıcı çalışmıyor", ZEYNEP)
    before = await outgoing(channel="whatsapp")
    assert await desk_house.agent(f"/link {zeyneps.label}", ayses) is Outcome.DONE
    assert await desk_house.agent(f"/bağla {ayses.label}", zeyneps) is Outcome.REFUSED, "linked already"
    linked = [await desk_house.again(ticket) for ticket in (ayses, zeyneps)]
    assert [ticket.links for ticket in linked] == [(zeyneps.number,), (ayses.number,)]
    reasons = [(await tickets.history(ticket.id))[-1].reason for ticket in linked]
    assert reasons == [f"↔ {zeyneps.label}", f"↔ {ayses.label}"]
    assert await outgoing(channel="whatsapp") == before
    await desk_house.settles()
    cards = [call.words for call in desk_house.telegram.calls if call.verb == "edit"]
    assert any(f"Bağlantılı: {zeyneps.label}" in card for card in cards)
    assert any(f"Bağlantılı: {ayses.label}" in card for card in cards)
    lines = [words for words in desk_house.telegram.said(GROUP) if "bağladı" in words]
    assert len(lines) == 2


async def test_a_ticket_has_so_many_links_at_most(desk_house: House) -> None:
    here, outcomes = await desk_house.opened(), []
    for _ in range(merging.MOST_LINKS + 1):
        there = await desk_house.opened("/new Bir daha")
        await desk_house.settles()
        outcomes.append(await desk_house.agent(f"/link {here.label}", there))
    assert outcomes == [Outcome.DONE] * merging.MOST_LINKS + [Outcome.REFUSED]
    assert len((await desk_house.again(here)).links) == merging.MOST_LINKS
    assert (await desk_house.again(there)).links == ()
