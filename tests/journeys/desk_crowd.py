"""What the stories about several groups and several bots share: looking into any group, and waiting for a post."""

from typing import Any

from adapters.sandbox.world import World

SECOND, BILLING = -1001000000002, -1001000000003

Message = dict[str, Any]


def posts(world: World, chat: int) -> list[Message]:
    """Everything with words in a group, oldest first."""
    return [message for message in world.telegram.messages(chat) if message.get("text")]


async def shown(world: World, chat: int, *fragments: str) -> Message:
    """Wait for a bot's post in this group that contains all fragments."""

    def found() -> Message | None:
        for message in posts(world, chat):
            if message["from"]["is_bot"] and all(fragment in message["text"] for fragment in fragments):
                return message
        return None

    return await world.changes.wait_for(found, 10.0, what=f"the group {chat} to show {fragments}")


def thread_of(message: Message) -> int:
    return int(message["message_thread_id"])
