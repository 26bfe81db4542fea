"""One table from Telegram's refusals, and aiogram's exceptions, to `SendError` with its consequences."""

import re
from dataclasses import dataclass
from functools import singledispatch

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError, ConnectionTimeoutError, InvalidURL

from bot.domain.errors import Missing, Reach, SendError

_TOKEN = re.compile(r"bot\d+:[\w-]+")
_LONGEST_DETAIL = 300
# A 429 that does not say how long to wait.
_DEFAULT_WAIT = 5.0


@dataclass(frozen=True, slots=True)
class _Refusal:
    """`words` (lower case, part of Telegram's description) mean `key`, and what follows from it."""

    words: str
    key: str
    reach: Reach = Reach.MESSAGE
    missing: Missing | None = None


_BLOCKED = "send-error-blocked"
_UNREACHABLE = "send-error-not-reachable"
_CHAT_GONE = "send-error-chat-gone"
_RIGHTS = "send-error-rights"
_MEDIA_TYPE = "send-error-media-type"
_MEDIA_GONE = "send-error-media-gone"
_TOO_LARGE = "send-error-too-large"
_BAD = "send-error-bad-request"

# Telegram names no codes below the HTTP status; its descriptions are all there is. The first match counts.
_REFUSALS = (
    _Refusal("message is not modified", _BAD, missing=Missing.CHANGE),
    _Refusal("topic_not_modified", _BAD, missing=Missing.CHANGE),
    _Refusal("message thread not found", _BAD, missing=Missing.THREAD),
    _Refusal("topic_deleted", _BAD, missing=Missing.THREAD),
    _Refusal("topic_id_invalid", _BAD, missing=Missing.THREAD),
    _Refusal("message to edit not found", _BAD, missing=Missing.MESSAGE),
    _Refusal("message to be replied not found", _BAD, missing=Missing.MESSAGE),
    _Refusal("message to reply not found", _BAD, missing=Missing.MESSAGE),
    _Refusal("replied message not found", _BAD, missing=Missing.MESSAGE),
    _Refusal("message to react not found", _BAD, missing=Missing.MESSAGE),
    _Refusal("message not found", _BAD, missing=Missing.MESSAGE),
    _Refusal("message_id_invalid", _BAD, missing=Missing.MESSAGE),
    _Refusal("query is too old", _BAD, missing=Missing.MESSAGE),
    _Refusal("query_id_invalid", _BAD, missing=Missing.MESSAGE),
    _Refusal("bot was blocked", _BLOCKED, Reach.RECIPIENT),
    _Refusal("user is deactivated", _CHAT_GONE, Reach.RECIPIENT),
    _Refusal("can't initiate conversation", _UNREACHABLE, Reach.RECIPIENT),
    _Refusal("bot was kicked", _CHAT_GONE, Reach.RECIPIENT),
    _Refusal("bot is not a member", _CHAT_GONE, Reach.RECIPIENT),
    _Refusal("chat not found", _CHAT_GONE, Reach.RECIPIENT),
    _Refusal("peer_id_invalid", _CHAT_GONE, Reach.RECIPIENT),
    _Refusal("group chat was deleted", _CHAT_GONE, Reach.RECIPIENT),
    _Refusal("group chat was upgraded", "send-error-moved", Reach.RECIPIENT),
    _Refusal("chat_write_forbidden", _RIGHTS, Reach.RECIPIENT),
    _Refusal("no rights to send", _RIGHTS, Reach.RECIPIENT),
    _Refusal("not enough rights", _RIGHTS),
    _Refusal("need administrator rights", _RIGHTS),
    _Refusal("chat_admin_required", _RIGHTS),
    _Refusal("chat is not a forum", _RIGHTS, missing=Missing.FORUM),
    _Refusal("topic_closed", _RIGHTS, missing=Missing.OPEN_THREAD),
    _Refusal("file is too big", _TOO_LARGE),
    _Refusal("too big for a photo", _TOO_LARGE),
    _Refusal("entity too large", _TOO_LARGE),
    _Refusal("wrong file identifier", _MEDIA_GONE),
    _Refusal("wrong remote file", _MEDIA_GONE),
    _Refusal("wrong file_id", _MEDIA_GONE),
    _Refusal("invalid file_id", _MEDIA_GONE),
    _Refusal("file_reference_", _MEDIA_GONE),
    _Refusal("can't use file of type", _MEDIA_TYPE),
    _Refusal("photo_invalid", _MEDIA_TYPE),
    _Refusal("photo_ext_invalid", _MEDIA_TYPE),
    _Refusal("image_process_failed", _MEDIA_TYPE),
    _Refusal("voice_messages_forbidden", _MEDIA_TYPE),
    _Refusal("file must be non-empty", _MEDIA_TYPE),
)


