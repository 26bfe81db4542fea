"""Several agents' groups: homes of tickets, teams, members of more than one group, groups of another kind or id."""

from pathlib import Path

import pytest

from adapters.telegram.capabilities import CAPABILITIES
from bot.domain.groups import Group
from bot.domain.ledger import Topic
from bot.domain.message import DeskPlace, MemberChanged, Person
from bot.domain.ticket import Status, Ticket
from bot.helpdesk import HelpDesk
from bot.inbox import Outcome
from bot.services import moving
from store import desk, messages, tickets
from tests.builders import AYSE, DENIZ, ELIF, GROUP, MEHMET, House, house, outgoing
from tests.fakes import FakeDesk

SECOND = "-1009000000002"
BILLING = "-1009000000003"
GROUPS = [Group(chat=SECOND), Group(chat=BILLING, team="Fatura")]


@pytest.fixture
def wide_house(database: Path) -> House:
    """Two groups for everybody and one of a team."""
    return house(database, telegram=FakeDesk("telegram", CAPABILITIES, GROUP, more=GROUPS))


async def home(ticket: Ticket) -> Topic:
    found = await desk.topic(ticket.id)
    assert found is not None
    return found


async def place(ticket: Ticket) -> DeskPlace:
    topic = await home(ticket)
    return DeskPlace(chat=topic.chat, thread=topic.thread)


async def leaves(house: House, chat: str) -> None:
    gone = MemberChanged(author=DENIZ, at=house.clock.now(), desk=DeskPlace(chat=chat), present=False)
    assert await house.takes_in(house.telegram, gone) == [Outcome.DONE]


async def handed_over(house: House, ticket: Ticket, who: Person = ELIF, team: str = "fatura") -> None:
    assert await house.agent(f"/assign {team}", ticket, who, desk=await place(ticket)) is Outcome.DONE


async def test_tickets_go_to_the_groups_in_turn_and_never_to_a_teams(wide_house: House) -> None:
    opened = [await wide_house.opened(who=who) for who in (AYSE, MEHMET)]
    assert [(await home(ticket)).chat for ticket in opened] == [GROUP, SECOND]
    assert {call.chat for call in wide_house.telegram.calls if call.verb == "open_topic"} == {GROUP, SECOND}
    assert {row["budget"] for row in await outgoing(ticket_id=opened[1].id, channel="desk")} == {f"desk:{SECOND}"}


async def test_an_agent_of_the_second_group_answers_there(wide_house: House) -> None:
    await wide_house.opened(who=AYSE)
    ticket = await wide_house.opened(who=MEHMET)
    await wide_house.agent("Bakıyoruz", ticket, DENIZ, desk=await place(ticket), external_id=f"{SECOND}:500")
    await wide_house.deliver()
    assert wide_house.whatsapp.said(MEHMET.phone)[-1] == "Bakıyoruz"


@pytest.mark.parametrize("written", ["fatura", "FATURA", "Fatura"])
async def test_a_team_gets_the_ticket_with_a_topic_of_its_own_a_card_and_a_way_back(
    wide_house: House, written: str
) -> None:
    ticket = await wide_house.opened()
    old = await home(ticket)
    await handed_over(wide_house, ticket, team=written)
    await wide_house.settles()
    new = await home(ticket)
    assert (new.chat, new.thread != old.thread, bool(new.card_id)) == (BILLING, True, True)
    there = [call.words for call in wide_house.telegram.sent if call.chat == BILLING]
    assert ticket.label in there[0]
    assert f"https://t.example/{GROUP}/{old.thread}" in there[1]
    here = [call for call in wide_house.telegram.sent if call.chat == GROUP and call.thread == old.thread]
    assert "Fatura" in here[-1].words
    assert ticket.label in here[-1].words


async def test_the_next_words_of_the_customer_come_to_the_team(wide_house: House) -> None:
    ticket = await wide_house.opened()
    await handed_over(wide_house, ticket)
    await wide_house.settles()
    await wide_house.customer("Fatura yanlış")
    await wide_house.settles()
    shown = next(call for call in wide_house.telegram.sent if "Fatura yanlış" in call.words)
    assert (shown.chat, shown.thread) == (BILLING, (await home(ticket)).thread)


