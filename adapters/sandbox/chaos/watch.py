"""What the platforms' truth logs say so far: which messages arrived where, and which topic is whose."""

import re
from collections.abc import Iterator

from adapters.sandbox.chaos.stage import Stage

MARK = re.compile(r"\b([KA])(\d{4})-(\d{5})\b")
_NAME = re.compile(r"Kişi (\d{4})\b")


class Watch:
    """Reads the logs on as they grow. `seen` are the marks that arrived on the other side at least once."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._read = 0
        self._read_whatsapp = 0
        self._named: dict[int, int] = {}
        self.seen: set[str] = set()
        self.threads: dict[int, int] = {}
        self.calls = 0

    def look(self) -> None:
        """Take in what is new."""
        telegram, whatsapp = self._stage.telegram.calls, self._stage.whatsapp.calls
        for call in telegram[self._read :]:
            if call.method == "getUpdates":
                continue
            self.calls += 1
            if call.method == "createForumTopic" and isinstance(call.result, dict):
                self._opened(call.result["message_thread_id"], call.result["name"])
            elif call.method == "sendMessage" and call.ok:
                self._sent(call.params)
        for note in whatsapp[self._read_whatsapp :]:
            self.calls += 1
            if note.method == "messages" and note.ok:
                self.seen.update(marks(str(note.params.get("text"))))
        self._read, self._read_whatsapp = len(telegram), len(whatsapp)

    def _opened(self, thread: int, name: str) -> None:
        person = _NAME.search(name)
        if person:
            self._named[thread] = int(person[1])

    def _sent(self, params: dict[str, object]) -> None:
        """A topic is in use once something was posted in it; one whose opening got lost stays empty."""
        in_group = params.get("chat_id") == self._stage.telegram.group_id
        thread = params.get("message_thread_id")
        if in_group and isinstance(thread, int) and thread in self._named:
            self.threads[self._named[thread]] = thread
        here = "K" if in_group else "A"
        self.seen.update(mark for mark in marks(str(params.get("text"))) if mark.startswith(here))


def marks(text: str) -> Iterator[str]:
    """Every mark in a text."""
    return (found[0] for found in MARK.finditer(text))
