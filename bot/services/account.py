"""Our own account at WhatsApp under watch: read regularly, and at once when a webhook says that something changed."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.domain.account import WELL, AccountReport, TemplateReport, fault_of, rated
from bot.domain.errors import SendError
from bot.domain.message import AccountChanged
from bot.helpdesk import HelpDesk
from bot.measures import TEMPLATES
from bot.services import templates
from store import conditions, db
from store.conditions import Condition

EVERY_MS = 600_000
AGAIN_MS = 60_000
"""After a failed look the next one comes sooner; and no two are closer together, whatever webhooks come: Meta allows
an account 200 management calls an hour (PLATFORMS.md, limits)."""

LOOK_SECONDS = 30.0

_NUMBER_QUALITY, _NUMBER_STATUS = "number:quality", "number:status"
_CONNECTED = "CONNECTED"

log = structlog.get_logger(__name__)


class AccountWatch:
    """Looks at the account when it is time; `troubles` is what is wrong with it as far as we know."""

    def __init__(self, helpdesk: HelpDesk, look: Callable[[], Awaitable[AccountReport]]) -> None:
        """`look` asks the platform; raises `SendError`."""
        self._helpdesk = helpdesk
        self._look = look
        self._looked_at = self._next_at = 0
        self.troubles: dict[str, str] = {}

    async def tick(self) -> None:
        """Read the account if that is due: at the start, every ten minutes, after a webhook about it."""
        now, bell = self._helpdesk.now(), self._helpdesk.bells.account
        rung = bell.is_set()
        set_back = now < self._looked_at
        if now >= self._next_at or (rung and now >= self._looked_at + AGAIN_MS) or set_back:
            bell.clear()
            self._looked_at = now
            self._next_at = now + (EVERY_MS if await self._read(now) else AGAIN_MS)
            rung = True
        if rung:
            await self._show()

    async def _read(self, now: int) -> bool:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                report = await self._look()
        except (SendError, TimeoutError) as error:
            log.warning("the whatsapp account cannot be read", error=str(error) or type(error).__name__)
            return False
        async with db.transaction():
            await learned(self._helpdesk, report, asked_at=now)
        self._helpdesk.bells.outbox.set()
        return True

    async def _show(self) -> None:
        """Bring the troubles and the gauges up to date."""
        known = {each.subject: each for each in await conditions.known()}
        fresh = self._helpdesk.now() - templates.TRUST_MS
        self.troubles = {}
        for (name, language), purposes in _wanted(self._helpdesk).items():
            found = known.get(templates.subject_of(name, language))
            faulty = found is not None and found.seen_at > fresh and found.state not in {WELL, templates.ABSENT}
            for purpose in purposes:
                TEMPLATES.labels(purpose, language).set(0 if faulty else 1)
                if found is not None and faulty:
                    self._add(f"template {purpose}", f"{found.state} ({language})")
        for subject, what in ((_NUMBER_STATUS, "number"), (_NUMBER_QUALITY, "quality")):
            state = _state(known.get(subject))
            if state != WELL:
                self._add(what, state)

    def _add(self, name: str, what: str) -> None:
        self.troubles[name] = ", ".join(filter(None, (self.troubles.get(name, ""), what)))


def _state(found: Condition | None) -> str:
    return found.state if found else WELL


def _wanted(helpdesk: HelpDesk) -> dict[tuple[str, str], list[str]]:
    """Name and language of every template that may be needed, and what for."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for purpose, name in helpdesk.policies.templates.items():
        for language in helpdesk.texts.locales:
            wanted.setdefault((name, language), []).append(purpose)
    return wanted


async def changed(helpdesk: HelpDesk, event: AccountChanged) -> None:
    """A webhook about the account: what it says counts at once, and the account is read soon to be sure."""
    helpdesk.bells.account.set()
    if event.restriction:
        await templates.tell(helpdesk, [helpdesk.desk_text("alarm-account", event=event.restriction)])
    if event.template and event.status:
        await templates.changed(helpdesk, event.template, event.language, event.status, event.at)


async def learned(helpdesk: HelpDesk, report: AccountReport, *, asked_at: int) -> None:
    """Compare the account with how it was seen last; every change becomes one line in the agents' main group.

    What a webhook told after `asked_at` is newer than the report.
    """
    lines = [await _quality_of_number(helpdesk, report), await _status_of_number(helpdesk, report)]
    for (name, language), purposes in _wanted(helpdesk).items() if report.examined else ():
        template, known = report.template(name, language), await conditions.of(templates.subject_of(name, language))
        if known is not None and known.seen_at > asked_at:
            continue
        fault = next(filter(None, (fault_of(template, purpose) for purpose in purposes)), None)
        state = fault.value if fault else WELL
        if template is None and _never_made(helpdesk, language, known):
            state = templates.ABSENT
        lines.append(await templates.noticed(helpdesk, name, language, state))
        lines.append(await _quality_of_template(helpdesk, template))
    await templates.tell(helpdesk, lines)


def _never_made(helpdesk: HelpDesk, language: str, known: Condition | None) -> bool:
    """Only the desk's own language is a must; another one that was there once is missed too."""
    return language != helpdesk.policies.locale and (known is None or known.state == templates.ABSENT)


async def _quality_of_template(helpdesk: HelpDesk, template: TemplateReport | None) -> str:
    if template is None:
        return ""
    state = rated(template.quality)
    if not await _moved(helpdesk, f"quality:{template.name}:{template.language}", state):
        return ""
    key = "alarm-template-quality-good" if state == WELL else "alarm-template-quality"
    return helpdesk.desk_text(key, name=template.name, language=template.language, quality=template.quality)


async def _quality_of_number(helpdesk: HelpDesk, report: AccountReport) -> str:
    state = rated(report.quality)
    if not await _moved(helpdesk, _NUMBER_QUALITY, state):
        return ""
    key = "alarm-number-quality-good" if state == WELL else "alarm-number-quality"
    return helpdesk.desk_text(key, quality=report.quality, limit=report.limit)


async def _status_of_number(helpdesk: HelpDesk, report: AccountReport) -> str:
    """A status that Meta does not tell is no news."""
    state = WELL if report.status in {"", _CONNECTED} else report.status.lower()
    if not await _moved(helpdesk, _NUMBER_STATUS, state):
        return ""
    key = "alarm-number-status-good" if state == WELL else "alarm-number-status"
    return helpdesk.desk_text(key, status=report.status)


async def _moved(helpdesk: HelpDesk, subject: str, state: str) -> bool:
    """Remember how something stands; whether that is another state than before."""
    before = _state(await conditions.of(subject))
    await conditions.save(subject, state, helpdesk.now())
    return state != before
