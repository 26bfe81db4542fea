"""The people: customers write when it is their turn, agents as soon as there is a topic to answer in."""

import asyncio
from collections import deque
from collections.abc import Sequence

from adapters.sandbox.chaos.plan import Line
from adapters.sandbox.chaos.stage import AGENTS, Stage
from adapters.sandbox.chaos.watch import Watch

_PATIENCE_SECONDS = 5.0
_AGENTS = tuple(AGENTS)


class Crowd:
    """`written` are the lines that were really said, in order; `posts` the agents' message ids by mark."""

    def __init__(self, stage: Stage, watch: Watch, room: int) -> None:
        """`room`: messages that may be on their way at once; people go on writing while the program is down."""
        self._stage = stage
        self._most = room
        self._watch = watch
        self._held: dict[int, deque[Line]] = {}
        self._given_up = 0
        self.begun = 0
        self.written: list[Line] = []
        self.posts: dict[str, int] = {}

    @property
    def held(self) -> int:
        """Answers that wait for their topic."""
        return sum(map(len, self._held.values()))

    async def write(self, lines: Sequence[Line]) -> None:
        """Write all lines, no faster than the program can follow."""
        for line in lines:
            if line.answer:
                self._held.setdefault(line.person.index, deque()).append(line)
            else:
                self._say(line)
            self.begun += 1
            self.answer()
            await self._room()

    def answer(self) -> None:
        """Agents answer wherever a topic is there by now."""
        self._watch.look()
        for index in [index for index in self._held if index in self._watch.threads]:
            for line in self._held.pop(index):
                self._answer(line, self._watch.threads[index])

    def _say(self, line: Line) -> None:
        if line.person.channel == "whatsapp":
            self._stage.whatsapp.say(line.person.address, line.text)
        else:
            self._stage.telegram.say(int(line.person.address), line.text)
        self.written.append(line)

    def _answer(self, line: Line, thread: int) -> None:
        telegram = self._stage.telegram
        agent = _AGENTS[line.person.index % len(_AGENTS)]
        posted = telegram.say(agent, line.text, chat_id=telegram.group_id, thread_id=thread)
        self.posts[line.mark] = posted["message_id"]
        self.written.append(line)

    async def _room(self) -> None:
        """Wait while too much is on its way. What does not move for a while is not waited for any longer."""
        while self._on_the_way() > self._most:
            before = len(self._watch.seen)
            version = self._stage.changes.version
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    while len(self._watch.seen) == before:
                        version = await self._stage.changes.after(version)
                        self._watch.look()
            except TimeoutError:
                self._given_up += self._on_the_way()
        await asyncio.sleep(0)

    def _on_the_way(self) -> int:
        return len(self.written) - len(self._watch.seen) - self._given_up
