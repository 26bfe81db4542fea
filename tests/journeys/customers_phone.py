"""What the customers' stories share: an opened ticket, answers to presses on either channel, forged presses."""

import asyncio
from typing import Any

from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Drawn, Phone, Topic, newest_button, offered, seen, topic, topics
from adapters.sandbox.world import World
from config.app import App

NUMBER = "#2026-000001"
SECOND = "#2026-000002"
MINUTE = 60.0
DAY = 24 * 3600.0
LOOKS = 500


async def opened(world: World, customer: Phone, text: str = "Yazıcı çalışmıyor", number: str = NUMBER) -> Topic:
    """The customer's first message, and the topic that shows it."""
    customer.says(text)
    await customer.hears(number)
    desk = await topic(world, number)
    await desk.shows("👤", text)
    return desk


async def proposed(world: World, customer: Phone, words: str = "Kabloyu takıp yeniden deneyin.") -> Topic:
    """A ticket that waits for the customer to accept or reject."""
    desk = await opened(world, customer)
    desk.writes(ELIF.user_id, f"/propose {words}")
    await customer.hears(words)
    return desk


async def closed(world: World, customer: Phone) -> Topic:
    """A ticket that the customer closed by accepting."""
    desk = await proposed(world, customer)
    customer.presses("Kabul")
    await customer.hears(NUMBER, "kapandı")
    return desk


async def later(world: World, app: App, seconds: float) -> None:
    """Move the clock, and wait until Gişe has looked at it."""
    world.clock.move(seconds)
    wanted = (world.clock.now() - 1) * 1000
    for _ in range(LOOKS):
        if app.helpdesk.now() >= wanted:
            return
        await asyncio.sleep(0.01)
    raise TimeoutError(f"Gişe did not notice that the clock moved by {seconds:g} s")


async def reply_to(world: World, customer: Phone, done: Drawn) -> str:
    """What a press was answered with: a toast on Telegram, a message on WhatsApp."""
    if "answer" not in done:
        return str((await customer.hears())["text"])
    query = done["answer"]
    answer = await seen(world, lambda: world.telegram.answers().get(query), "the answer to a press")
    return str(answer.get("text") or "")


async def forges(world: World, customer: Phone, token: str) -> str:
    """Press a button that nobody offered; returns what the press was answered with."""
    channel, _, address = customer.key.partition(":")
    if channel == "whatsapp":
        choice = {"type": "button_reply", "button_reply": {"id": token, "title": "x"}}
        done = {"message": world.whatsapp.send_raw(address, {"type": "interactive", "interactive": choice})}
        return await reply_to(world, customer, done)
    chat = {"id": int(address), "type": "private", "first_name": "x"}
    press = {"from": chat | {"is_bot": False}, "chat_instance": "1", "data": token}
    query = f"forged-{len(world.telegram.calls)}"
    world.telegram.queue_update({"callback_query": press | {"id": query, "message": _somewhere(chat)}})

    def answers() -> list[str]:
        calls = [call for call in world.telegram.calls if call.params.get("callback_query_id") == query]
        return [str(call.params.get("text", "")) for call in calls]

    return (await seen(world, answers, f"an answer to {token!r}"))[0]


def press(customer: Phone, title: str) -> Drawn:
    """Press the newest button of that title; what comes back is for `reply_to`."""
    message, button = newest_button(customer.messages, title)
    return customer.does("press", message=message["id"], title=button["title"])


def _somewhere(chat: Drawn) -> Drawn:
    return {"message_id": 1, "date": 1, "chat": chat, "text": "x"}


async def status_of(customer: Phone, number: str = NUMBER) -> str:
    """The status as the customer is told it: `Yeni`, `İnceleniyor` …"""
    customer.says(f"/status {number}")
    told = await customer.hears(f"{number} · ")
    return str(told["text"].splitlines()[0].partition(" · ")[2])


async def history_of(desk: Topic) -> str:
    """The ticket's whole story, as `/history` tells it in its topic."""
    desk.writes(ELIF.user_id, "/history")
    return str((await desk.shows("🕘 #"))["text"])


async def offers(world: World, customer: Phone, title: str) -> list[str]:
    """Wait until the newest message with choices offers one with this title; returns all its titles."""

    def found() -> list[str] | None:
        newest = next((message for message in reversed(customer.messages) if offered(message)), None)
        titles = [choice["title"] for choice in offered(newest)] if newest else []
        return titles if any(title in one for one in titles) else None

    return await seen(world, found, f"{customer.key} to be offered {title!r}")


def heard(customer: Phone) -> list[str]:
    """Everything the desk ever said on this phone, oldest first."""
    return [message["text"] for message in customer.messages if not message["out"]]


def relayed(desk: Topic) -> list[str]:
    """The customer's words as the topic shows them, oldest first."""
    return [message["text"] for message in desk.messages if message["text"].startswith("👤")]


def group(world: World) -> list[str]:
    """What stands in the agents' group outside the tickets' topics."""
    drawn: list[dict[str, Any]] = world.desk()["topics"]
    general = next(one for one in drawn if one["thread_id"] is None)
    return [message["text"] for message in general["messages"]]


def tickets(world: World) -> int:
    """How many tickets have a topic."""
    return len(topics(world))
