"""What agents see of clocks: marks on the card, changed promises, the history's words, `/why` that adds up."""

import re
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.message import Person
from bot.domain.sla.calendar import Calendar, Shift
from bot.domain.sla.policy import ClockKind, Escalation, Policy, Presence, Recipient, Sla, Target
from bot.domain.ticket import Priority, Status, Ticket
from bot.services import clockwork, escalation, levels, upkeep
from store import bookmarks, conversations, desk, escalations, tickets
from store.sql import rows
from tests.builders import AYSE, BOSS, ELIF, GROUP, MEHMET, House, outgoing
from tests.fakes import Call
from tests.proofs.many_tickets import copied

MINUTE, HOUR = 60.0, 3600.0
HOUR_MS = 3_600_000
FIRST, RESOLUTION = ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION


def promising(first: int = 1, resolution: int = 4, calendar: str = "", **fields: Any) -> Sla:
    """A first answer within so many hours and a solution within so many; assignee and lead are told of either."""
    targets = {FIRST: Target(first * HOUR_MS), RESOLUTION: Target(resolution * HOUR_MS, calendar)}
    policy = Policy(
        name="plain",
        targets=dict.fromkeys(Priority, targets),
        pauses={RESOLUTION: frozenset({Status.PENDING, Status.POSTPONED})},
        escalations=tuple(
            Escalation(clock=clock, share=share, to=to)
            for clock in (FIRST, RESOLUTION)
            for share, to in ((0.75, Recipient.ASSIGNEE), (1.0, Recipient.LEAD))
        ),
    )
    version = first * 1000 + resolution
    return Sla(default="plain", policies={"plain": policy}, version=version, **fields)


@pytest.fixture
async def seeing(led_house: House) -> House:
    """A desk that promises."""
    led_house.helpdesk.levels.load = promising
    await levels.settle(led_house.helpdesk)
    return led_house


async def drawn(house: House, ticket: Ticket) -> list[Call]:
    """Every edit of the ticket's card so far."""
    topic = await desk.topic(ticket.id)
    assert topic is not None
    return [call for call in house.telegram.calls if call.verb == "edit" and call.external_id == topic.card_id]


def line_of(call: Call, name: str) -> str:
    return next(line for line in call.words.splitlines() if f" {name}: " in line)


async def follows(house: House, sla: Sla) -> None:
    """Another file, read by command; every ticket follows and everything goes out."""
    house.helpdesk.levels.load = lambda: sla
    await house.agent("/reload", who=BOSS)
    while await levels.rearm(house.helpdesk):
        pass
    await house.settles()


async def changes(ticket: Ticket) -> int:
    """How often the history says that service levels changed."""
    return sum(step.reason == "hizmet süreleri değişti" for step in await tickets.history(ticket.id))


async def test_the_card_shows_that_a_clock_nears_its_end_and_that_it_is_broken(seeing: House) -> None:
    ticket = await seeing.opened()
    await seeing.settles()
    before = len(await drawn(seeing, ticket))
    await seeing.waits(45 * MINUTE)
    [warned] = (await drawn(seeing, ticket))[before:]
    assert line_of(warned, "İlk yanıt").startswith("⚠️ ")
    assert line_of(warned, "Çözüm").startswith("⏳ ")
    await seeing.waits(15 * MINUTE)
    [broken] = (await drawn(seeing, ticket))[before + 1 :]
    assert line_of(broken, "İlk yanıt").startswith("🔥 ")
    await seeing.waits(HOUR)
    assert len(await drawn(seeing, ticket)) == before + 2, "nothing came due, so nothing is drawn"


async def test_of_a_day_full_of_broken_clocks_the_cards_are_not_drawn_at_once(seeing: House) -> None:
    ticket = await seeing.opened()
    await seeing.settles()
    first = await copied(ticket, escalation.CARDS)
    await rows("INSERT INTO timer (ticket_id, kind, due_at) SELECT id, 'sla', 0 FROM ticket WHERE id >= ?", first)
    seeing.clock.move(2 * HOUR)
    await upkeep.sweep(seeing.helpdesk)
    assert await outgoing(op="card", state="pending") == []


