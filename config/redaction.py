"""What a log must never hold: secrets, phone numbers, names, and what people wrote."""

import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

_WORDS = {"text", "caption", "body", "message", "content", "raw", "payload", "words", "subject", "title", "answers"}
_PEOPLE = {"name", "first_name", "last_name", "full_name", "username", "profile", "contact", "contacts", "email"}
_PHONES = {"phone", "phone_number", "display_phone_number", "wa_id", "recipient_id", "from", "to"}
_PLACES = {"address", "location", "latitude", "longitude"}
_KEYS = {"token", "access_token", "verify_token", "secret", "webhook_secret", "app_secret", "password", "authorization"}
_PRIVATE = _WORDS | _PEOPLE | _PHONES | _PLACES | _KEYS

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), shown)
    for pattern, shown in (
        (r"/bot\d+(?::|%3A)[^/\s'\"]+", "/bot[token]"),
        (r"\b\d{6,}:[A-Za-z0-9_-]{30,}", "[token]"),
        (r"EAA(?<=\bEAA)[A-Za-z0-9]{20,}", "[token]"),
        (r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}", r"\1 [token]"),
        (r"(?i)(token|secret|password|_proof)=[^&\s'\"]+", r"\1=[secret]"),
        # pydantic quotes the value that did not fit, and that is what somebody wrote.
        (r"(?m)input_value=.*?(, input_type=|$)", r"input_value=[private]\1"),
        # A message id of WhatsApp is base64 and has the phone number in it; its end tells messages apart.
        (r"wamid\.[A-Za-z0-9+/=_-]*?([A-Za-z0-9+/_-]{8}=*)(?![A-Za-z0-9+/=_-])", r"wamid.…\1"),
        (r"\b[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{6,128}\b", "[person]"),
        # A minus sign makes it a Telegram group; dates and ticket numbers have no ten digits in a row.
        (r"(?<![\w.-])\+?\d{10,15}(?![\w.]\d)", "[number]"),
        (r"\+\d[\d ()-]{7,}\d", "[number]"),
    )
)


class Redaction:
    """A structlog processor: hides private fields, and private things inside every other text.

    `secrets` are texts to take out wherever they stand. Numbers stay: ids and instants are needed to find a fault.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # The longest first, or a secret that begins like another one would leave its end behind.
        self._secrets = sorted({secret for secret in secrets if len(secret) >= 4}, key=len, reverse=True)

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key, value in event.items():
            event[key] = self._field(key, value)
        return event

    def _field(self, key: object, value: object) -> object:
        return _hidden(value) if isinstance(key, str) and key.lower() in _PRIVATE else self._shown(value)

    def _shown(self, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, bytes | bytearray | memoryview):
            return f"[{len(value)} bytes]"
        if isinstance(value, Mapping):
            return {self.clean(str(key)): self._field(key, inner) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._shown(inner) for inner in value]
        return self.clean(str(value))

    def clean(self, text: str) -> str:
        """`text` without secrets, numbers of phones and what libraries quote."""
        text = self.without_secrets(text)
        for pattern, shown in _PATTERNS:
            text = pattern.sub(shown, text)
        return text

    def without_secrets(self, text: str) -> str:
        """`text` without the secrets that were named; for the operator's own eyes."""
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        return text


def _hidden(value: object) -> object:
    """How much was hidden helps to find a fault; nothing stays nothing."""
    if value is None or value in ("", b""):
        return value
    return f"[{len(value)} hidden]" if isinstance(value, str | bytes | list | tuple | dict) else "[hidden]"
