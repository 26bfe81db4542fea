"""Small stand-ins for the outside: a clock moved by hand, and channels that note what they were told."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.domain.channel import Capabilities
from bot.domain.errors import SendError, Unparsable
from bot.domain.fit import room_for_words
from bot.domain.groups import Group
from bot.domain.message import Attachment, Inbound
from bot.domain.outgoing import Address, FetchedFile, LocalFile, Part
from bot.domain.split import measure
from bot.ports import Item

START = 1_780_000_000_000
"""An afternoon in 2026, as epoch milliseconds."""


class HandClock:
    """Time stands still until somebody moves it."""

    def __init__(self, now: int = START) -> None:
        self._now = now
        self._seconds = 0.0

    def now(self) -> int:
        return self._now

    def monotonic(self) -> float:
        return self._seconds

    def move(self, seconds: float) -> None:
        self._now += int(seconds * 1000)
        self._seconds += seconds

    def step(self, seconds: float) -> None:
        """Somebody sets the clock; no time goes by."""
        self._now += int(seconds * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call that a channel was asked to make; `part` is empty for calls that carry none."""

    verb: str
    chat: str
    thread: str | None = None
    part: Part = field(default_factory=Part)
    external_id: str = ""
    text: str = ""
    tracker: str = ""
    reply_to: str | None = None
    files: tuple[LocalFile, ...] = ()
    account: int = 0

    @property
    def words(self) -> str:
        return self.part.text or self.text


class FakeChannel:
    """Takes events as they are (`stage`) and answers each call with success, or as its script says.

    `refusals` are raised by the next calls, one each, `refused_words` by the next that are no read marks, which go
    beside the words, before or after them, and `lost_files` by the next downloads; calls to a chat in
    `unknown` get no answer, those of a verb in `broken_verbs` always this one; a `gate` holds up the calls to a
    chat until it is set; a `broken` channel has a bug that shows in the middle of a use case.
    """

    def __init__(self, name: str, capabilities: Capabilities, read: Callable[[bytes], Inbound] | None = None) -> None:
        self.name = name
        self.account = 0
        self.calls: list[Call] = []
        self.refusals: deque[Exception] = deque()
        self.refused_words: deque[Exception] = deque()
        self.lost_files: deque[SendError] = deque()
        self.gates: dict[str, asyncio.Event] = {}
        self.unknown: set[str] = set()
        self.broken_verbs: dict[str, SendError] = {}
        self.broken = False
        self._capabilities = capabilities
        self._read = read
        self._staged: list[Inbound] = []
        self._external_ids = 0
        self._turn = asyncio.Condition()

    @property
    def capabilities(self) -> Capabilities:
        if self.broken:
            raise RuntimeError("a bug in the middle of a use case")
        return self._capabilities

    def stage(self, event: Inbound, lane: str = "", key: str = "") -> Item:
        """An item whose bytes stand for `event`."""
        self._staged.append(event)
        number = len(self._staged)
        return Item(channel=self.name, key=key or f"event-{number}", lane=lane or "lane", raw=str(number - 1).encode())

    def parse(self, raw: bytes) -> Inbound:
        if self._read is not None and not raw.isdigit():
            return self._read(raw)
        if not raw.isdigit():
            raise Unparsable("not staged")
        return self._staged[int(raw)]

    def lanes(self, keys: Sequence[str]) -> list[str]:
        """Each lane bears the key of its person, where a test gave it one."""
        return list(keys)

    @property
    def sent(self) -> list[Call]:
        """The messages among the calls."""
        return [call for call in self.calls if call.verb in {"send", "album"}]

    def said(self, chat: str = "") -> list[str]:
        """The words sent to a chat (or to all), in order."""
        return [call.words for call in self.sent if chat in {"", call.chat}]

    async def hears(self, words: str) -> None:
        """Wait until these words are sent."""
        async with self._turn:
            await self._turn.wait_for(lambda: words in self.said())

    async def send(
        self, to: Address, part: Part, *, file: LocalFile | None = None, reply_to: str | None = None, tracker: str = ""
    ) -> str:
        self._check(part.text, room_for_words(part, self._capabilities))
        files = (file,) if file else ()
        call = Call(
            verb="send", chat=to.chat, thread=to.thread, part=part, tracker=tracker, reply_to=reply_to, files=files
        )
        await self._make(call)
        return self._next_id(to.chat)

    async def send_album(
        self, to: Address, text: str, files: Sequence[LocalFile], *, reply_to: str | None = None
    ) -> list[str]:
        self._check(text, self._capabilities.caption)
        assert 2 <= len(files) <= self._capabilities.album, "an album of that size is none"
        await self._make(
            Call(verb="album", chat=to.chat, thread=to.thread, text=text, reply_to=reply_to, files=tuple(files))
        )
        return [self._next_id(to.chat) for _ in files]

    async def edit(self, to: Address, external_id: str, part: Part) -> None:
        self._check(part.text, room_for_words(part, self._capabilities))
        await self._make(Call(verb="edit", chat=to.chat, thread=to.thread, part=part, external_id=external_id))

    async def react(self, to: Address, external_id: str, emoji: str) -> None:
        await self._make(Call(verb="react", chat=to.chat, external_id=external_id, text=emoji))

    async def mark_read(self, to: Address, external_id: str) -> None:
        await self._make(Call(verb="read", chat=to.chat, external_id=external_id))

    async def answer_press(self, press_id: str, text: str) -> None:
        await self._make(Call(verb="answer", chat="", external_id=press_id, text=text))

    def explain(self, code: str, detail: str) -> SendError:
        """The one code that matters here is a shut window (WhatsApp's 131047)."""
        shut = code == "131047"
        key = "send-error-window" if shut else "send-error-bad-request"
        return SendError(key=key, certain=True, retryable=False, code=code, detail=detail, window_closed=shut)

    async def fetch(self, attachment: Attachment, folder: Path, limit: int) -> FetchedFile:
        if self.lost_files:
            raise self.lost_files.popleft()
        path = folder / f"file-{len(self.calls)}"
        path.write_bytes(attachment.ref.encode()[:limit])
        return FetchedFile(path=path, size=len(attachment.ref), sha256="0" * 64)

    def _check(self, words: str, room: int) -> None:
        """Words that are too long, or go with what carries none, are refused for good."""
        if measure(words, self._capabilities.text_unit) > room:
            raise SendError(key="send-error-bad-request", certain=True, retryable=False, code="400")

    async def _make(self, call: Call) -> None:
        """Note the call, wait at its gate if there is one, then succeed or be refused."""
        self.calls.append(replace(call, account=self.account))
        async with self._turn:
            self._turn.notify_all()
        if call.chat in self.gates:
            await self.gates[call.chat].wait()
        if call.chat in self.unknown:
            raise SendError(key="send-error-unknown-outcome", certain=False, retryable=True)
        if call.verb in self.broken_verbs:
            raise replace(self.broken_verbs[call.verb])
        if self.refused_words and call.verb != "read":
            raise self.refused_words.popleft()
        if self.refusals:
            raise self.refusals.popleft()

    def _next_id(self, chat: str) -> str:
        self._external_ids += 1
        return f"{chat}:{self.name}-{self._external_ids}"