async def test_a_broken_clock_that_was_paused_before_anybody_was_told_is_told_when_it_goes_on(seeing: House) -> None:
    ticket = await seeing.opened()
    await seeing.agent("Bakıyorum", ticket)
    seeing.clock.move(4 * HOUR)
    await escalation.fired(seeing.helpdesk, await seeing.again(ticket), seeing.clock.now())
    await seeing.agent("/ask Hangi model?", ticket)
    assert await seeing.waits(1) == []
    assert await escalations.untold(9) == []
    assert await seeing.waits(20 * HOUR) == []
    await seeing.customer("Model 5")
    told = await seeing.waits(1)
    assert [line.split(" ", 1)[0] for line in told] == ["🔥", "🔥"], "both steps of the solution's clock"
    assert await seeing.waits(20 * HOUR) == [], "and each of them once"


async def test_a_reload_that_moves_only_a_later_deadline_is_told_in_the_history_and_on_the_card(seeing: House) -> None:
    ticket = await seeing.opened()
    await seeing.settles()
    before = len(await drawn(seeing, ticket))
    await follows(seeing, promising(resolution=8))
    assert await changes(ticket) == 1
    [card] = (await drawn(seeing, ticket))[before:]
    until = seeing.helpdesk.moment("tr", ticket.created_at + 8 * HOUR_MS)
    assert line_of(card, "Çözüm") == f"⏳ Çözüm: {until}"


async def test_a_reload_reaches_a_clock_that_stands(seeing: House) -> None:
    ticket = await seeing.opened()
    await seeing.agent("/ask Hangi model?", ticket)
    await follows(seeing, promising(resolution=8))
    assert await changes(ticket) == 1


async def test_a_reload_that_changes_nothing_for_a_ticket_leaves_its_history_and_its_card_alone(seeing: House) -> None:
    ticket = await seeing.opened()
    await seeing.settles()
    before = len(await drawn(seeing, ticket))
    same = replace(promising(), version=5)
    await follows(seeing, same)
    await follows(seeing, replace(same, version=6))
    assert await changes(ticket) == 0
    assert len(await drawn(seeing, ticket)) == before


async def test_a_reload_in_the_middle_of_another_one_forgets_no_ticket(seeing: House) -> None:
    """What was promised under the first file is no more true under the third although it is under the second."""
    ticket = await seeing.opened()
    for sla in (promising(resolution=8), replace(promising(resolution=8), version=7)):
        seeing.helpdesk.levels.load = partial(replace, sla)
        await seeing.agent("/reload", who=BOSS)
    while await levels.rearm(seeing.helpdesk):
        pass
    assert await changes(ticket) == 1
    assert await levels.rearm(seeing.helpdesk) == 0
    assert seeing.helpdesk.levels.former == ()


async def test_after_a_start_with_another_file_the_cards_show_it(seeing: House) -> None:
    ticket = await seeing.opened()
    await seeing.settles()
    before = len(await drawn(seeing, ticket))
    seeing.helpdesk.levels.load = lambda: promising(resolution=8)
    await levels.settle(seeing.helpdesk)
    while await levels.rearm(seeing.helpdesk):
        pass
    await seeing.settles()
    until = seeing.helpdesk.moment("tr", ticket.created_at + 8 * HOUR_MS)
    [card] = (await drawn(seeing, ticket))[before:]
    assert line_of(card, "Çözüm") == f"⏳ Çözüm: {until}"


async def test_a_worker_that_has_not_read_the_new_file_lets_no_ticket_follow_the_old_one(seeing: House) -> None:
    ticket = await seeing.opened()
    newer = promising(first=2)
    await bookmarks.write("levels:known", newer.version)
    await bookmarks.write("levels:at", 0)
    assert await levels.rearm(seeing.helpdesk) == 0
    seeing.helpdesk.levels.load = lambda: newer
    await levels.keep_up(seeing.helpdesk)
    assert await levels.rearm(seeing.helpdesk) == 1
    assert await changes(ticket) == 1


async def test_long_following_shows_how_many_tickets_are_still_to_go(seeing: House) -> None:
    for who in (AYSE, MEHMET):
        await seeing.opened(who=who)
    seeing.helpdesk.levels.load = lambda: promising(first=2)
    await seeing.agent("/reload", who=BOSS)
    await bookmarks.write("levels:done", levels.TOLD_EVERY - 1)
    assert await levels.rearm(seeing.helpdesk) == 2
    await seeing.settles()
    assert "⏱ Süreler yenileniyor: 0 talep kaldı." in seeing.telegram.said(GROUP)


async def test_short_following_says_only_that_it_is_done(seeing: House) -> None:
    await seeing.opened()
    await follows(seeing, promising(first=2))
    told = [words for words in seeing.telegram.said(GROUP) if words.startswith("⏱")]
    assert told == ["⏱ Bütün açık taleplerin süreleri yenilendi."]


