"""HTML as the Bot API reads it (core.telegram.org/bots/api#html-style): few tags, and no mercy for mistakes."""

import html
import re
from dataclasses import dataclass

from adapters.sandbox.telegram.errors import ApiError, bad_request
from adapters.sandbox.telegram.text import Styled

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_START = re.compile(r"<([a-zA-Z][^\s>/]*)((?:\s+[a-zA-Z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[\w.-]+))?)*)\s*>")
_END = re.compile(r"</([a-zA-Z][^\s>]*)?\s*>")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([\w.-]+)))?")
_LINK = re.compile(r"(?:https?://|tg://|ton://|mailto:|tel:)\S+|[\w-]+(?:\.[\w-]+)+(?:[/?#:]\S*)?", re.IGNORECASE)


@dataclass(frozen=True)
class _Open:
    tag: str
    start: int
    attributes: dict[str, str]
    at: int


def parse_html(source: str) -> Styled:
    """Text and entities of a marked-up text; raises 400 "can't parse entities: …" on anything broken."""
    out, stack, at = Styled(), list[_Open](), 0
    while at < len(source):
        if source[at] == "<":
            at = _tag(source, at, out, stack)
            continue
        reference = _REFERENCE.match(source, at) if source[at] == "&" else None
        out.text += html.unescape(reference[0]) if reference else source[at]
        at = reference.end() if reference else at + 1
    if stack:
        raise _broken(f'Can\'t find end tag corresponding to start tag "{stack[-1].tag}"')
    return out


def _tag(source: str, at: int, out: Styled, stack: list[_Open]) -> int:
    where = f"at byte offset {len(source[:at].encode())}"
    if end := _END.match(source, at):
        _close((end[1] or "").lower(), where, out, stack)
        return end.end()
    start = _START.match(source, at)
    if start is None:
        if re.match(r"<[a-zA-Z]", source[at:]) or source.startswith("</", at):
            raise _broken(f"Unclosed tag {where}")
        raise _broken(f'Unsupported start tag "{_word(source, at)}" {where}')
    tag = start[1].lower()
    if tag not in _KINDS:
        raise _broken(f'Unsupported start tag "{tag}" {where}')
    attributes = {
        name.lower(): html.unescape(double or single or bare)
        for name, double, single, bare in _ATTRIBUTE.findall(start[2])
    }
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise _broken(f'Tag "span" must have class "tg-spoiler" {where}')
    stack.append(_Open(tag, out.length, attributes, at))
    return start.end()


def _close(name: str, where: str, out: Styled, stack: list[_Open]) -> None:
    if not stack:
        raise _broken(f"Unexpected end tag {where}")
    opened = stack.pop()
    if name and name != opened.tag:
        raise _broken(f'Unmatched end tag {where}, expected "</{opened.tag}>", found "</{name}>"')
    if opened.tag == "a":
        _link(opened, out)
    elif opened.tag == "pre":
        _preformatted(opened, out)
    elif opened.tag == "tg-emoji":
        out.mark("custom_emoji", opened.start, custom_emoji_id=opened.attributes.get("emoji-id", ""))
    elif opened.tag == "blockquote" and "expandable" in opened.attributes:
        out.mark("expandable_blockquote", opened.start)
    else:
        language = {"class": opened.attributes["class"]} if "class" in opened.attributes else {}
        out.mark(_KINDS[opened.tag], opened.start, **(language if opened.tag == "code" else {}))


def _link(opened: _Open, out: Styled) -> None:
    shown = out.text.encode("utf-16-le")[2 * opened.start :].decode("utf-16-le")
    target = opened.attributes.get("href") or shown
    # What is no link stays as plain text, without an error.
    if _LINK.fullmatch(target):
        out.mark("text_link", opened.start, url=target)


def _preformatted(opened: _Open, out: Styled) -> None:
    inner = out.entities[-1] if out.entities else {}
    same = inner.get("offset") == opened.start and inner.get("length") == out.length - opened.start
    if same and inner.get("type") == "code":
        out.entities.pop()
        language = str(inner.get("class", "")).removeprefix("language-")
        out.mark("pre", opened.start, **({"language": language} if language else {}))
    else:
        out.mark("pre", opened.start)


def _word(source: str, at: int) -> str:
    found = re.match(r"[^\s<>]*", source[at + 1 :])
    return found[0] if found else ""


def _broken(why: str) -> ApiError:
    return bad_request(f"can't parse entities: {why}")
