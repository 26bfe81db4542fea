"""Claiming errands, making each as one call, and committing its result right after."""

import math
from functools import partial

import structlog

from bot.crashpoints import reached
from bot.domain.errors import Missing, Reach, SendError
from bot.domain.ledger import WORDS, Errand, ErrandState, Op
from bot.helpdesk import HelpDesk, rung
from bot.measures import ERRANDS
from bot.outbox import bundling, media, repairs, voices
from bot.outbox.accounts import MAIN
from bot.outbox.astray import Astray
from bot.outbox.media import FileLate
from bot.outbox.pacing import Pacer, Plan, backoff_ms
from bot.outbox.performing import NotNow, OutOfTurn, Skipped, perform
from bot.outbox.recalling import recall
from bot.outbox.repairs import LEASE_MS, NETWORK
from bot.outbox.slots import OF_A_CHANNEL, Slots
from bot.services import delivery
from bot.shares import OUTBOX
from store import db, messages, outbox
from store.errors import LeaseLost, is_away
from store.outbox_claim import Turn
from store.patience import until_taken

_TELLING = WORDS | {Op.CARD}
"""Errands whose refusal may speak for the whole channel; a server that merely lacks reactions must not stop words."""

UNKNOWN = SendError(key="send-error-unknown-outcome", certain=False, retryable=True)

log = structlog.get_logger(__name__)