async def asked(house: House, command: str, ticket: Ticket, who: Person = ELIF) -> str:
    await house.agent(command, ticket, who)
    await house.settles()
    return house.telegram.said(GROUP)[-1]


async def test_the_history_says_from_what_to_what(seeing: House) -> None:
    ticket = await seeing.opened()
    await seeing.agent("/priority critical", ticket)
    await seeing.agent("/priority low", ticket)
    await seeing.agent("/category Fatura", ticket)
    await seeing.agent("/set type fault", ticket)
    await seeing.agent("/assign @deniz", ticket)
    await seeing.agent("/take", ticket)
    await seeing.agent("/postpone 2d tedarikçi", ticket)
    await seeing.agent("/dev can ABC-1 3d", ticket)
    await seeing.agent("/close spam", ticket, who=BOSS)
    told = await asked(seeing, "/history", ticket)
    changed = [line.split(" · ", 1)[1] for line in told.splitlines() if ": " in line and "«" not in line]
    wanted = (
        "Elif: bilgi güncelledi · Öncelik: Orta → Kritik",
        "Elif: bilgi güncelledi · Öncelik: Kritik → Düşük",
        "Elif: bilgi güncelledi · Kategori: — → Fatura",
        "Elif: bilgi güncelledi · Tür: — → Arıza",
        "Elif: atadı → İnceleniyor · Sorumlu: kimse → Deniz",
        "Elif: üstlendi · Sorumlu: Deniz → Elif",
        "Selin: kapattı → Kapandı · istenmeyen ileti",
    )
    assert [line for line in changed if line in wanted] == list(wanted)
    assert any(re.search(r"erteledi → Ertelendi \(tedarikçi\) · Ertelendi: \d+ \w+ 2026", line) for line in changed)
    assert any(re.search(r"Geliştirme: can · Geliştirme: ABC-1 · Tahmini tarih: \d+ ", line) for line in changed)


def minutes(words: str) -> int:
    """`3 sa 20 dk` as a number."""
    return sum(int(amount) * (60 if unit == "sa" else 1) for amount, unit in re.findall(r"(\d+) (sa|dk)", words))


async def test_why_adds_up_although_its_middle_is_left_out(seeing: House) -> None:
    hours = Calendar(
        name="short",
        zone=seeing.helpdesk.policies.zone,
        week=dict.fromkeys(range(7), (Shift(9 * 60, 9 * 60 + 20), Shift(14 * 60, 14 * 60 + 40))),
    )
    seeing.helpdesk.levels.sla = promising(first=1, resolution=10, calendar="short", calendars={"short": hours})
    ticket = await seeing.opened()
    told = await asked(seeing, "/why", ticket)
    shown = [line for line in told[told.index("Çözüm:") :].splitlines() if line.startswith("  ")]
    [middle] = [line for line in shown if "bölüm daha" in line]
    parts = [line.split(" · ") for line in shown if line is not middle]
    assert len(parts) == 12
    lasted, ran = (minutes(words) for words in middle.split(" · ")[1:])
    assert sum(minutes(part[1]) for part in parts if part[2] == "işledi") + ran == 10 * 60
    [clock] = [one for one in await clockwork.clocks_of(seeing.helpdesk, ticket) if one.kind is RESOLUTION]
    whole = ((clock.deadline or 0) - ticket.created_at) / 60_000
    assert abs(sum(minutes(part[1]) for part in parts) + lasted - whole) < 2, "each is rounded up to a minute"


async def test_why_speaks_the_language_of_whoever_asks_by_the_clock_of_their_own_hours(seeing: House) -> None:
    zone = ZoneInfo("Europe/London")
    always = Calendar(name="always", zone=zone, week=dict.fromkeys(range(7), (Shift(0, 24 * 60),)))
    seeing.helpdesk.levels.sla = promising(calendars={"always": always}, presence=Presence(hours={"elif": "always"}))
    ticket = await seeing.opened()
    await conversations.resolve("telegram", ELIF, seeing.clock.now(), "en")
    soon = seeing.clock.now() + HOUR_MS
    london, istanbul = (datetime.fromtimestamp(soon / 1000, where) for where in (zone, seeing.helpdesk.policies.zone))
    told = await asked(seeing, "/why", ticket)
    assert f"First response: running, 0 min of 1 h used · due: today {london:%H:%M}" in told
    told = await asked(seeing, "/why", ticket, BOSS)
    assert f"İlk yanıt: işliyor, 1 sa sürenin 1 dk kadarı doldu · son: yarın {istanbul:%H:%M}" in told
