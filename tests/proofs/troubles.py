"""What the platforms answer in trouble, read by our own tables of errors as from the wire."""

import httpx
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetMe
from aiohttp import ClientConnectorError, ServerDisconnectedError
from aiohttp.client_reqrep import ConnectionKey

from adapters.telegram.errors import send_error
from adapters.whatsapp.errors import broken, explain
from bot.domain.errors import SendError

_CALL = GetMe()
_NOBODY = ConnectionKey("localhost", 1, False, False, None, None, None)


def _telegram_network(cause: Exception) -> SendError:
    error = TelegramNetworkError(_CALL, "trouble")
    error.__cause__ = cause
    return send_error(error)


def refused(channel: str) -> SendError:
    """No connection came about."""
    if channel == "telegram":
        return _telegram_network(ClientConnectorError(_NOBODY, OSError(111, "refused")))
    return broken(httpx.ConnectError("refused"))


def reset(channel: str) -> SendError:
    """The connection broke after the request had gone out."""
    return _telegram_network(ServerDisconnectedError()) if channel == "telegram" else broken(httpx.ReadError("reset"))


def timeout(channel: str) -> SendError:
    """Nobody answered in time."""
    return _telegram_network(TimeoutError()) if channel == "telegram" else broken(httpx.ReadTimeout("late"))


def server_error(channel: str) -> SendError:
    """A 5xx of the platform's own before the call was looked at; nobody here can know that it was before."""
    return send_error(TelegramServerError(_CALL, "Bad Gateway")) if channel == "telegram" else _graph_5xx()


def _graph_5xx() -> SendError:
    failure = explain("131016", "Service unavailable")
    failure.certain, failure.retryable = False, True
    return failure


def flood(channel: str, seconds: int) -> SendError:
    """429: come back after so many seconds."""
    if channel == "telegram":
        return send_error(TelegramRetryAfter(_CALL, "Too Many Requests", seconds))
    failure = explain("130429", "Rate limit hit")
    failure.retry_after = float(seconds)
    return failure


def forbidden(words: str) -> SendError:
    return send_error(TelegramForbiddenError(_CALL, f"Forbidden: {words}"))


def bad_request(words: str) -> SendError:
    return send_error(TelegramBadRequest(_CALL, f"Bad Request: {words}"))


def revoked(channel: str) -> SendError:
    """The token is not valid any more."""
    if channel == "telegram":
        return send_error(TelegramUnauthorizedError(_CALL, "Unauthorized"))
    return explain("190", "Invalid OAuth access token")


def moved(new: str) -> SendError:
    """The group is a supergroup now, with another id."""
    return send_error(TelegramMigrateToChat(_CALL, "group chat was upgraded to a supergroup chat", int(new)))


def graph(code: int) -> SendError:
    """A refusal of the Graph API with this code."""
    return explain(str(code), "as documented")
