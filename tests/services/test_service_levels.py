"""Clocks at work: who is told of which step, once, where it is read, and never of a clock that stands."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.domain.sla.calendar import Calendar, Shift
from bot.domain.sla.policy import ClockKind, Escalation, Policy, Recipient, Sla, Target
from bot.domain.ticket import Priority, Status, Ticket
from bot.domain.timers import TimerKind
from bot.services import levels, upkeep
from config.policies import PolicyError
from store import tickets, timers
from tests.builders import AYSE, BOSS, DENIZ, GROUP, House

MINUTE, HOUR = 60.0, 3600.0
FIRST, RESOLUTION, UPDATE = ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION, ClockKind.NEXT_UPDATE
TARGETS = {FIRST: Target(3_600_000), RESOLUTION: Target(4 * 3_600_000), UPDATE: Target(2 * 3_600_000)}
STEPS = (
    Escalation(clock=FIRST, share=0.75, to=Recipient.ASSIGNEE),
    Escalation(clock=FIRST, to=Recipient.LEAD),
    Escalation(clock=FIRST, after_ms=3_600_000, to=Recipient.ADMIN),
    Escalation(clock=RESOLUTION, to=Recipient.LEAD),
    Escalation(clock=UPDATE, share=0.75, to=Recipient.ASSIGNEE),
    Escalation(clock=UPDATE, to=Recipient.REQUESTER),
)
WAITING = frozenset({Status.PENDING, Status.POSTPONED, Status.SOLUTION_PROPOSED})
LEVELS = Sla(
    default="plain",
    policies={
        "plain": Policy(
            name="plain",
            targets=dict.fromkeys(Priority, TARGETS) | {Priority.CRITICAL: {FIRST: Target(15 * 60_000)}},
            pauses={RESOLUTION: WAITING, UPDATE: WAITING},
            escalations=STEPS,
        )
    },
)

QUICK = replace(
    LEVELS,
    version=1,
    policies={
        "plain": replace(LEVELS.policies["plain"], targets={priority: {FIRST: Target(60_000)} for priority in Priority})
    },
)


@pytest.fixture
def promising(led_house: House) -> House:
    """A desk that promises."""
    led_house.helpdesk.levels.sla = LEVELS
    return led_house


async def armed(ticket: Ticket) -> int | None:
    return (await timers.of_ticket(ticket.id)).get(TimerKind.SLA)


async def test_a_promise_that_nobody_keeps_is_escalated_step_by_step_and_each_step_once(promising: House) -> None:
    ticket = await promising.opened()
    assert await promising.waits(44 * MINUTE) == []
    [warning] = await promising.waits(MINUTE + 1)
    assert warning.startswith(f"⏳ {ticket.label} · İlk yanıt")
    assert await promising.waits(10 * MINUTE) == []
    [broken] = await promising.waits(5 * MINUTE)
    assert broken.startswith(f"🔥 {ticket.label} · İlk yanıt")
    assert broken.endswith("@deniz")
    [late] = await promising.waits(HOUR)
    assert late.endswith("@selin")
    assert await promising.waits(HOUR) == []


@pytest.mark.parametrize("step", [-MINUTE, -3 * HOUR])
async def test_a_clock_set_back_while_a_timer_goes_off_loses_no_step(promising: House, step: float) -> None:
    await promising.opened()
    await promising.settles()
    promising.clock.move(45 * MINUTE)
    due = await timers.claim(promising.helpdesk.epoch, promising.clock.now(), upkeep.LEASE_MS, upkeep.BATCH)
    promising.clock.step(step)
    for timer in due:
        await upkeep.fire(promising.helpdesk, timer)
    assert [words[0] for words in await promising.waits(0)] == ["⏳"]
    assert [words[0] for words in await promising.waits(15 * MINUTE - step)] == ["🔥"]


async def test_an_answer_stops_the_clock_and_arms_the_next_one(promising: House) -> None:
    ticket = await promising.opened()
    await promising.agent("Bakıyorum", ticket)
    assert await armed(ticket) == promising.clock.now() + 90 * 60_000, "the next update, at three quarters of it"
    assert await promising.waits(80 * MINUTE) == []


async def test_a_clock_that_waits_for_the_customer_says_nothing(promising: House) -> None:
    ticket = await promising.opened()
    await promising.agent("/ask Hangi model?", ticket)
    assert await armed(ticket) is None
    assert await promising.waits(20 * HOUR) == []
    await promising.customer("Model 5")
    assert await armed(ticket) is not None


async def test_a_step_that_came_due_is_not_told_once_the_ticket_is_closed(promising: House) -> None:
    ticket = await promising.opened()
    promising.clock.move(46 * MINUTE)
    await upkeep.fired(promising.helpdesk, (await timers.claim("this-process", promising.clock.now(), 1000, 9))[-1])
    await promising.agent("/close spam", ticket, who=DENIZ)
    assert await promising.waits(1) == []


async def test_the_customer_gets_an_honest_line_once_when_the_promised_update_does_not_come(promising: House) -> None:
    ticket = await promising.opened()
    await promising.agent("Bakıyorum", ticket)
    await promising.waits(95 * MINUTE)
    said = len(promising.whatsapp.said())
    await promising.waits(26 * MINUTE)
    await promising.waits(5 * HOUR)
    told = [words for words in promising.whatsapp.said()[said:] if "henüz yeni bir bilgi yok" in words]
    assert len(told) == 1


async def test_many_steps_at_once_are_one_digest_oldest_first(promising: House) -> None:
    labels = []
    for number in range(5):
        who = replace(AYSE, keys=(f"phone:90000000{number:04d}",))
        labels.append((await promising.opened(who=who)).label)
        promising.clock.move(1)
    [digest] = await promising.waits(24 * HOUR)
    lines = [line for line in digest.splitlines() if line.startswith("🔥")]
    assert digest.startswith("⏱ ")
    assert [line.split()[1] for line in lines[:5]] == labels
    assert await promising.waits(24 * HOUR) == []


async def test_who_has_started_the_bot_is_told_directly_instead_of_being_mentioned(promising: House) -> None:
    await promising.customer("/start", who=DENIZ)
    ticket = await promising.opened()
    await promising.waits(46 * MINUTE)
    [broken] = await promising.waits(15 * MINUTE)
    assert "@deniz" not in broken
    [direct] = [call.words for call in promising.telegram.sent if call.chat == "900002" and "🔥" in call.words]
    assert ticket.label in direct


async def test_raising_the_priority_shortens_the_promise_from_the_beginning(promising: House) -> None:
    ticket = await promising.opened()
    await promising.agent("/priority critical", ticket)
    due = ticket.created_at + 15 * 60_000 * 3 // 4
    assert await armed(ticket) == due
    [warning] = await promising.waits(12 * MINUTE)
    assert "İlk yanıt" in warning


async def test_a_day_of_downtime_is_caught_up_once(promising: House) -> None:
    await promising.opened()
    told = await promising.waits(30 * HOUR)
    assert len(told) == 1
    assert await promising.waits(30 * HOUR) == []


async def test_a_clock_set_back_does_not_tear_the_history(promising: House) -> None:
    ticket = await promising.opened()
    promising.clock.move(-3 * HOUR)
    await promising.agent("Bakıyorum", ticket)
    assert (await tickets.get(ticket.id)) is not None
    assert await promising.waits(3 * HOUR + 80 * MINUTE) == []


async def test_why_adds_up_what_ran_and_what_did_not(promising: House) -> None:
    ticket = await promising.opened()
    promising.clock.move(30 * MINUTE)
    await promising.agent("/ask Hangi model?", ticket)
    promising.clock.move(30 * MINUTE)
    await promising.agent("/why", ticket)
    await promising.settles()
    told = promising.telegram.said()[-1]
    assert "İlk yanıt: tutuldu, 1 sa sürenin 30 dk kadarı doldu" in told
    assert "Çözüm: durdu" in told
    assert "durdu: Bilgi bekleniyor" in told


async def test_a_desk_without_levels_arms_nothing(desk_house: House) -> None:
    assert await armed(await desk_house.opened()) is None


@pytest.mark.parametrize(
    ("target", "hours", "told"),
    [
        (Target(15 * 60_000), {}, "15 dk içinde"),
        (Target(5 * 3_600_000), {}, "En geç"),
        (Target(3_600_000, "later"), {"later": (Shift(10 * 60, 11 * 60),)}, "yarın 10:00 itibarıyla"),
    ],
    ids=["soon", "later", "closed-now"],
)
async def test_the_acknowledgement_says_when_the_first_answer_comes(
    desk_house: House, target: Target, hours: dict[str, tuple[Shift, ...]], told: str
) -> None:
    zone = desk_house.helpdesk.policies.zone
    calendars = {
        name: Calendar(name=name, zone=zone, week=dict.fromkeys(range(7), shifts)) for name, shifts in hours.items()
    }
    policy = Policy(name="plain", targets={priority: {FIRST: target} for priority in Priority})
    desk_house.helpdesk.levels.sla = Sla(default="plain", policies={"plain": policy}, calendars=calendars)
    await desk_house.opened()
    assert told in desk_house.whatsapp.said()[0]


async def renewed(house: House) -> int:
    """Let every slice of the tickets follow; returns how many turns with work there were."""
    turns = 0
    while await levels.rearm(house.helpdesk):
        turns += 1
    return turns


async def test_a_new_file_is_followed_by_every_open_ticket_in_slices(promising: House) -> None:
    house, due = promising, {}
    for number in range(levels.SLICE + 2):
        ticket = await house.opened(who=replace(AYSE, keys=(f"phone:90000000{number:04d}",)))
        due[ticket.id] = await armed(ticket)
    house.helpdesk.levels.load = lambda: QUICK
    await house.agent("/reload", who=BOSS)
    assert await renewed(house) == 2
    for ticket_id, before in due.items():
        followed = await tickets.get(ticket_id)
        assert followed is not None
        assert await armed(followed) == followed.created_at + 45_000 != before
        assert (await tickets.history(ticket_id))[-1].reason == "hizmet süreleri değişti"
    await house.settles()
    assert "⏱ Bütün açık taleplerin süreleri yenilendi." in house.telegram.said(GROUP)


async def test_a_file_with_a_mistake_changes_nothing_and_says_why(promising: House) -> None:
    def broken() -> Sla:
        raise PolicyError(Path("sla.toml"), "resolution", "expected: a length", 7)

    promising.helpdesk.levels.load = broken
    await promising.agent("/reload", who=BOSS)
    await promising.settles()
    assert promising.helpdesk.levels.sla is LEVELS
    assert "sla.toml, line 7: resolution" in promising.telegram.said(GROUP)[-1]


async def test_an_own_closed_day_moves_deadlines_and_said_again_moves_them_back(desk_house: House) -> None:
    zone = desk_house.helpdesk.policies.zone
    hours = Calendar(name="days", zone=zone, week=dict.fromkeys(range(7), (Shift(0, 24 * 60),)))
    target = {priority: {FIRST: Target(3_600_000, "days")} for priority in Priority}
    policy = Policy(name="plain", targets=target, escalations=(Escalation(clock=FIRST, to=Recipient.LEAD),))
    desk_house.helpdesk.levels.load = lambda: Sla(
        default="plain", policies={"plain": policy}, calendars={"days": hours}
    )
    await levels.settle(desk_house.helpdesk)
    ticket = await desk_house.opened()
    before = await armed(ticket)
    today = datetime.fromtimestamp(desk_house.clock.now() / 1000, zone).date().isoformat()
    for expected in (True, False):
        await desk_house.agent(f"/closed {today} sayım", who=BOSS)
        await renewed(desk_house)
        assert (await armed(ticket) != before) is expected


async def test_after_a_restart_with_the_same_file_nothing_is_computed_anew(promising: House) -> None:
    promising.helpdesk.levels.load = lambda: LEVELS
    await levels.settle(promising.helpdesk)
    await renewed(promising)
    await levels.settle(promising.helpdesk)
    assert await renewed(promising) == 0
    promising.helpdesk.levels.load = lambda: QUICK
    await promising.opened()
    await levels.settle(promising.helpdesk)
    assert await renewed(promising) == 1