async def test_what_waits_for_the_old_topic_follows_the_ticket(wide_house: House) -> None:
    ticket = await wide_house.opened()
    written = len(wide_house.telegram.calls)
    await wide_house.customer("Bekleyen söz")
    await handed_over(wide_house, ticket)
    assert {row["budget"] for row in await outgoing(ticket_id=ticket.id, state="pending") if row["budget"]} == {
        f"desk:{BILLING}"
    }
    await wide_house.settles()
    late = wide_house.telegram.calls[written:]
    assert [call.chat for call in late if "Bekleyen söz" in call.words] == [BILLING]
    posts = await messages.posts_of((await messages.of_ticket(ticket.id, newest_first=True))[0].id, "desk:")
    assert [post.place for post in posts] == [f"desk:{BILLING}"]


class MovingDesk(FakeDesk):
    """A ticket goes to another group while Telegram opens its topic."""

    async def open_topic(self, chat: str, name: str) -> str:
        thread = await super().open_topic(chat, name)
        if chat == GROUP:
            await self.meanwhile()
        return thread

    async def meanwhile(self) -> None:
        assert self.helpdesk is not None
        left = await desk.topic(1)
        assert left is not None
        await moving.ticket_moved(self.helpdesk, left, BILLING)

    helpdesk: HelpDesk | None = None


async def test_a_ticket_that_moves_while_its_topic_is_being_opened_is_not_drawn_back(database: Path) -> None:
    account = MovingDesk("telegram", CAPABILITIES, GROUP, more=GROUPS)
    moving_house = house(database, telegram=account)
    account.helpdesk = moving_house.helpdesk
    await moving_house.customer("Yazıcı çalışmıyor")
    await moving_house.settles()
    found = await home(await moving_house.ticket())
    assert found.chat == BILLING
    words = [call for call in account.sent if "Yazıcı çalışmıyor" in call.words]
    assert {(call.chat, call.thread) for call in words} == {(BILLING, found.thread)}


async def test_whoever_is_responsible_stays_so_only_as_a_member_of_the_team(wide_house: House) -> None:
    ticket = await wide_house.opened()
    await wide_house.agent("/take", ticket)
    await handed_over(wide_house, ticket)
    handed = await wide_house.again(ticket)
    assert (handed.assignee, handed.assignee_name, handed.status) == (None, "", Status.OPEN)
    last = (await tickets.history(ticket.id))[-1]
    assert (last.reason, last.actor.name) == ("→ Fatura", ELIF.name)


async def test_a_member_of_the_team_keeps_the_ticket(wide_house: House) -> None:
    ticket = await wide_house.opened()
    await wide_house.agent("Ben de buradayım", who=DENIZ, desk=DeskPlace(chat=BILLING))
    await wide_house.agent("/take", ticket, DENIZ)
    await handed_over(wide_house, ticket)
    assert (await wide_house.again(ticket)).assignee_name == DENIZ.name


async def test_an_unknown_team_is_answered_with_the_teams_there_are(wide_house: House) -> None:
    ticket = await wide_house.opened()
    assert await wide_house.agent("/assign muhasebe", ticket) is Outcome.REFUSED
    assert await wide_house.agent("/assign @muhasebe", ticket) is Outcome.REFUSED
    await wide_house.settles()
    answers = [words for words in wide_house.telegram.said(GROUP) if "muhasebe" in words]
    assert ["Ekipler: Fatura" in words for words in answers] == [True, False]
    assert (await home(ticket)).chat == GROUP


async def test_a_person_is_still_assigned_by_name_and_a_team_that_has_it_already_is_told(wide_house: House) -> None:
    ticket = await wide_house.opened()
    await wide_house.agent("Buradayım", who=DENIZ)
    assert await wide_house.agent("/assign deniz", ticket) is Outcome.DONE
    assert (await wide_house.again(ticket)).assignee_name == DENIZ.name
    await handed_over(wide_house, ticket)
    await wide_house.settles()
    assert await wide_house.agent("/assign fatura", ticket, desk=await place(ticket)) is Outcome.REFUSED


