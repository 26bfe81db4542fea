"""R22, I19: health tells the truth: within a minute, once, and that it is over."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from structlog.testing import capture_logs

from adapters.sandbox.faults import error, reset_before
from adapters.sandbox.players import General, comes_true
from bot.domain.troubles import KINDS, Grade, Trouble
from bot.health import Check, Register, Watch
from bot.health.checks import job_findings
from bot.health.register import FORGET_MS, News
from bot.health.watch import Findings
from scheduler.jobs import Job
from scheduler.runner import Scheduler
from store.sql import rows
from tests.fakes import HandClock
from tests.proofs import trouble_scenes as scenes
from tests.proofs.proof import Proof
from tests.proofs.trouble_scenes import Scene, Stage, staged

STEP = 5.0
WITHIN = 60.0
LASTS = 120.0
STUCK = frozenset({Trouble.OUTBOX_STUCK})
REVOKED = error(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
EXPIRED = error(401, {"error": {"message": "Error validating access token", "type": "OAuthException", "code": 190}})

POLLING = [
    Scene(name="stuck lane in", trouble=Trouble.INBOX_STUCK, breaks=scenes.stuck_inbox, mends=scenes.freed_inbox),
    Scene(name="stuck lane out", trouble=Trouble.OUTBOX_STUCK, breaks=scenes.stuck_outbox, mends=scenes.freed_outbox),
    Scene(
        name="telegram's token revoked",
        trouble=Trouble.TELEGRAM_REFUSED,
        breaks=scenes.telegram_always(REVOKED),
        mends=scenes.poller_left,
    ),
    Scene(
        name="telegram out of reach",
        trouble=Trouble.TELEGRAM_UNREACHABLE,
        breaks=scenes.telegram_always(reset_before()),
        mends=scenes.poller_left,
    ),
    Scene(
        name="meta's token expired",
        trouble=Trouble.WHATSAPP_REFUSED,
        breaks=scenes.whatsapp_always(EXPIRED),
        mends=scenes.whatsapp_never,
    ),
    Scene(
        name="meta out of reach",
        trouble=Trouble.WHATSAPP_UNREACHABLE,
        breaks=scenes.whatsapp_always(reset_before()),
        mends=scenes.whatsapp_never,
    ),
    Scene(
        name="second poller",
        trouble=Trouble.TELEGRAM_CONFLICT,
        breaks=scenes.second_poller,
        mends=scenes.poller_left,
    ),
    Scene(
        name="webhook while we poll",
        trouble=Trouble.TELEGRAM_WEBHOOK,
        breaks=scenes.webhook_while_we_poll,
        mends=scenes.taken_back,
        within=15.0,
    ),
    Scene(
        name="nobody subscribed",
        trouble=Trouble.WHATSAPP_UNSUBSCRIBED,
        breaks=scenes.unsubscribed,
        mends=scenes.subscribed,
    ),
    Scene(name="disk low", trouble=Trouble.DISK_LOW, breaks=scenes.room(400), mends=scenes.room(100_000)),
    Scene(
        name="disk full",
        trouble=Trouble.DISK_FULL,
        breaks=scenes.room(20),
        mends=scenes.room(100_000),
        beside=frozenset({Trouble.DISK_LOW}),
    ),
    Scene(name="clock wrong", trouble=Trouble.CLOCK, breaks=scenes.clock_off_by(-90), mends=scenes.clock_off_by(0)),
    Scene(
        name="no administrator",
        trouble=Trouble.GROUP_RIGHTS,
        breaks=scenes.bot_becomes("member"),
        mends=scenes.bot_becomes("administrator"),
    ),
    Scene(
        name="thrown out of the group",
        trouble=Trouble.GROUP_UNREACHABLE,
        breaks=scenes.bot_becomes("kicked"),
        mends=scenes.bot_becomes("administrator"),
    ),
    Scene(name="database shut", trouble=Trouble.DATABASE, breaks=scenes.database_shut, mends=scenes.database_open),
    Scene(name="unreadable updates", trouble=Trouble.PARKED, breaks=scenes.unreadable, mends=scenes.told_in_few_lines),
]
WEBHOOK = [
    Scene(name="webhook elsewhere", trouble=Trouble.TELEGRAM_WEBHOOK, breaks=scenes.webhook_elsewhere),
    Scene(name="webhook deleted", trouble=Trouble.TELEGRAM_WEBHOOK, breaks=scenes.webhook_deleted),
    Scene(
        name="webhook refused",
        trouble=Trouble.TELEGRAM_DELIVERY,
        breaks=scenes.webhook_with_another_word,
        mends=scenes.webhook_with_the_right_word,
    ),
]
HEAL_THEMSELVES = {"webhook while we poll", "webhook elsewhere", "webhook deleted", "unreadable updates"}


@pytest.mark.proof("R22")
@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_each_trouble_is_told_within_a_minute_once_and_so_is_its_end(
    proof: Proof, tmp_path: Path, mode: str
) -> None:
    """Red or degraded in time, one alarm however long it lasts, green in time, one line that it is over."""
    random, played, slowest = proof.draw(), 0, 0.0
    async with staged(tmp_path, webhook=mode == "webhook") as stage:
        assert (await page(stage))[1]["reasons"] == []
        for _ in range(proof.size(1, 10)):
            script = list(WEBHOOK if mode == "webhook" else POLLING)
            if proof.full:
                random.shuffle(script)
            for scene in script:
                slowest = max(slowest, await play(stage, scene))
                played += 1
            # A trouble that comes back within the hour is held to flap, and its end is told later each time.
            stage.world.clock.move(2 * FORGET_MS / 1000)
            await stage.app.watch.turn()
    proof.tell(**{f"{mode}_states": played, f"{mode}_slowest_seconds": slowest})


async def play(stage: Stage, scene: Scene) -> float:
    """One scene from its beginning to the end; returns how many (virtual) seconds it took to be seen or to be over."""
    lines = len(alarms(stage))
    with capture_logs() as logs:
        await scene.breaks(stage)
        seen = await passes(stage, lambda: scene.trouble in stage.app.register.active, scene)
        await tells_the_truth(stage, scene)
        healed = 0.0
        if scene.name not in HEAL_THEMSELVES:
            for _ in range(int(LASTS / STEP)):
                await step(stage)
                assert scene.trouble in stage.app.register.active, f"{scene} was forgotten"
        await scene.mends(stage)
        healed = await passes(stage, lambda: scene.trouble not in stage.app.register.active, scene)
        assert healed <= scene.within, f"{scene}: {healed} s until it was over"
        await passes(stage, lambda: not stage.app.register.active, scene)
        await told(stage, scene, lines)
    assert len([entry for entry in logs if entry["event"] == "something is wrong"]) == 1, f"{scene}: one error line"
    assert (await page(stage))[0] == 200
    return max(seen, healed)


async def step(stage: Stage) -> None:
    """Some virtual seconds pass; what should go out by then has gone out."""
    await emptied(stage)
    stage.world.clock.move(STEP)
    await stage.app.watch.turn()


async def emptied(stage: Stage) -> None:
    """Virtual seconds cost no time, sending does: an outbox that is merely busy must not grow old by the minute."""
    if KINDS[Trouble.OUTBOX_STUCK].because & stage.app.register.active.keys():
        return

    async def nothing_waits() -> bool:
        return not await rows("SELECT id FROM outbox WHERE state IN ('pending', 'sending') AND lane <> 'stuck' LIMIT 1")

    await comes_true(nothing_waits, "an empty outbox", 20.0)


async def passes(stage: Stage, comes: Any, scene: Scene) -> float:
    """Let time pass until something has come about; it may take a minute."""
    waited = 0.0
    while not comes():
        await step(stage)
        waited += STEP
        assert waited <= WITHIN, f"{scene}: a minute is over, and health says {stage.app.register.active}"
    return waited


async def tells_the_truth(stage: Stage, scene: Scene) -> None:
    """The page, the status and the metric, over HTTP."""
    status, page_told = await page(stage)
    red = KINDS[scene.trouble].grade is Grade.RED
    names = {reason.partition(":")[0] for reason in page_told["reasons"]}
    assert names <= {scene.trouble, *scene.beside}, scene
    assert scene.trouble in names
    assert (status, page_told["ready"], page_told["degraded"]) == ((503, False, False) if red else (200, True, True))
    async with ClientSession() as http, http.get(f"http://127.0.0.1:{stage.app.port}/metrics") as answer:
        assert f'gise_trouble{{name="{scene.trouble}"}} 1.0' in await answer.text()


async def page(stage: Stage) -> tuple[int, dict[str, Any]]:
    async with ClientSession() as http, http.get(f"http://127.0.0.1:{stage.app.port}/readyz") as answer:
        return answer.status, await answer.json()


async def told(stage: Stage, scene: Scene, before: int) -> None:
    """In the agents' group: the alarm, unless the way there was what failed, and that it is over. Nothing else."""
    kind, text = KINDS[scene.trouble], stage.app.helpdesk.desk_text
    alarm = [] if kind.silent else [f"{text('trouble-raised')}\n• {text(kind.told)}"]
    wanted = len(alarm) + 1

    def enough() -> bool:
        return len(alarms(stage)) >= before + wanted

    for _ in range(int(WITHIN / STEP)):
        if enough():
            break
        await step(stage)
        await emptied(stage)
    new = alarms(stage)[before:]
    assert new[:-1] == alarm, scene
    assert new[-1].startswith(f"{text('trouble-healed')}\n• {text(kind.over)} ("), scene
    assert "\n•" not in new[-1].partition("\n•")[2], scene


