"""MarkdownV2 as the Bot API reads it (core.telegram.org/bots/api#markdownv2-style)."""

from dataclasses import dataclass

from adapters.sandbox.telegram.errors import ApiError, bad_request
from adapters.sandbox.telegram.text import Styled

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
# Longest mark first: "__" is underline, so it must be tried before "_".
_MARKS = (
    ("```", "pre"),
    ("__", "underline"),
    ("||", "spoiler"),
    ("![", "custom_emoji"),
    ("*", "bold"),
    ("_", "italic"),
    ("~", "strikethrough"),
    ("`", "code"),
    ("[", "text_link"),
)
_ENDS = {kind: mark for mark, kind in _MARKS} | {"custom_emoji": "]", "text_link": "]"}
_NAMES = {"pre": "Pre", "text_link": "TextUrl", "custom_emoji": "CustomEmoji"}


@dataclass(frozen=True)
class _Open:
    kind: str
    start: int
    at: int
    language: str = ""


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.out = Styled()
        self.stack: list[_Open] = []

    def read(self) -> Styled:
        while self.at < len(self.source):
            if not (self._quote_mark() or self._escape() or self._end() or self._begin()):
                self._plain()
        self._end_quote()
        if self.stack:
            self._unfinished(self.stack[-1])
        return self.out

    def _inside_code(self) -> bool:
        return bool(self.stack) and self.stack[-1].kind in {"code", "pre"}

    def _escape(self) -> bool:
        following = self.source[self.at + 1 : self.at + 2]
        if self.source[self.at] != "\\" or not following or not 0 < ord(following) < 127:
            return False
        self.out.text += following
        self.at += 2
        return True

    def _end(self) -> bool:
        if not self.stack or self.stack[-1].kind == "blockquote":
            return False
        mark = _ENDS[self.stack[-1].kind]
        here = self.source[self.at :]
        if not here.startswith(mark) or (mark == "_" and here.startswith("__")):
            return False
        opened = self.stack.pop()
        self.at += len(mark)
        if opened.kind in {"text_link", "custom_emoji"}:
            self._linked(opened)
        else:
            language = {"language": opened.language} if opened.language else {}
            self.out.mark(opened.kind, opened.start, **language)
        return True

    def _linked(self, opened: _Open) -> None:
        target = ""
        if self.source.startswith("(", self.at):
            end = self.source.find(")", self.at)
            if end < 0:
                raise _broken(f"Can't find end of a URL at byte offset {self._bytes(self.at)}")
            target, self.at = self.source[self.at + 1 : end], end + 1
        if opened.kind == "custom_emoji":
            if not target.startswith("tg://emoji?id="):
                raise _broken("Custom emoji entity must contain a tg://emoji URL")
            self.out.mark("custom_emoji", opened.start, custom_emoji_id=target.removeprefix("tg://emoji?id="))
        elif target:
            self.out.mark("text_link", opened.start, url=target.replace("\\", ""))

    def _begin(self) -> bool:
        if self._inside_code():
            return False
        here = self.source[self.at :]
        for mark, kind in _MARKS:
            if here.startswith(mark):
                opened_at = self.at
                self.at += len(mark)
                language = self._language() if kind == "pre" else ""
                self.stack.append(_Open(kind, self.out.length, opened_at, language))
                return True
        return False

    def _language(self) -> str:
        end = self.at
        while end < len(self.source) and not self.source[end].isspace() and self.source[end] != "`":
            end += 1
        language = ""
        if end < len(self.source) and self.source[end].isspace():
            language, self.at = self.source[self.at : end], end
        if self.source.startswith("\n", self.at):
            self.at += 1
        return language

    def _plain(self) -> None:
        character = self.source[self.at]
        if character in _RESERVED and not self._inside_code():
            raise _broken(f"Character '{character}' is reserved and must be escaped with the preceding '\\'")
        self.out.text += character
        self.at += 1

    def _quote_mark(self) -> bool:
        """At the start of a line, ">" begins or continues a quotation and anything else ends it."""
        if self._inside_code() or (self.at > 0 and self.source[self.at - 1] != "\n"):
            return False
        if self.source[self.at] != ">":
            self._end_quote()
            return False
        self.at += 1
        if not any(opened.kind == "blockquote" for opened in self.stack):
            self.stack.append(_Open("blockquote", self.out.length, self.at - 1))
        return True

    def _end_quote(self) -> None:
        if self.stack and self.stack[-1].kind == "blockquote":
            self.out.mark("blockquote", self.stack.pop().start)

    def _bytes(self, at: int) -> int:
        return len(self.source[:at].encode())

    def _unfinished(self, opened: _Open) -> None:
        name = _NAMES.get(opened.kind, opened.kind.capitalize())
        raise _broken(f"Can't find end of {name} entity at byte offset {self._bytes(opened.at)}")


def parse_markdown(source: str) -> Styled:
    """Text and entities of a marked-up text; raises 400 "can't parse entities: …" on anything broken."""
    return _Reader(source).read()


def _broken(why: str) -> ApiError:
    return bad_request(f"can't parse entities: {why}")
