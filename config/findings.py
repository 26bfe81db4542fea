"""The doctor's verdicts: what was found out about an account, in a line that says what to do. No network here."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from adapters.telegram.doctor import INSIDE, GroupInspection, HelperInspection, Inspection
from adapters.telegram.updates import ALLOWED_UPDATES
from bot.domain.account import WELL, AccountReport, Fault, TemplateReport, fault_of, rated
from bot.domain.errors import Reach, SendError
from config.sections import Telegram
from config.settings import WhatsApp

MANY_WAITING = 100
_RULES = ("creator", "administrator")


_WRONG = {
    Fault.PAUSED: "is paused",
    Fault.DISABLED: "is disabled",
    Fault.REJECTED: "was rejected",
    Fault.IN_REVIEW: "is being reviewed",
    Fault.MISSING: "does not exist",
    Fault.PARAMETERS: "has other variables than the ticket's number",
    Fault.BUTTONS: "does not begin its buttons with a quick reply",
}
_ADVICE = {
    Fault.PAUSED: "Meta lets it go again after some hours; better wording keeps it from being paused for good",
    Fault.DISABLED: "Meta keeps it disabled: make a new one under another name",
    Fault.REJECTED: "edit it in WhatsApp Manager and submit it again, or appeal",
    Fault.IN_REVIEW: "wait for Meta, a day at most",
    Fault.MISSING: "make it in WhatsApp Manager, category Utility, in exactly this language",
    Fault.PARAMETERS: "its body must contain {{1}} and no other variable, header and links none at all",
    Fault.BUTTONS: "make its first button a quick reply such as: Show answer",
}


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
    if group.problem or group.our_status not in INSIDE:
        yield bad(
            f"{name}: the bot is not in it ({group.problem or group.our_status})",
            f"add @{seen.username} to the group as an administrator and check {_variable(group, seen)}",
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


def _variable(group: GroupInspection, seen: Inspection) -> str:
    """Where the id of this group was written."""
    return "GISE_TELEGRAM__AGENT_GROUP_ID" if group is seen.groups[0] else "GISE_TELEGRAM__MORE_GROUPS"


def helper(seen: HelperInspection) -> Finding:
    """A bot that lends its writes to the desk."""
    name = f"Helper bot {f'@{seen.username}' if seen.username else seen.bot_id}"
    if seen.problem:
        return bad(f"{name}: the token is refused ({seen.problem})", "renew its token in GISE_TELEGRAM__DESK_TOKENS")
    if seen.absent_from:
        missing = ", ".join(seen.absent_from)
        return bad(f"{name}: it is not in the group {missing}", "add it there as a member, or take its token away")
    return good(f"{name}: the token is valid, and it is in every agents' group")


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


def whatsapp(settings: WhatsApp, seen: AccountReport, languages: Sequence[str] = ("tr",)) -> Iterator[Finding]:
    """The number, who gets its webhooks, and the templates for closed windows; the first language is the desk's."""
    limit = f", limit {seen.limit}" if seen.limit else ""
    yield good(f"WhatsApp: the token is valid, the number is {seen.phone} ({seen.verified_name}){limit}")
    if seen.status not in {"", "CONNECTED"}:
        yield odd(f"WhatsApp: the number's status is {seen.status}", "see WhatsApp Manager > Phone numbers")
    if rated(seen.quality) != WELL:
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
            "GISE_WHATSAPP__VERIFY_TOKEN, and subscribe to messages, message_template_status_update, "
            "message_template_quality_update, phone_number_quality_update and account_update",
        )
    if settings.templates:
        yield from _templates(settings, seen, languages)
        return
    approved = [f"{one.name} ({one.language})" for one in seen.templates if one.status == "APPROVED"]
    if approved:
        yield good(f"WhatsApp: approved templates are {_names(approved)}")
    else:
        yield odd(
            "WhatsApp: there is no approved template",
            "without one, an answer more than 24 hours after the customer's last message waits for the next one",
        )


def _templates(settings: WhatsApp, seen: AccountReport, languages: Sequence[str]) -> Iterator[Finding]:
    """Each configured template in each language: does it fit, is it approved, and how is it rated?"""
    for purpose, name in settings.templates.items():
        for language in languages:
            template = seen.template(name, language)
            what = f"WhatsApp: GISE_WHATSAPP__TEMPLATE_{purpose.upper()}={name} ({language})"
            fault = fault_of(template, purpose)
            if fault is None:
                yield good(f"{what} is approved and fits")
            elif template is None and language != languages[0]:
                near = _near(seen, name, language)
                yield odd(f"{what} does not exist{near}", f"add this language, or the one in {languages[0]} is sent")
            else:
                near = _near(seen, name, language) if template is None else ""
                yield bad(f"{what} {_WRONG[fault]}{near}", _ADVICE[fault])
            if template is not None:
                yield from _rating(what, template)


def _near(seen: AccountReport, name: str, language: str) -> str:
    """`en_US` is another language than `en` for Meta, which is easily overlooked."""
    others = [one.language for one in seen.templates if one.name == name and one.language.startswith(f"{language}_")]
    return f", but in {_names(others)}" if others else ""


def _rating(what: str, template: TemplateReport) -> Iterator[Finding]:
    if rated(template.quality) != WELL:
        yield odd(f"{what} is rated {template.quality}", "send it less often or word it better before Meta pauses it")
    if template.category == "MARKETING":
        yield odd(f"{what} counts as MARKETING", "it costs more and may be held back; word it as a plain notice")


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
