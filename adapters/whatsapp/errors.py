"""Every way a Graph call can fail, with its consequences. One table serves refused calls and late `failed` receipts.

Codes: support/error-codes of the Cloud API. Meta advises to branch on the code, never on the title.
"""

from dataclasses import dataclass

import httpx
from pywa.errors import WhatsAppError

from bot.domain.errors import Reach, SendError


@dataclass(frozen=True, slots=True)
class _Rule:
    key: str
    reach: Reach = Reach.MESSAGE
    retry_after: float = 0.0  # seconds; more than 0 makes it retryable
    window_closed: bool = False


_WINDOW = _Rule("send-error-window", window_closed=True)
_PAIR_RATE = _Rule("send-error-rate", retry_after=6.0)  # one message per 6 s to the same person
_NUMBER_RATE = _Rule("send-error-rate", Reach.SENDER, retry_after=2.0)
_ACCOUNT_RATE = _Rule("send-error-rate", Reach.SENDER, retry_after=60.0)
_RESTRICTED = _Rule("send-error-rate", Reach.CHANNEL)  # spam or quality limits: waiting alone does not help
_AUTH = _Rule("send-error-auth", Reach.CHANNEL)
_UNREACHABLE = _Rule("send-error-not-reachable", Reach.RECIPIENT)
_HELD_BACK = _Rule("send-error-not-reachable")  # this message only, for reasons of marketing
_TEMPLATE = _Rule("send-error-template")
_TEMPLATE_MISSING = _Rule("send-error-template-missing")
_TEMPLATE_PARAMETERS = _Rule("send-error-template-parameters")
_TEMPLATE_REJECTED = _Rule("send-error-template-rejected")
_TEMPLATE_PAUSED = _Rule("send-error-template-paused")
_TEMPLATE_DISABLED = _Rule("send-error-template-disabled")
_OUR_MISTAKE = _Rule("send-error-bad-request")
_TROUBLE = _Rule("send-error-vendor", retry_after=5.0)
_UNKNOWN = _Rule("send-error-vendor")

_RULES: dict[int, _Rule] = {
    **dict.fromkeys((131047, 470), _WINDOW),
    131056: _PAIR_RATE,
    130429: _NUMBER_RATE,
    **dict.fromkeys((4, 17, 32, 613, 80007, 80008), _ACCOUNT_RATE),
    **dict.fromkeys((131048, 131064, 133016), _RESTRICTED),
    **dict.fromkeys((0, 3, 10, 190, *range(200, 300)), _AUTH),
    **dict.fromkeys((33, 368, 131005, 131031, 131037, 131042, 131045, 133010), _AUTH),
    **dict.fromkeys((130497, 131021, 131026, 131030, 137000), _UNREACHABLE),
    **dict.fromkeys((130472, 131049), _HELD_BACK),
    131050: _Rule("send-error-blocked"),
    **dict.fromkeys((100, 131008, 131009, 131051, 131062), _OUR_MISTAKE),
    131052: _Rule("send-error-media-gone"),
    131053: _Rule("send-error-media-type"),
    **dict.fromkeys((131063, *range(132000, 133000)), _TEMPLATE),
    **dict.fromkeys((132000, 132005, 132008, 132012), _TEMPLATE_PARAMETERS),
    132001: _TEMPLATE_MISSING,
    132007: _TEMPLATE_REJECTED,
    132015: _TEMPLATE_PAUSED,
    132016: _TEMPLATE_DISABLED,
    **dict.fromkeys((1, 2, 131000, 131016, 135000), _TROUBLE),
    131057: _Rule("send-error-vendor", retry_after=60.0),
}
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def explain(code: str, detail: str = "") -> SendError:
    """What a Graph code means, e.g. that of a `failed` receipt: surely not out. Unknown codes are permanent."""
    rule = _RULES.get(int(code), _UNKNOWN) if code.isascii() and code.isdigit() and len(code) < 20 else _UNKNOWN
    return _failure(rule, code, detail)


def refused(error: WhatsAppError) -> SendError:
    """The consequences of an answer of status 400 and above.

    A 5xx may come from anywhere on the way, after the message was taken, whatever its body says; so may an answer
    that is not Graph's own JSON, except for the few statuses whose meaning needs no body.
    """
    status = error.status_code or 0
    own = _is_graphs_own(error)
    detail = f"{error.message}: {error.details}" if error.details else error.message
    if own:
        failure = explain(str(error.code), detail)
        if error.is_transient and not failure.retryable:
            failure = _failure(_TROUBLE, str(error.code), detail)
    else:
        rule = {401: _AUTH, 413: _Rule("send-error-too-large"), 429: _NUMBER_RATE}.get(status, _TROUBLE)
        failure = _failure(rule, str(status), "" if rule is not _TROUBLE else "no answer of Graph's own")
    failure.certain = status < 500 and (own or status in {401, 413, 429})
    failure.retryable = failure.retryable or status >= 500
    failure.retry_after = max(failure.retry_after, _asked_pause(error.raw_response))
    return failure


def broken(error: httpx.HTTPError) -> SendError:
    """The consequences of a call without an answer: harmless only if no connection came about."""
    certain = isinstance(error, _NEVER_SENT)
    key = "send-error-network" if certain else "send-error-unknown-outcome"
    return SendError(key=key, certain=certain, retryable=True, retry_after=1.0, detail=type(error).__name__)


def unreadable(detail: str) -> SendError:
    """A 2xx whose body is not what Graph answers: the message may well be out."""
    return SendError(key="send-error-unknown-outcome", certain=False, retryable=True, retry_after=1.0, detail=detail)


def impossible(key: str, detail: str = "") -> SendError:
    """Something this channel cannot do: never sent, never worth another try."""
    return SendError(key=key, certain=True, retryable=False, detail=detail)


def _failure(rule: _Rule, code: str, detail: str) -> SendError:
    return SendError(
        key=rule.key,
        certain=True,
        retryable=rule.retry_after > 0,
        retry_after=rule.retry_after,
        reach=rule.reach,
        code=code,
        detail=detail,
        window_closed=rule.window_closed,
    )


def _is_graphs_own(error: WhatsAppError) -> bool:
    """pywa makes an error up from the status and the body where Graph's JSON is missing."""
    return error.code != error.status_code or set(error.raw) != {"code", "message"}


def _asked_pause(response: httpx.Response | None) -> float:
    seconds = response.headers.get("Retry-After", "") if response is not None else ""
    return float(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 6 else 0.0
