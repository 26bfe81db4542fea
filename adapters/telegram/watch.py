"""What can go wrong between Telegram and us, looked at regularly, and put right where that is ours to do."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from adapters.telegram.channel import TelegramChannel
from adapters.telegram.doctor import Inspection
from adapters.telegram.updates import Poller
from bot.domain.errors import Reach, SendError
from bot.domain.troubles import Trouble

MANY_WAIT = 10
"""So many updates that wait for a webhook, beside a fresh error, are more than a hiccup."""

FRESH_SECONDS = 120
_PATIENCE = 6.0
_STATUS = {
    "unauthorized": Trouble.TELEGRAM_REFUSED,
    "conflict": Trouble.TELEGRAM_CONFLICT,
    "unreachable": Trouble.TELEGRAM_UNREACHABLE,
    "limited": Trouble.TELEGRAM_UNREACHABLE,
}
_OUTSIDE = {"", "left", "kicked"}
_RULES = {"administrator", "creator"}

Findings = dict[Trouble, str]


class TelegramWatch:
    """Looks at one bot account. With a `poller` there shall be no webhook; without one it shall be `webhook_url`, or
    whichever the operator has set himself where that is empty.

    `point_here` tells Telegram where updates go, once more; it raises `SendError`. `introduced`: whether Telegram has
    been told that a first time. `now` tells the time in epoch milliseconds.
    """

    def __init__(
        self,
        channel: TelegramChannel,
        poller: Poller | None,
        webhook_url: str,
        *,
        point_here: Callable[[], Awaitable[None]],
        introduced: Callable[[], bool],
        now: Callable[[], int],
    ) -> None:
        self._channel = channel
        self._poller = poller
        self._webhook_url = webhook_url
        self._point_here = point_here
        self._introduced = introduced
        self._now = now
        self._conflicts = 0

    async def polling(self) -> Findings:
        """How getting updates goes; a webhook that somebody set makes Telegram refuse it (409), and is removed."""
        poller = self._poller
        if poller is None:
            return {}
        status = "conflict" if poller.conflicts > self._conflicts else poller.status
        self._conflicts = poller.conflicts
        if status not in _STATUS:
            return {}
        told = f"{status} {poller.detail}".strip()
        if status != "conflict" or "webhook" not in poller.detail.lower():
            return {_STATUS[status]: told}
        with contextlib.suppress(SendError, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._point_here()
        return {Trouble.TELEGRAM_WEBHOOK: told}

    async def account(self) -> Findings:
        """Token, webhook, and the agents' groups. Raises `SendError` where Telegram asks to wait: then nobody knows."""
        try:
            async with asyncio.timeout(_PATIENCE):
                seen = await self._channel.inspect()
                return {**await self._ways_in(seen), **_groups(seen)}
        except TimeoutError:
            return {Trouble.TELEGRAM_UNREACHABLE: "no answer in time"}
        except SendError as error:
            return _refusal(error)

    async def _ways_in(self, seen: Inspection) -> Findings:
        if not self._is_right(seen.webhook_url) and self._introduced():
            await self._point_here()
            went = urlsplit(seen.webhook_url).hostname
            return {Trouble.TELEGRAM_WEBHOOK: f"updates went to {went}" if went else "no webhook was set"}
        fresh = self._now() // 1000 - seen.last_error_at < FRESH_SECONDS
        if seen.webhook_url and fresh and seen.pending_updates >= MANY_WAIT:
            return {Trouble.TELEGRAM_DELIVERY: f"{seen.pending_updates} updates wait at Telegram"}
        return {}

    def _is_right(self, url: str) -> bool:
        if self._poller is not None:
            return not url
        return url.rstrip("/") == self._webhook_url if self._webhook_url else bool(url)


def _groups(seen: Inspection) -> Findings:
    found: Findings = {}
    for group in seen.groups:
        if group.problem or group.our_status in _OUTSIDE:
            found[Trouble.GROUP_UNREACHABLE] = group.problem or f"we are not in {group.chat}"
        elif group.our_status not in _RULES and (group.is_forum or not seen.reads_all_messages):
            found[Trouble.GROUP_RIGHTS] = f"we are no administrator of {group.chat}"
        elif group.is_forum and not group.can_manage_topics:
            found[Trouble.GROUP_RIGHTS] = f"no right to manage topics in {group.chat}"
    return found


def _refusal(error: SendError) -> Findings:
    if error.key == "send-error-rate":
        raise error
    kind = Trouble.TELEGRAM_REFUSED if error.reach is Reach.CHANNEL else Trouble.TELEGRAM_UNREACHABLE
    return {kind: f"{error.key} {error.code}".strip()}
