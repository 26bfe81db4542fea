"""Rules between variables. Each looks at the texts as given, so that one start names every problem at once."""

import json
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from urllib.parse import urlsplit

TELEGRAM_API = "https://api.telegram.org"
WHATSAPP_API = "https://graph.facebook.com"
_VENDOR_DOMAINS = ("telegram.org", "facebook.com", "whatsapp.com", "fbsbx.com")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NO = ("false", "no", "off", "0", "f", "n")

_SANDBOX_ONLY = ("GISE_CLOCK__OFFSET_FILE", "GISE_CHAOS__CRASH_AT", "GISE_TELEGRAM__GROUP_WRITES_PER_MINUTE")

_MORE_GROUPS = "GISE_TELEGRAM__MORE_GROUPS"
_DESK_TOKENS = "GISE_TELEGRAM__DESK_TOKENS"

_WHATSAPP_NEEDED = {
    "GISE_WHATSAPP__TOKEN": "the access token of the app's system user",
    "GISE_WHATSAPP__PHONE_NUMBER_ID": "the id (not the number) under WhatsApp > API Setup",
    "GISE_WHATSAPP__APP_SECRET": "the app secret under App settings > Basic; it proves that webhooks come from Meta",
    "GISE_WHATSAPP__VERIFY_TOKEN": "a word of your own that you also type into Meta's webhook form",
}
_WHATSAPP_GIVEN = (*_WHATSAPP_NEEDED, "GISE_WHATSAPP__BUSINESS_ACCOUNT_ID")


def problems(values: Mapping[str, str], known: frozenset[str]) -> Iterator[str]:
    """One sentence for each rule that `values` (variable name to text, empty ones left out) breaks."""
    yield from _unknown(values, known)
    yield from _desk(values)
    yield from _capacity(values)
    yield from _whatsapp(values)
    yield from _webhook(values)
    yield from _sandbox_only(values)


def has_whatsapp(values: Mapping[str, str]) -> bool:
    """Whether any credential of WhatsApp is given; a base or version alone configures nothing."""
    return any(name in values for name in _WHATSAPP_GIVEN)


def _unknown(values: Mapping[str, str], known: frozenset[str]) -> Iterator[str]:
    for name in sorted(values.keys() - known):
        close = get_close_matches(name, known, n=1)
        advice = f"did you mean {close[0]}?" if close else "remove it; deploy/.env.example lists every variable"
        yield f"{name} is not a variable of Gişe: {advice}"


def _desk(values: Mapping[str, str]) -> Iterator[str]:
    if "GISE_TELEGRAM__TOKEN" not in values:
        yield "GISE_TELEGRAM__TOKEN is missing: agents work in Telegram; set it to your bot's token from @BotFather"
    if "GISE_TELEGRAM__AGENT_GROUP_ID" not in values:
        yield (
            "GISE_TELEGRAM__AGENT_GROUP_ID is missing: set it to the id of the agents' group, "
            "a negative number such as -1001234567890"
        )
    if values.get("GISE_TELEGRAM__CUSTOMERS", "").lower() in _NO and not has_whatsapp(values):
        yield (
            "GISE_TELEGRAM__CUSTOMERS is off and WhatsApp is not configured, so no customer could write: "
            "switch it on or set the GISE_WHATSAPP__* variables"
        )


def _capacity(values: Mapping[str, str]) -> Iterator[str]:
    """A group or a bot that counts twice would be written to, or write, at twice the platform's rate."""
    more = (one.get("id") for one in _listed(values, _MORE_GROUPS) if isinstance(one, dict))
    chats = [values.get("GISE_TELEGRAM__AGENT_GROUP_ID", ""), *map(str, more)]
    for chat in _twice(chats):
        yield f"{_MORE_GROUPS} must name each agents' group once, and GISE_TELEGRAM__AGENT_GROUP_ID not again: {chat}"
    tokens = [values.get("GISE_TELEGRAM__TOKEN", ""), *map(str, _listed(values, _DESK_TOKENS))]
    for bot in _twice([token.partition(":")[0] for token in tokens]):
        yield f"{_DESK_TOKENS} must name each bot once, and that of GISE_TELEGRAM__TOKEN not again: bot {bot}"


def _listed(values: Mapping[str, str], name: str) -> list[object]:
    """A JSON list as far as it is one; what is wrong with it, its type says."""
    try:
        found: object = json.loads(values.get(name, "[]"))
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if name and names.count(name) > 1})


def _whatsapp(values: Mapping[str, str]) -> Iterator[str]:
    if not has_whatsapp(values):
        return
    for name, meaning in _WHATSAPP_NEEDED.items():
        if name not in values:
            yield (
                f"{name} is missing: set it to {meaning}, "
                "or remove every GISE_WHATSAPP__* variable to run without WhatsApp"
            )


def _webhook(values: Mapping[str, str]) -> Iterator[str]:
    if values.get("GISE_TELEGRAM__MODE", "").lower() != "webhook":
        return
    secret, url = values.get("GISE_TELEGRAM__WEBHOOK_SECRET", ""), values.get("GISE_TELEGRAM__WEBHOOK_URL", "")
    base = values.get("GISE_TELEGRAM__API_BASE", TELEGRAM_API)
    # Updates of a server on this machine cannot be forged from outside, so a short secret does there.
    least = 1 if urlsplit(base).hostname in _LOOPBACK else 32
    if not re.fullmatch(rf"[A-Za-z0-9_-]{{{least},256}}", secret):
        fault = "does not fit" if secret else "is missing"
        yield (
            f"GISE_TELEGRAM__WEBHOOK_SECRET {fault}: webhook mode needs {least} to 256 characters of A-Z a-z 0-9 _ -, "
            "for example from: openssl rand -hex 32"
        )
    # Somebody else's Bot API server may have been told our address already; Telegram itself has to be told by us.
    if is_vendor(base) and urlsplit(url).scheme != "https":
        fault = "is not an https address" if url else "is missing"
        yield (
            f"GISE_TELEGRAM__WEBHOOK_URL {fault}: webhook mode needs the public address of /webhooks/telegram, "
            "such as https://help.example.org/webhooks/telegram"
        )


def _sandbox_only(values: Mapping[str, str]) -> Iterator[str]:
    """What a test needs would harm real people: a moved clock closes their tickets, a crash delays their answers."""
    bases = {"GISE_TELEGRAM__API_BASE": values.get("GISE_TELEGRAM__API_BASE", TELEGRAM_API)}
    if has_whatsapp(values):
        bases["GISE_WHATSAPP__API_BASE"] = values.get("GISE_WHATSAPP__API_BASE", WHATSAPP_API)
    real = [name for name, base in bases.items() if is_vendor(base)]
    for given in (name for name in _SANDBOX_ONLY if name in values):
        for base in real:
            yield (
                f"{given} is for sandboxes and tests only, but {base} leads to the real platform: "
                f"remove {given}, or set the base to your test server"
            )


def is_vendor(base: str) -> bool:
    """Whether an API base leads to Telegram or Meta themselves."""
    host = (urlsplit(base).hostname or "").rstrip(".")
    return any(host == domain or host.endswith(f".{domain}") for domain in _VENDOR_DOMAINS)