class Outbox:
    """Works off the outbox: one errand of a lane at a time, lanes side by side, budgets kept."""

    def __init__(self, helpdesk: HelpDesk) -> None:
        self._helpdesk = helpdesk
        self._pacer = Pacer(helpdesk)
        self._is_new = True
        self._astray = Astray(helpdesk)
        self._slots = Slots(ended=helpdesk.bells.outbox.set)

    @property
    def stopped_channels(self) -> dict[str, str]:
        """Channels that refuse us as a whole (a revoked token), with the reason's text key."""
        return self._pacer.stopped

    @property
    def troubles(self) -> dict[str, str]:
        """Channels and helping bots that do not write, with the reason's text key."""
        return {**self._pacer.stopped, **self._pacer.accounts.troubles}

    async def serve(self) -> None:
        """Claim and run until closing time."""
        bells = self._helpdesk.bells
        claimed: int | None = 0
        while not bells.closing.is_set():
            bells.outbox.clear()
            claimed = await self._turn(after_failure=claimed is None)
            if not claimed:
                await rung(bells.closing if claimed is None else bells.outbox)

    async def _turn(self, *, after_failure: bool) -> int | None:
        """One round, `None` where it failed. A database that cannot be used for a while ends no worker."""
        try:
            return await self.claim()
        except Exception:
            if not after_failure:
                log.exception("the outbox stands still")
            self._astray.suspected = True
            return None

    async def stop(self, patience: float) -> None:
        """Let the calls under way come to their end, for so many seconds; the outcome of the others is unknown."""
        await self._slots.stop(patience)

    async def claim(self) -> int:
        """Start what may go out now; returns how many errands were claimed."""
        await self._astray.take_back(self._slots.ids())
        helpdesk = self._helpdesk
        if not helpdesk.shares.holds(OUTBOX):
            self._is_new = True
            return 0
        if self._is_new:
            await recall(helpdesk, self._pacer)
            self._is_new = False
        await repairs.send_unreceipted(helpdesk)
        rows = await outbox.claim(
            helpdesk.epoch,
            helpdesk.now(),
            LEASE_MS,
            OF_A_CHANNEL,
            closed_budgets=self._pacer.spent(),
            closed_channels=self._pacer.closed_channels(),
            receipted_channels=repairs.receipted_channels(helpdesk),
            turn=Turn(
                busy=self._slots.busy(),
                by_age=self._pacer.is_turn_of_the_old(),
                fenced=helpdesk.shares.fenced,
            ),
        )
        for claimed in rows:
            errand, plan = await voices.planned_at_all(helpdesk, claimed)
            if not await self._admitted(errand, plan):
                continue
            self._slots.start(errand, self._run(errand))
        return len(rows)

    async def _admitted(self, errand: Errand, plan: Plan) -> bool:
        """Put an errand back that would break a rate."""
        pause = self._pacer.admit(errand, plan)
        if pause:
            due = self._helpdesk.now() + math.ceil(pause * 1000)
            await outbox.retry(errand.id, self._helpdesk.epoch, due, errand.error, tried=False)
        return not pause

    async def recover(self) -> int:
        """Take up what was left in `sending` by others, or by ourselves in a commit that failed."""
        if not self._helpdesk.shares.holds(OUTBOX):
            return 0
        return await repairs.recover(self._helpdesk, all_others=False, busy=self._slots.ids())

    async def drain(self) -> None:
        """Run until nothing is due any more (for tests and the end of a script)."""
        more = True
        while more:
            busy = len(self._slots)
            more = await self.claim() + busy > 0
            await self._slots.empty()

    async def _run(self, errand: Errand) -> None:
        try:
            await self._attempt(errand)
        except LeaseLost:
            self._astray.suspected = True
            log.warning("outbox lease lost", errand=errand.id)
        except Exception:
            self._astray.suspected = True
            log.exception("outbox errand failed", errand=errand.id, op=errand.op)
            await self._admit(errand)
        finally:
            self._pacer.done(errand)

    async def _admit(self, errand: Errand) -> None:
        """Our own failure; where not even that can be written down, the errand is found again by the next turn."""
        try:
            await until_taken(partial(self._unknown, errand, UNKNOWN))
        except Exception:
            log.exception("outbox result not recorded", errand=errand.id)

    async def _attempt(self, errand: Errand) -> None:
        """Make the call; what became of it is written down for as long as the database takes nothing."""
        reached("outbox.claimed")
        enough = 1 if errand.budget and self._pacer.is_tight(errand) else bundling.A_FLOOD
        bundle = [errand]
        try:
            bundle = await bundling.gathered(self._helpdesk, errand, LEASE_MS, at_least=enough)
            ids = await self._called(bundle)
        except Skipped as skipped:
            await until_taken(partial(self._skip, bundle, skipped))
        except NotNow:
            await until_taken(partial(self._shut, errand, unasked=True))
        except FileLate:
            await until_taken(partial(media.comes_later, self._helpdesk, errand))
        except SendError as error:
            for each in bundle:
                await until_taken(partial(self._refused, each, error))
        except OutOfTurn:
            await self._untried(bundle)
        except Exception as error:
            if not is_away(error):
                raise
            self._astray.suspected = True  # of a bundle more may be claimed than we were told
            await self._untried(bundle)
        else:
            await until_taken(partial(self._went, bundle, ids))
        self._astray.settled(bundle)

    async def _called(self, bundle: list[Errand]) -> list[str]:
        if not self._helpdesk.shares.holds(OUTBOX):
            raise OutOfTurn
        self._astray.called(bundle)
        return await perform(self._helpdesk, self._pacer, bundling.merged(bundle))

    async def _untried(self, bundle: list[Errand]) -> None:
        """No call was made."""
        epoch, now = self._helpdesk.epoch, self._helpdesk.now()
        for each in bundle:
            await until_taken(partial(outbox.retry, each.id, epoch, now, each.error, tried=False))

    async def _went(self, bundle: list[Errand], ids: list[str]) -> None:
        """The call went through, and with it the way is free for what could not be said for want of a connection."""
        reached("outbox.called")
        await self._done(bundle, ids)
        reached("outbox.settled")
        if self._pacer.is_back(bundle[0].channel):
            await outbox.hurry(bundle[0].channel, NETWORK, self._helpdesk.now())

    @db.whole
    async def _skip(self, bundle: list[Errand], skipped: Skipped) -> None:
        for errand in bundle:
            await self._settle(errand, ErrandState.EXPIRED, error=skipped.why)
            await delivery.skipped(self._helpdesk, errand)

    @db.whole
    async def _done(self, bundle: list[Errand], ids: list[str]) -> None:
        """Record in one commit that everything in the bundle is out."""
        for errand in bundle:
            await self._settle(errand, ErrandState.SENT, external_id=ids[0] if ids else "")
        if len(bundle) == 1:
            await delivery.sent(self._helpdesk, bundle[0], ids)
        else:
            await delivery.sent_bundled(self._helpdesk, bundle[0], ids[0])
        account = self._pacer.account_of(bundle[0])
        if account != MAIN:
            await messages.written_by(account, bundle[0].budget, ids)
        reached("outbox.before_commit")

    async def _settle(self, errand: Errand, state: ErrandState, *, external_id: str = "", error: str = "") -> None:
        helpdesk = self._helpdesk
        await outbox.settle(errand.id, helpdesk.epoch, state, helpdesk.now(), external_id=external_id, error=error)
        ERRANDS.labels(errand.channel, errand.op, state).inc()
        helpdesk.bells.outbox.set()

    async def _refused(self, errand: Errand, error: SendError) -> None:
        """The error says what follows: wait and try again, give up, park, stop the channel, or admit not to know."""
        account = self._pacer.account_of(errand)
        log.info("send refused", errand=errand.id, op=errand.op, account=account, error=error.key, code=error.code)
        if voices.helper_is_refused(account, error):
            await voices.leave_to_main(self._helpdesk, self._pacer, errand, account, error)
        elif error.reach is Reach.CHANNEL and errand.op in _TELLING:
            self._pacer.stop_channel(errand.channel, error)
            await self._retry(errand, error)
        elif error.moved_to and not errand.budget:
            await self._settle(errand, ErrandState.EXPIRED, error=error.key)
        elif await repairs.mended(self._helpdesk, errand, error):
            await self._retry(errand, error)
        elif error.missing is Missing.CHANGE:
            await self._settle(errand, ErrandState.SENT)
        elif error.window_closed and errand.op in WORDS:
            await self._shut(errand)
        elif not error.certain:
            await self._unknown(errand, error)
        elif error.retryable and repairs.worth_a_try(self._helpdesk, errand, error):
            await self._retry(errand, error)
        else:
            await self._give_up(errand, error)

    @db.whole
    async def _shut(self, errand: Errand, *, unasked: bool = False) -> None:
        """WhatsApp's window closed: an answer is parked, a mere notice is dropped, both visibly."""
        notice = bool(errand.payload.get("notice"))
        await self._settle(errand, ErrandState.EXPIRED if notice else ErrandState.PARKED, error="send-error-window")
        await delivery.parked(self._helpdesk, errand, unasked=unasked)

    async def _retry(self, errand: Errand, error: SendError) -> None:
        """The same errand again in its place, when the platform said or a little later each time."""
        pause = backoff_ms(errand.attempts)
        if error.key == NETWORK:
            self._pacer.cut_off(errand.channel)
        if error.retry_after:
            of_origin = error.reach is Reach.ORIGIN
            rest = error.retry_after if of_origin else self._pacer.obey(errand, error)
            pause = int(rest * 1000)
        now = self._helpdesk.now()
        await outbox.retry(errand.id, self._helpdesk.epoch, now + pause, error.key)

    @db.whole
    async def _give_up(self, errand: Errand, error: SendError) -> None:
        await self._settle(errand, ErrandState.FAILED, error=error.key)
        await delivery.failed(self._helpdesk, errand, error)

    async def _unknown(self, errand: Errand, error: SendError) -> None:
        """Nobody knows whether it went out. What may be done twice is done again; words are another matter."""
        if not repairs.worth_a_try(self._helpdesk, errand, error):
            await self._give_up(errand, error)
        elif errand.op in WORDS:
            await self._doubt(errand, error)
        else:
            await self._retry(errand, error)

    @db.whole
    async def _doubt(self, errand: Errand, error: SendError) -> None:
        await self._settle(errand, ErrandState.UNCERTAIN, error=error.key)
        await repairs.after_unknown(self._helpdesk, errand)