async def test_a_closed_ticket_goes_to_no_team(wide_house: House) -> None:
    ticket = await wide_house.opened()
    await wide_house.agent("/close", ticket, who=Person(keys=("tg:900000",), name="Selin"))
    await wide_house.agent("/close bitti", ticket, who=Person(keys=("tg:900000",), name="Selin"))
    assert await wide_house.agent("/assign fatura", ticket) is Outcome.REFUSED
    assert (await home(ticket)).chat == GROUP


async def test_words_in_the_topic_a_ticket_has_left_are_refused_aloud(wide_house: House) -> None:
    ticket = await wide_house.opened()
    left = await place(ticket)
    await handed_over(wide_house, ticket)
    await wide_house.settles()
    heard = list(wide_house.whatsapp.said())
    assert await wide_house.agent("Hâlâ burada mısınız?", desk=left) is Outcome.REFUSED
    await wide_house.settles()
    assert wide_house.whatsapp.said() == heard
    told = [call for call in wide_house.telegram.sent if call.thread == left.thread][-1]
    assert f"https://t.example/{BILLING}/{(await home(ticket)).thread}" in told.words


async def test_who_leaves_one_group_keeps_the_rights_of_the_other(wide_house: House) -> None:
    ticket = await wide_house.opened()
    for chat in (GROUP, BILLING):
        await wide_house.agent("Merhaba", who=DENIZ, desk=DeskPlace(chat=chat))
    await leaves(wide_house, BILLING)
    assert await wide_house.agent("/take", ticket, DENIZ) is Outcome.DONE
    await leaves(wide_house, GROUP)
    assert await wide_house.agent("Bakıyorum", ticket, DENIZ) is Outcome.REFUSED


async def test_who_was_never_heard_in_the_other_group_has_rights_there_after_leaving_the_first(
    wide_house: House,
) -> None:
    await wide_house.opened(who=AYSE)
    ticket = await wide_house.opened(who=MEHMET)
    await wide_house.agent("Merhaba", who=DENIZ)
    await leaves(wide_house, GROUP)
    assert await wide_house.agent("/take", ticket, DENIZ, desk=await place(ticket)) is Outcome.DONE


async def test_forums_and_plain_groups_mix(wide_house: House) -> None:
    wide_house.telegram.plain.add(SECOND)
    opened = [await wide_house.opened(who=who) for who in (AYSE, MEHMET)]
    assert [bool((await home(ticket)).thread) for ticket in opened] == [True, False]
    assert "" not in [(await home(ticket)).card_id for ticket in opened]


async def test_a_group_that_gets_another_id_takes_along_its_own_tickets_only(wide_house: House) -> None:
    opened = [await wide_house.opened(who=who) for who in (AYSE, MEHMET)]
    await wide_house.settles()
    seen = len(wide_house.telegram.calls)
    await moving.group_moved(wide_house.helpdesk, SECOND, "-1009000000022")
    await wide_house.settles()
    assert [(await home(ticket)).chat for ticket in opened] == [GROUP, "-1009000000022"]
    assert {call.chat for call in wide_house.telegram.calls[seen:]} == {"-1009000000022"}
    assert [group.chat for group in wide_house.telegram.groups] == [GROUP, "-1009000000022", BILLING]


async def test_each_group_has_twenty_writes_of_its_own(wide_house: House) -> None:
    people = [Person(keys=(f"phone:90000001{number:04}",), name=f"Kişi {number}") for number in range(30)]
    for who in people:
        await wide_house.customer("Konu", who)
    await wide_house.deliver()
    writes = [call.chat for call in wide_house.telegram.calls if call.verb not in {"react", "answer"}]
    assert all(10 <= writes.count(chat) <= 20 for chat in (GROUP, SECOND))