@singledispatch
def send_error(error: Exception) -> SendError:
    """What a failed call means; the most specific class below decides. Anything else could not even be written."""
    return refused(_BAD, f"{type(error).__name__}: the request could not be written")


@send_error.register
def _(error: TelegramRetryAfter) -> SendError:
    return rate_limited(float(error.retry_after), _words(error))


@send_error.register
def _(error: TelegramMigrateToChat) -> SendError:
    return SendError(
        key="send-error-moved",
        certain=True,
        retryable=True,
        reach=Reach.RECIPIENT,
        code="400",
        moved_to=str(error.migrate_to_chat_id),
    )


@send_error.register
def _(error: TelegramEntityTooLarge) -> SendError:
    return refused(_TOO_LARGE, _words(error), code="413")


@send_error.register
def _(error: TelegramNetworkError) -> SendError:
    """aiogram wraps every trouble of aiohttp alike; the cause tells whether a connection was ever made."""
    cause = error.__cause__
    detail = type(cause or error).__name__
    if isinstance(cause, ClientConnectorError | ConnectionTimeoutError | InvalidURL):
        return refused("send-error-network", detail, retryable=True)
    return uncertain("send-error-unknown-outcome", detail)


@send_error.register
def _(error: TelegramServerError) -> SendError:
    return uncertain("send-error-vendor", _words(error), code="5xx")


@send_error.register(TelegramUnauthorizedError)
@send_error.register(TelegramNotFound)
def _(error: TelegramAPIError) -> SendError:
    # Bot API methods answer 404 to a token of the wrong form; a chat that does not exist is a 400.
    code = "401" if isinstance(error, TelegramUnauthorizedError) else "404"
    return refused("send-error-auth", _words(error), code=code, reach=Reach.CHANNEL)


@send_error.register
def _(error: TelegramConflictError) -> SendError:
    return refused("send-error-vendor", _words(error), code="409", retryable=True)


@send_error.register
def _(error: TelegramAPIError) -> SendError:
    words = _words(error)
    if "too many requests" in words.lower():
        return rate_limited(_DEFAULT_WAIT, words)
    forbidden = isinstance(error, TelegramForbiddenError)
    code = "403" if forbidden else "400"
    for refusal in _REFUSALS:
        if refusal.words in words.lower():
            return refused(refusal.key, words, code=code, reach=refusal.reach, missing=refusal.missing)
    if forbidden:
        return refused(_UNREACHABLE, words, code=code, reach=Reach.RECIPIENT)
    return refused(_BAD, words, code=code)


@send_error.register
def _(error: ClientDecodeError) -> SendError:
    # The answer may hold people's words, so nothing of it goes into the log.
    return uncertain("send-error-vendor", f"unreadable answer: {type(error.original).__name__}")


def refused(
    key: str,
    detail: str,
    *,
    code: str = "",
    reach: Reach = Reach.MESSAGE,
    missing: Missing | None = None,
    retryable: bool = False,
) -> SendError:
    """Surely not out."""
    return SendError(key=key, certain=True, retryable=retryable, reach=reach, code=code, detail=detail, missing=missing)


def uncertain(key: str, detail: str, *, code: str = "") -> SendError:
    """Perhaps out, perhaps not; safe to repeat only where a repetition does no harm."""
    return SendError(key=key, certain=False, retryable=True, code=code, detail=detail)


def rate_limited(seconds: float, detail: str) -> SendError:
    """Telegram asks to wait so many seconds."""
    return SendError(
        key="send-error-rate", certain=True, retryable=True, retry_after=seconds, code="429", detail=detail
    )


def _words(error: TelegramAPIError) -> str:
    """Telegram's own description, without our token."""
    return _TOKEN.sub("bot…", error.message)[:_LONGEST_DETAIL]
