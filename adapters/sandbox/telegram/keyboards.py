"""What Telegram demands of reply markup."""

from typing import Any

from adapters.sandbox.telegram.errors import ApiError, Json, bad_request
from adapters.sandbox.telegram.params import Params

MAX_CALLBACK_DATA = 64
"""Bytes, not characters (core.telegram.org/bots/api#inlinekeyboardbutton)."""
MAX_BUTTONS = 100

_ACTIONS = frozenset(
    {
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    }
)
_OTHER_MARKUPS = ("keyboard", "remove_keyboard", "force_reply")


def reply_markup(params: Params, *, inline_only: bool = False) -> Json:
    """The field `reply_markup` as a message shows it: inline keyboards only, others live in the client."""
    markup = params.mapping("reply_markup")
    if not markup:
        return {}
    if "inline_keyboard" not in markup:
        if inline_only or not any(name in markup for name in _OTHER_MARKUPS):
            raise bad_request("object expected as reply markup")
        return {}
    rows = [[_button(button) for button in row] for row in _rows(markup["inline_keyboard"]) if row]
    if sum(len(row) for row in rows) > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def _rows(keyboard: object) -> list[list[Any]]:
    if not isinstance(keyboard, list) or not all(isinstance(row, list) for row in keyboard):
        raise _unreadable('Field "inline_keyboard" must be of type Array of Arrays')
    return keyboard


def _button(button: object) -> Json:
    if not isinstance(button, dict):
        raise _unreadable("expected an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise _unreadable('Field "text" must be of type String')
    if not text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    actions = _ACTIONS & button.keys()
    if not actions:
        raise _unreadable("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _unreadable("exactly one action must be set")
    _check_data(button)
    return button


def _check_data(button: Json) -> None:
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= MAX_CALLBACK_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not str(url).startswith(("http://", "https://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _unreadable(why: str) -> ApiError:
    return bad_request(f"can't parse inline keyboard button: {why}")
