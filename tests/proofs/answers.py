"""An agent's answers to a customer of each platform, some of them just being sent when trouble comes."""

from functools import partial

from adapters.sandbox.faults import delay
from adapters.sandbox.page.cast import AYSE, DENIZ, JOHN
from adapters.sandbox.players import Phone, Topic, topic
from adapters.sandbox.world import World

_ALWAYS = 10**6
_SLOW = delay(0.3)


class Answers:
    """Each answer is heard once, and no agent is told that nobody knows."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._written = 0
        self._phones = [Phone(world, one.key) for one in (AYSE, JOHN)]
        self._topics: list[Topic] = []

    async def begin(self) -> None:
        """Both ask, and their topics are there; from here on the platforms take their time."""
        for phone, name in zip(self._phones, ("Ayşe", "John"), strict=True):
            phone.says("Siparişim nerede?")
            self._topics.append(await topic(self._world, name))
        self._world.telegram.faults.add("sendMessage", _SLOW, times=_ALWAYS)
        self._world.whatsapp.faults.add("messages", _SLOW, times=_ALWAYS)

    def write(self) -> None:
        """One answer to each."""
        for one in self._topics:
            one.writes(DENIZ.user_id, f"cevap-{self._written:04d}")
        self._written += 1

    def hasten(self) -> None:
        """The platforms are quick again."""
        self._world.telegram.faults.clear()
        self._world.whatsapp.faults.clear()

    async def heard(self, patience: float) -> None:
        """Wait for all that are written. Raises `TimeoutError`; an answer that came twice or is in doubt fails."""
        wanted = [f"cevap-{number:04d}" for number in range(self._written)]
        what = "every answer to be heard"
        for phone in self._phones:
            await self._world.changes.wait_for(partial(_all_heard, phone, wanted), patience, what=what)
            assert _heard(phone) == wanted, "each once, and in order"
        shown = [message["text"] for one in self._topics for message in one.messages]
        assert not [text for text in shown if "bilinmiyor" in (text or "")], "known to be sent, and told as unknown"


def _all_heard(phone: Phone, wanted: list[str]) -> bool:
    return set(wanted) <= set(_heard(phone))


def _heard(phone: Phone) -> list[str]:
    return [
        message["text"] for message in phone.messages if not message["out"] and message["text"].startswith("cevap-")
    ]
