"""Is this POST Meta's? HMAC-SHA256 over the raw bytes, compared in constant time, on bytes."""

import hmac
from collections.abc import Sequence

HEADER = "X-Hub-Signature-256"
_PREFIX = b"sha256="


def sign(secret: str, body: bytes) -> str:
    """The header's value for `body`, e.g. `sha256=9f86d0…` (webhooks/create-webhook-endpoint, Validation)."""
    return (_PREFIX + _digest(secret, body)).decode()


def is_signed(headers: Sequence[str], body: bytes, secrets: Sequence[str]) -> bool:
    """Whether the one signature header fits the body under one of the app secrets (two while one is replaced)."""
    if len(headers) != 1:
        return False
    # Text with other than ASCII makes compare_digest raise, so both sides are bytes.
    given = headers[0].encode("utf-8", "surrogateescape")
    fits = [hmac.compare_digest(given, _PREFIX + _digest(secret, body)) for secret in secrets]
    return any(fits)


def same_token(given: str, expected: str) -> bool:
    """Constant-time equality of two texts, whatever letters they hold."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


def _digest(secret: str, body: bytes) -> bytes:
    return hmac.digest(secret.encode(), body, "sha256").hex().encode()
