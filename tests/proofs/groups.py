"""A group of agents in trouble: topics that vanish or are closed, an id that changes, tokens refused for a while."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.domain.errors import SendError
from bot.domain.message import DeskMoved, DeskPlace, Person
from tests.builders import GROUP
from tests.fakes import Call
from tests.proofs import troubles
from tests.proofs.delivering import OK, Desk, Ending, Stage

SUPERGROUP = "-1009000000002"


@dataclass
class Trouble:
    """What goes wrong in one schedule; `met` counts the calls that found it so.

    A closed topic can be opened again by the bot unless it is `locked`, too.
    """

    stage: Stage
    draw: random.Random
    gone: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)
    refusing: set[str] = field(default_factory=set)
    group: str = GROUP
    met: Counter[str] = field(default_factory=Counter)

    def on(self, channel: str) -> Callable[[Call, float], Ending]:
        """The judge of this channel's calls."""

        def judge(call: Call, at: float) -> Ending:
            found = self._found(channel, call)
            if found is None:
                return OK
            self.met[found[0]] += 1
            return Ending(taken=False, error=found[1])

        return judge

    def _found(self, channel: str, call: Call) -> tuple[str, SendError] | None:
        if channel in self.refusing:
            return "revoked", troubles.revoked(channel)
        if not call.chat.startswith("-"):
            return None
        if call.chat != self.group:
            return "moved", troubles.moved(self.group)
        words = self._refusal(call)
        return (words, troubles.bad_request(words)) if words else None

    def _refusal(self, call: Call) -> str:
        """What Telegram says of a call into the group, if it is refused."""
        if call.thread in self.gone:
            return "message thread not found"
        if call.verb == "reopen_topic":
            return self._reopened(call.thread or "")
        if call.thread in self.closed and call.verb == "send":
            return "TOPIC_CLOSED"
        touches = call.verb in {"edit", "react"}
        return "message to edit not found" if touches and self._is_nowhere(call) else ""

    def _reopened(self, thread: str) -> str:
        if thread in self.locked:
            return "not enough rights to reopen a topic"
        self.closed.discard(thread)
        return ""

    def _is_nowhere(self, call: Call) -> bool:
        """What stood in a topic that vanished, or in the group's former id, can be touched no more."""
        post = self.stage.telegram.board.get(call.external_id)
        return not call.external_id.startswith(self.group) or (post is not None and post.thread in self.gone)

    async def vanishes(self) -> None:
        """Somebody deletes a topic."""
        threads = sorted(set(self.stage.telegram.topics) - self.gone)
        if threads:
            self.gone.add(self.draw.choice(threads))

    async def closes(self) -> None:
        """Somebody closes a topic, now and then so that the bot cannot open it; or it is opened again."""
        threads = sorted(set(self.stage.telegram.topics) - self.gone)
        if threads:
            thread = self.draw.choice(threads)
            self.closed ^= {thread}
            self.locked |= {thread} if self.draw.random() < 0.5 else set()

    async def revokes(self) -> None:
        """A token is refused from now on, or accepted again."""
        self.refusing ^= {self.draw.choice(["telegram", "whatsapp"])}

    async def migrates(self) -> None:
        """The group becomes a supergroup; now and then we are told, before or after we notice ourselves."""
        self.group = SUPERGROUP
        if self.draw.random() < 0.3:
            boss = Person(keys=("tg:900099",), name="Kurucu")
            event = DeskMoved(author=boss, at=self.stage.clock.now(), desk=DeskPlace(chat=GROUP), new_chat=SUPERGROUP)
            await self.stage.house.takes_in(self.stage.telegram, event)

    def heals(self) -> None:
        """What people can put right is put right; what vanished or moved stays so."""
        self.closed.clear()
        self.refusing.clear()


def place_of(desk: Desk, group: str, words: str) -> Call | None:
    """The newest post in the group as it is now that shows these words of a customer, for an agent to answer."""
    shown = [post for post in desk.board.values() if post.words.startswith("👤") and words in post.words]
    posts = [post for post in shown if post.chat == group]
    return posts[-1] if posts else None