class FakeDesk(FakeChannel):
    """A bot account with its agents' group, a forum or a plain one; `more` groups, and helpers by their bots' ids.

    Calls of helpers stand among the desk's own, marked by their `account`.
    """

    def __init__(
        self,
        name: str,
        capabilities: Capabilities,
        group: str,
        *,
        has_topics: bool = True,
        read: Callable[[bytes], Inbound] | None = None,
        more: Sequence[Group] = (),
        helpers: Sequence[int] = (),
    ) -> None:
        super().__init__(name, capabilities, read)
        self.groups = (Group(chat=group), *more)
        self.has_topics = has_topics
        self.plain: set[str] = set()
        self.topics: dict[str, str] = {}
        self.helpers = {account: FakeChannel(f"bot-{account}", capabilities) for account in helpers}
        for account, helper in self.helpers.items():
            helper.account, helper.calls = account, self.calls

    @property
    def group(self) -> str:
        return self.groups[0].chat

    @property
    def accounts(self) -> list[int]:
        return [0, *self.helpers]

    def voice(self, account: int) -> FakeChannel:
        return self.helpers[account] if account else self

    def is_forum(self, chat: str) -> bool:
        return self.has_topics and chat not in self.plain

    def link(self, chat: str, thread: str) -> str:
        return f"https://t.example/{chat}/{thread}" if thread else ""

    async def open_topic(self, chat: str, name: str) -> str:
        await self._make(Call(verb="open_topic", chat=chat, text=name))
        thread = str(100 + len(self.topics))
        self.topics[thread] = name
        return thread

    async def rename_topic(self, chat: str, thread: str, name: str) -> None:
        await self._make(Call(verb="rename_topic", chat=chat, thread=thread, text=name))
        self.topics[thread] = name

    async def reopen_topic(self, chat: str, thread: str) -> None:
        await self._make(Call(verb="reopen_topic", chat=chat, thread=thread))

    def move_group(self, old: str, new: str) -> None:
        self.groups = tuple(replace(group, chat=new) if group.chat == old else group for group in self.groups)

    def in_topics(self) -> dict[str, list[str]]:
        """What was posted, by thread."""
        found: dict[str, list[str]] = defaultdict(list)
        for call in self.calls:
            if call.verb == "send" and call.thread:
                found[call.thread].append(call.words)
        return found
