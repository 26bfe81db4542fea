"""Which health checks there are, how often each looks, and what it looks at."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial

from adapters.servertime import clock_findings
from adapters.telegram.updates import Poller
from adapters.telegram.watch import TelegramWatch
from adapters.whatsapp import watch as whatsapp_watch
from bot.domain.troubles import Trouble
from bot.health import Check, Register, Watch
from bot.health.checks import Success, inside, stopped_findings
from bot.health.register import News
from bot.health.watch import Findings
from bot.helpdesk import HelpDesk
from bot.services import alarms
from bot.services.account import AccountWatch
from bot.shares import HOUSEKEEPING
from config.platforms import Introduction, Platforms
from config.probes import Probes
from config.settings import Settings

_UNREACHABLE = frozenset({Trouble.TELEGRAM_UNREACHABLE, Trouble.WHATSAPP_UNREACHABLE})


class Lookout:
    """Makes the watch over one running house. `probes` ask the machine, `account` knows our WhatsApp account, `jobs`
    tell when each regular job last ended well, `stopped` names the channels and bots that are refused as a whole."""

    def __init__(
        self, settings: Settings, helpdesk: HelpDesk, probes: Probes, account: AccountWatch | None = None
    ) -> None:
        self._settings = settings
        self._account = account
        self._helpdesk = helpdesk
        self._probes = probes
        self.register = Register(helpdesk.now)

    def watch(
        self,
        platforms: Platforms,
        poller: Poller | None,
        introduction: Introduction,
        *,
        stopped: Callable[[], Mapping[str, str]],
        jobs: Callable[[], Iterable[Success]],
    ) -> Watch:
        """All checks, those of the platforms after those of the house."""
        checks = [
            *inside(self._helpdesk, self.register, lambda: self._probes.space(self._settings.data_dir), jobs),
            *self._channels(platforms, stopped),
            *self._telegram(platforms, poller, introduction),
            *self._clock(),
        ]
        return Watch(self._helpdesk.clock, self.register, checks, self._tell)

    async def _tell(self, news: News) -> bool:
        """One of several workers tells the agents; what another one sees stands in its `/readyz`, untold."""
        if not self._helpdesk.shares.holds(HOUSEKEEPING):
            return False
        await alarms.tell(self._helpdesk, news.raised, news.healed)
        return True

    def _channels(self, platforms: Platforms, stopped: Callable[[], Mapping[str, str]]) -> list[Check]:
        async def refusing() -> Findings:
            return stopped_findings(stopped())

        async def account() -> Findings:
            troubles = self._account.troubles if self._account else {}
            told = "; ".join(f"{what}: {state}" for what, state in troubles.items())
            return {Trouble.WHATSAPP_ACCOUNT: told} if told else {}

        checks = [
            Check(name="channels", look=refusing, seconds=5, again=5),
            Check(name="whatsapp account", look=account, seconds=5, again=5),
        ]
        whatsapp = platforms.whatsapp
        if whatsapp is not None:
            # Meta allows an account 200 management calls an hour (PLATFORMS.md, limits).
            checks.append(
                Check(
                    name="whatsapp",
                    look=partial(self._by_one, partial(whatsapp_watch.account, whatsapp)),
                    seconds=36,
                    again=20,
                    doubted=_UNREACHABLE,
                    at_once=False,
                )
            )
        return checks

    async def _by_one(self, look: Callable[[], Awaitable[Findings]]) -> Findings:
        """What one worker asks for all: the platform counts our questions, not our workers."""
        return await look() if self._helpdesk.shares.holds(HOUSEKEEPING) else {}

    def _telegram(self, platforms: Platforms, poller: Poller | None, introduction: Introduction) -> list[Check]:
        watch = TelegramWatch(
            platforms.telegram,
            poller,
            self._settings.telegram.webhook_url or "",
            point_here=introduction.tell_where_updates_go,
            introduced=lambda: introduction.done,
            now=self._helpdesk.now,
        )
        return [
            Check(name="polling", look=watch.polling, seconds=5, again=5, doubted=_UNREACHABLE),
            Check(name="telegram", look=watch.account, seconds=45, again=10, doubted=_UNREACHABLE, at_once=False),
        ]

    def _clock(self) -> list[Check]:
        settings = self._settings
        bases = [settings.telegram.api_base, *([settings.whatsapp.api_base] if settings.whatsapp else [])]
        return [
            Check(
                name="clock",
                look=lambda: clock_findings(bases, self._probes.time),
                seconds=50,
                again=30,
                at_once=False,
            )
        ]