def alarms(stage: Stage) -> list[str]:
    """The group's lines about the house, oldest first."""
    headings = tuple(stage.app.helpdesk.desk_text(key) for key in ("trouble-raised", "trouble-healed"))
    return [message["text"] for message in General(stage.world).messages if message["text"].startswith(headings)]


@pytest.mark.proof("R22")
@pytest.mark.parametrize("fault", ["keeps failing", "never ends"])
async def test_a_regular_job_that_does_not_get_done_shows_within_a_minute(proof: Proof, fault: str) -> None:
    """Real runs of a real schedule; its seconds are moved by hand."""
    clock, healthy, runs = HandClock(), asyncio.Event(), asyncio.Queue[str]()
    failing = fault == "keeps failing"

    async def job() -> None:
        runs.put_nowait("began")
        if not healthy.is_set() and failing:
            raise ValueError("broken")
        await healthy.wait()

    schedule = Scheduler([Job("timers", 0.01, job)], clock.monotonic)
    register, told = Register(clock.now), list[News]()

    async def look() -> Findings:
        return job_findings(schedule.successes, clock.monotonic())

    async def tell(news: News) -> bool:
        told.append(news)
        return True

    watch = Watch(clock, register, [Check(name="jobs", look=look, seconds=5, again=5)], tell)
    schedule.start()
    await runs.get()
    seen = await elapsed(clock, watch, lambda: Trouble.JOBS in register.active, runs if failing else None)
    await elapsed(clock, watch, lambda: bool(told), runs if failing else None)
    healthy.set()
    healed = await elapsed(clock, watch, lambda: not register.active, runs)
    await elapsed(clock, watch, lambda: len(told) == 2, runs)
    await schedule.stop()
    assert [set(news.raised) for news in told] == [{Trouble.JOBS}, set()]
    assert [{trouble for trouble, _ in news.healed} for news in told] == [set(), {Trouble.JOBS}]
    proof.tell(seen_seconds=seen, healed_seconds=healed)


async def elapsed(clock: HandClock, watch: Watch, comes: Callable[[], bool], runs: asyncio.Queue[str] | None) -> float:
    """How many seconds it takes until something has come about, a minute at most; with `runs`, each step sees some."""
    for turn in range(int(WITHIN / STEP) + 1):
        if comes():
            return turn * STEP
        clock.move(STEP)
        if runs is not None:
            await one_whole_run(runs)
        await watch.turn()
    raise AssertionError("a minute is over")


async def one_whole_run(runs: asyncio.Queue[str]) -> None:
    """Wait until a run that begins from now on has ended: until the one after it begins."""
    while not runs.empty():
        runs.get_nowait()
    for _ in range(2):
        await runs.get()
