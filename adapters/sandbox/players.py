"""People of the sandbox as a script plays them: they say, press and send, and wait for what they should see."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from adapters.sandbox.world import World

Drawn = dict[str, Any]
Seen = TypeVar("Seen")

PATIENCE = 10.0
"""Seconds a player waits for something to appear."""
_GLANCE = 0.02


class Phone:
    """A customer's phone, on either platform. `hears` reads on from the message heard last."""

    def __init__(self, world: World, key: str) -> None:
        self._world = world
        self.key = key
        self._heard = 0

    @property
    def messages(self) -> list[Drawn]:
        """The chat as the phone shows it, oldest first."""
        shown: list[Drawn] = self._world.phone(self.key)["messages"]
        return shown

    def does(self, deed: str, **details: object) -> Drawn:
        """Any act of the control API, as this customer."""
        return self._world.act({"do": deed, "who": self.key, **details})

    def says(self, text: str, **details: object) -> Any:
        """Write a message; returns its id on this phone."""
        return self.does("say", text=text, **details)["message"]

    def sends(self, kind: str, data: bytes, *, name: str, mime: str, caption: str = "") -> Any:
        """Send a file; returns the message's id."""
        encoded = base64.b64encode(data).decode()
        return self.does("send_file", kind=kind, data=encoded, name=name, mime=mime, caption=caption)["message"]

    def presses(self, title: str) -> Drawn:
        """Press the newest button, or pick the newest list row, whose title contains the words; returns the button."""
        message, button = newest_button(self.messages, title)
        self.does("press", message=message["id"], title=button["title"])
        return button

    async def hears(self, *fragments: str) -> Drawn:
        """Wait for a message of the desk, after the one heard last, that contains all fragments."""

        def found() -> Drawn | None:
            for index, message in enumerate(self.messages[self._heard :], start=self._heard):
                if not message["out"] and says_all(message, fragments):
                    self._heard = index + 1
                    return message
            return None

        return await seen(self._world, found, f"{self.key} to hear {fragments}")


class Topic:
    """A ticket's topic in the agents' group, found by a part of its name."""

    def __init__(self, world: World, fragment: str) -> None:
        self._world = world
        self._fragment = fragment

    @property
    def drawn(self) -> Drawn:
        return next(topic for topic in topics(self._world) if self._fragment in topic["name"])

    @property
    def name(self) -> str:
        name: str = self.drawn["name"]
        return name

    @property
    def messages(self) -> list[Drawn]:
        shown: list[Drawn] = self.drawn["messages"]
        return shown

    @property
    def card(self) -> Drawn:
        """The bot's first post."""
        return next(message for message in self.messages if message["author"]["bot"] and message["text"])

    def writes(self, agent: int, text: str, **details: object) -> Any:
        """An agent writes here; returns the message's id."""
        return self.does(agent, "say", text=text, **details)["message"]

    def does(self, agent: int, deed: str, **details: object) -> Drawn:
        """Any act of the control API, as this agent, in this topic."""
        where = {"place": "desk", "topic": self.drawn["thread_id"]}
        return self._world.act({"do": deed, "who": f"telegram:{agent}", **where, **details})

    def sends(self, agent: int, kind: str, data: bytes, *, name: str, mime: str, caption: str = "") -> Any:
        encoded = base64.b64encode(data).decode()
        done = self.does(agent, "send_file", kind=kind, data=encoded, name=name, mime=mime, caption=caption)
        return done["message"]

    def presses(self, agent: int, title: str) -> Drawn:
        message, button = newest_button(self.messages, title)
        return self.does(agent, "press", message=message["id"], title=button["title"])

    def message(self, message_id: object) -> Drawn:
        return next(message for message in self.messages if message["id"] == message_id)

    async def shows(self, *fragments: str, within: float = PATIENCE) -> Drawn:
        """Wait until some post here contains all fragments."""

        def found() -> Drawn | None:
            return next((message for message in self.messages if says_all(message, fragments)), None)

        return await seen(self._world, found, f"the topic {self._fragment} to show {fragments}", within)

    async def is_called(self, *fragments: str) -> str:
        """Wait until the topic's name contains all fragments."""

        def found() -> str | None:
            return self.name if all(fragment in self.name for fragment in fragments) else None

        return await seen(self._world, found, f"the topic {self._fragment} to be called {fragments}")


class General(Topic):
    """What stands in the group outside every topic; of a group that is no forum, everything."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "")

    @property
    def drawn(self) -> Drawn:
        return next(topic for topic in self._world.desk()["topics"] if topic["thread_id"] is None)


def topics(world: World) -> list[Drawn]:
    """The group's topics without General."""
    drawn: list[Drawn] = world.desk()["topics"]
    return [topic for topic in drawn if topic["thread_id"] is not None]


async def topic(world: World, fragment: str) -> Topic:
    """Wait for the topic whose name contains the fragment and whose card is there."""
    found = Topic(world, fragment)

    def ready() -> bool:
        drawn = [one for one in topics(world) if fragment in one["name"]]
        return any(message["author"]["bot"] and message["text"] for one in drawn for message in one["messages"])

    await seen(world, ready, f"a topic with {fragment!r} in its name")
    return found


async def seen(world: World, look: Callable[[], Seen | None], what: str, within: float = PATIENCE) -> Seen:
    """Wait until a look at the world finds something. Raises `TimeoutError` that names what was awaited."""
    return await world.changes.wait_for(look, within, what=what)


async def comes_true(look: Callable[[], Awaitable[Seen | None]], what: str, patience: float = PATIENCE) -> Seen:
    """Look again and again, say into the database, until something is found.

    Raises `TimeoutError` that names it after `patience` seconds.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    while not (found := await look()):
        if loop.time() > until:
            raise TimeoutError(f"waited {patience:g} s for {what}")
        await asyncio.sleep(_GLANCE)
    return found


def says_all(message: Drawn, fragments: Iterable[str]) -> bool:
    return all(fragment in message["text"] for fragment in fragments)


def newest_button(messages: list[Drawn], title: str) -> tuple[Drawn, Drawn]:
    """The newest button or list row whose title contains the words, with its message. Raises `LookupError`."""
    for message in reversed(messages):
        for button in offered(message):
            if title in button["title"]:
                return message, button
    raise LookupError(f"nobody offers {title!r}")


def offered(message: Drawn) -> list[Drawn]:
    """Everything that can be pressed on a message: buttons, and the rows of a list."""
    rows: list[Drawn] = [button for row in message.get("buttons") or [] for button in row]
    menu = message.get("list") or {}
    return [*rows, *(row for section in menu.get("sections", []) for row in section["rows"])]
