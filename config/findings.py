"""The doctor's verdicts: what was found out about an account, in a line that says what to do. No network here."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from adapters.telegram.doctor import GroupInspection, Inspection
from adapters.telegram.updates import ALLOWED_UPDATES
from adapters.whatsapp.account import AccountReport
from bot.domain.errors import Reach, SendError
from config.settings import Telegram, WhatsApp

MANY_WAITING = 100
_INSIDE = ("creator", "administrator", "member", "restricted")
_RULES = ("creator", "administrator")


class Mark(StrEnum):
    GOOD = "✔"
    BAD = "✘"
    ODD = "!"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what is the case and, unless it is good, what to do."""

    mark: Mark
    what: str
    advice: str = ""

    @property
    def bad(self) -> bool:
        return self.mark is Mark.BAD

    def __str__(self) -> str:
        return f"{self.mark} {self.what}" + (f" → {self.advice}" if self.advice else "")


def good(what: str) -> Finding:
    return Finding(Mark.GOOD, what)


def bad(what: str, advice: str) -> Finding:
    return Finding(Mark.BAD, what, advice)


def odd(what: str, advice: str) -> Finding:
    return Finding(Mark.ODD, what, advice)


def refusal(platform: str, base: str, error: SendError) -> Finding:
    """A platform would not even tell us who we are. `platform` is TELEGRAM or WHATSAPP, as in the variables."""
    if error.key == "send-error-network":
        return bad(
            f"{platform.title()}: {base} cannot be reached ({error.detail})",
            f"check the network and a proxy, and GISE_{platform}__API_BASE",
        )
    if error.key == "send-error-auth" or error.reach is Reach.CHANNEL:
        return bad(f"{platform.title()}: the token is refused ({error.code})", f"renew GISE_{platform}__TOKEN")
    return bad(
        f"{platform.title()}: an unexpected answer ({error.code} {error.detail})",
        f"check the ids and GISE_{platform}__API_BASE, then try again",
    )


def telegram(settings: Telegram, seen: Inspection) -> Iterator[Finding]:
    """The bot, its agents' groups, and where updates go."""
    yield good(f"Telegram: the token is valid, the bot is @{seen.username}")
    for group in seen.groups:
        yield from _group(group, seen)
    yield from _webhook(settings, seen)


def _group(group: GroupInspection, seen: Inspection) -> Iterator[Finding]:
    name = f"Agents' group {group.title or group.chat}"
    if group.problem or group.our_status not in _INSIDE:
        yield bad(
            f"{name}: the bot is not in it ({group.problem or group.our_status})",
            f"add @{seen.username} to the group as an administrator and check GISE_TELEGRAM__AGENT_GROUP_ID",
        )
        return
    yield good(f"{name}: the bot is in it")
    rules = group.our_status in _RULES
    if not group.is_forum:
        yield odd(f"{name}: it has no topics", "agents answer by replying; for a topic per ticket switch Topics on")
    elif group.can_manage_topics:
        yield good(f"{name}: it has topics and the bot may manage them")
    else:
        yield bad(f"{name}: the bot may not manage topics", "make it an administrator with the right Manage Topics")
    if not rules and not seen.reads_all_messages:
        yield bad(
            f"{name}: privacy mode hides the agents' messages from the bot",
            "make the bot an administrator, or @BotFather > /setprivacy > Disable and add the bot to the group again",
        )
    elif not rules:
        yield odd(
            f"{name}: the bot is no administrator",
            "make it one, or it will see neither agents' reactions nor who joins and leaves",
        )
    else:
        yield good(f"{name}: the bot sees all messages, reactions and members")


def _webhook(settings: Telegram, seen: Inspection) -> Iterator[Finding]:
    # A webhook's path may be meant as a secret, its host is not.
    host = urlsplit(seen.webhook_url).hostname or seen.webhook_url
    call = f"{settings.api_base}/bot$GISE_TELEGRAM__TOKEN"
    if settings.mode == "polling" and seen.webhook_url:
        yield bad(
            f"Telegram: updates go to a webhook at {host}, so polling gets none",
            f'remove it with curl "{call}/deleteWebhook", or set GISE_TELEGRAM__MODE=webhook',
        )
    elif settings.mode == "polling":
        yield good("Telegram: no webhook is set, polling works")
    elif settings.webhook_url and seen.webhook_url.rstrip("/") != settings.webhook_url:
        found = f"the webhook leads to {host}, not to GISE_TELEGRAM__WEBHOOK_URL" if host else "no webhook is set"
        yield odd(f"Telegram: {found}", "nothing to do before the first start: gise run sets it")
    elif not seen.webhook_url:
        yield bad(
            "Telegram: no webhook is set, so no update arrives",
            "set GISE_TELEGRAM__WEBHOOK_URL, or tell the server yourself: "
            f'curl "{call}/setWebhook" -F url=YOUR_ADDRESS/webhooks/telegram '
            '-F secret_token="$GISE_TELEGRAM__WEBHOOK_SECRET" '
            f"-F 'allowed_updates={json.dumps(ALLOWED_UPDATES)}'",
        )
    else:
        yield good(f"Telegram: the webhook is set to {host}")
    if seen.pending_updates > MANY_WAITING:
        yield odd(
            f"Telegram: {seen.pending_updates} updates wait to be fetched",
            "start Gişe within a day, after 24 hours Telegram forgets them",
        )


def whatsapp(settings: WhatsApp, seen: AccountReport) -> Iterator[Finding]:
    """The number, who gets its webhooks, and the templates for closed windows."""
    yield good(f"WhatsApp: the token is valid, the number is {seen.phone} ({seen.verified_name})")
    if seen.quality in {"YELLOW", "RED"}:
        yield odd(f"WhatsApp: Meta rates the number {seen.quality}", "see WhatsApp Manager before Meta limits it")
    if not settings.business_account_id:
        yield odd(
            "WhatsApp: webhooks and templates were not examined", "set GISE_WHATSAPP__BUSINESS_ACCOUNT_ID for that"
        )
        return
    if seen.apps:
        yield good(f"WhatsApp: webhooks go to {_names(seen.apps)}")
    else:
        yield bad(
            "WhatsApp: no app gets the webhooks, so no message arrives",
            "Meta app > WhatsApp > Configuration: callback URL https://<your host>/webhooks/whatsapp, "
            "GISE_WHATSAPP__VERIFY_TOKEN, and subscribe to the field messages",
        )
    if seen.templates:
        yield good(f"WhatsApp: approved templates are {_names(f'{name} ({lang})' for name, lang in seen.templates)}")
    else:
        yield odd(
            "WhatsApp: there is no approved template",
            "without one, an answer more than 24 hours after the customer's last message waits for the next one",
        )


def clock(name: str, skew: float | None) -> Finding:
    """`skew`: seconds by which we are ahead of the platform, `None` where it would not tell its time."""
    if skew is None:
        return odd(f"Clock: {name} did not tell its time", "compare this machine's clock yourself")
    if abs(skew) > 60:
        way = "ahead of" if skew > 0 else "behind"
        return bad(
            f"Clock: this machine is {abs(skew):.0f} s {way} {name}",
            "set it right (timedatectl set-ntp true), or deadlines and the 24-hour window are wrong",
        )
    return good(f"Clock: within a minute of {name}")


def _names(names: Iterable[str], most: int = 8) -> str:
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more
