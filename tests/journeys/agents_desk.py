"""What the agents' stories share: an opened ticket, toasts, marks and waiting for what must not happen."""

from typing import Any

from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Phone, Topic, topic
from adapters.sandbox.world import World

NUMBER = "#2026-000001"


async def opened_ticket(world: World, customer: Phone, text: str = "Yazıcı çalışmıyor", number: str = NUMBER) -> Topic:
    """The customer's first message, and the topic that it opened."""
    customer.says(text)
    await customer.hears(number)
    return await topic(world, number)


async def toast(world: World, pressed: dict[str, Any]) -> str:
    """What the bot answered to a press."""
    query_id = pressed["answer"]
    await world.changes.wait_for(lambda: query_id in world.telegram.answers(), 10, what="the answer to a press")
    return str(world.telegram.answers()[query_id].get("text") or "")


async def marked(world: World, desk: Topic, message: object, emoji: str) -> None:
    """Wait until the bot's reaction on an agent's message is this one."""

    def shown() -> bool:
        return any(reaction["emoji"] == emoji for reaction in desk.message(message)["reactions"])

    await world.changes.wait_for(shown, 10, what=f"{emoji} on {desk.message(message)['text']!r}")


async def told(world: World, desk: Topic, message: object, *fragments: str) -> None:
    """Wait for a reply of the bot to this very message that contains all fragments."""
    typed = desk.message(message)["text"]

    def replies() -> list[str]:
        mine = [
            one for one in desk.messages if one["author"]["bot"] and (one.get("reply_to") or {}).get("text") == typed
        ]
        return [one["text"] for one in mine if all(fragment in one["text"] for fragment in fragments)]

    await world.changes.wait_for(replies, 10, what=f"{fragments} in reply to {typed!r}")


async def answered(world: World, customer: Phone, desk: Topic, word: str = "Bir dakika") -> None:
    """A later answer on the same lane has arrived: whatever should have come before it has come, or never will."""
    desk.writes(ELIF.user_id, word)
    await customer.hears(word)


def heard(customer: Phone) -> str:
    """Everything the desk ever said on this phone."""
    return "\n".join(message["text"] for message in customer.messages if not message["out"])


def towards_customers(world: World) -> str:
    """Every call that could reach a customer, as text: all of WhatsApp, and Telegram outside the agents' group."""
    group = str(world.telegram.group_id)
    private = [call.params for call in world.telegram.calls if str(call.params.get("chat_id", "")) != group]
    return repr(list(world.whatsapp.calls)) + repr(private)
