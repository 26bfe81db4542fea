"""What a person with Telegram does on the page: a customer in the private chat, an agent in the group."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.sandbox.page.orders import Order, OrderRefused
from adapters.sandbox.telegram import TelegramServer

KINDS = frozenset({"photo", "video", "document", "voice", "audio", "animation", "sticker", "video_note"})


@dataclass
class Seats:
    """Who, by the page's acts, blocked the bot or left the group: the API server keeps this to itself."""

    blocked: set[int] = field(default_factory=set)
    away: set[int] = field(default_factory=set)


def act(server: TelegramServer, seats: Seats, user_id: int, order: Order) -> dict[str, Any]:
    """Carry out one order as that user; OrderRefused when Telegram knows no such act."""
    move = _MOVES.get(order.text("do"))
    if move is not None:
        move(server, seats, user_id, order)
        return {}
    deed = _DEEDS.get(order.text("do"))
    if deed is None:
        raise OrderRefused(f"nobody can '{order.text('do')}' on Telegram")
    return deed(server, user_id, order)


def _place(server: TelegramServer, order: Order) -> dict[str, Any]:
    """Where the act happens: the private chat with the bot, or a topic of the agents' group."""
    if order.optional_text("place") != "desk":
        return {"chat_id": None, "thread_id": None}
    return {"chat_id": server.group_id, "thread_id": order.optional_number("topic")}


def _chat_id(server: TelegramServer, user_id: int, order: Order) -> int:
    return server.group_id if order.optional_text("place") == "desk" else user_id


def _posted(message: Mapping[str, Any]) -> dict[str, Any]:
    return {"message": message["message_id"]}


def _say(server: TelegramServer, user_id: int, order: Order) -> dict[str, Any]:
    return _posted(
        server.say(
            user_id,
            order.text("text"),
            reply_to=order.optional_number("reply_to"),
            **_place(server, order),
        )
    )


def _send_file(server: TelegramServer, user_id: int, order: Order) -> dict[str, Any]:
    kind = order.text("kind")
    if kind == "image":
        kind = "photo"
    if kind not in KINDS:
        raise OrderRefused(f"'kind' must be one of {', '.join(sorted(KINDS))}")
    return _posted(
        server.send_file(
            user_id,
            kind,
            order.data(),
            name=order.optional_text("name"),
            mime=order.optional_text("mime"),
            caption=order.optional_text("caption"),
            reply_to=order.optional_number("reply_to"),
            **_place(server, order),
        )
    )


def _send_location(server: TelegramServer, user_id: int, order: Order) -> dict[str, Any]:
    where = _place(server, order)
    return _posted(server.send_location(user_id, order.real("latitude"), order.real("longitude"), **where))


def _send_contact(server: TelegramServer, user_id: int, order: Order) -> dict[str, Any]:
    where = _place(server, order)
    return _posted(server.send_contact(user_id, order.text("phone"), order.text("name"), **where))


def _press(server: TelegramServer, user_id: int, order: Order) -> dict[str, Any]:
    query_id = server.press(
        user_id,
        _chat_id(server, user_id, order),
        order.number("message"),
        title=order.optional_text("title") or None,
        data=order.optional_text("id") or None,
    )
    return {"answer": query_id}


def _react(server: TelegramServer, user_id: int, order: Order) -> dict[str, Any]:
    emoji = order.optional_text("emoji") or None
    server.react(user_id, _chat_id(server, user_id, order), order.number("message"), emoji)
    return {}


def _edit(server: TelegramServer, user_id: int, order: Order) -> dict[str, Any]:
    chat_id = _chat_id(server, user_id, order)
    return _posted(server.edit(user_id, chat_id, order.number("message"), order.text("text")))


def _block(server: TelegramServer, seats: Seats, user_id: int, order: Order) -> None:
    if order.switch("on"):
        server.block(user_id)
        seats.blocked.add(user_id)
    else:
        server.unblock(user_id)
        seats.blocked.discard(user_id)


def _join(server: TelegramServer, seats: Seats, user_id: int, order: Order) -> None:
    server.join_group(user_id, status=order.optional_text("status") or "member")
    seats.away.discard(user_id)


def _leave(server: TelegramServer, seats: Seats, user_id: int, _order: Order) -> None:
    server.leave_group(user_id)
    seats.away.add(user_id)


_DEEDS: Mapping[str, Callable[[TelegramServer, int, Order], dict[str, Any]]] = {
    "say": _say,
    "send_file": _send_file,
    "send_location": _send_location,
    "send_contact": _send_contact,
    "press": _press,
    "react": _react,
    "edit": _edit,
}
_MOVES: Mapping[str, Callable[[TelegramServer, Seats, int, Order], None]] = {
    "block": _block,
    "join": _join,
    "leave": _leave,
}
