"""Making an `Outgoing` fit a channel: pure arithmetic over `Capabilities`, with every downgrade named."""

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.channel import Capabilities
from bot.domain.errors import BadInput
from bot.domain.message import Attachment, Kind
from bot.domain.outgoing import Button, Fitted, Outgoing, Part
from bot.domain.split import clip, measure, split, split_with_tail

_WORDLESS_PROMPT = "☰"  # stands where a platform demands words and we were given none
_LADDER = ((False, False), (True, False), (True, True), (False, True))  # (as a list, titles shortened)
_NEXT_BEST = {Kind.VIDEO_NOTE: (Kind.VIDEO,), Kind.VOICE: (Kind.AUDIO,)}


class Downgrade(StrEnum):
    """What was lost on the way; the values of `Fitted.downgrades`."""

    OPTIONAL_DROPPED = "optional-dropped"
    BUTTONS_TO_LIST = "buttons-to-list"
    BUTTONS_TO_TEXT = "buttons-to-text"
    TITLES_SHORTENED = "titles-shortened"
    DESCRIPTIONS_SHORTENED = "descriptions-shortened"
    DESCRIPTIONS_DROPPED = "descriptions-dropped"
    TEXT_SPLIT = "text-split"
    CAPTION_APART = "caption-apart"
    MEDIA_KIND_CHANGED = "media-kind-changed"
    MEDIA_TO_TEXT = "media-to-text"


class TooLarge(BadInput):
    """The file is larger than the channel takes. `name` is the kind (`photo` …) when the file has no name."""

    def __init__(self, attachment: Attachment, size: int, limit: int) -> None:
        unit = 1_000_000 if limit % 1_000_000 == 0 else 1_048_576
        super().__init__(
            "too-large",
            name=attachment.name or attachment.kind.value,
            size_mb=-(-size // unit),
            limit_mb=limit // unit or f"{limit / unit:.1f}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choices:
    """How the buttons are offered: as `rows` that carry at most `room` of text, or in `lines` of the text itself."""

    rows: tuple[tuple[Button, ...], ...] = ()
    as_list: bool = False
    room: int = 0
    lines: tuple[str, ...] = ()
    downgrades: tuple[Downgrade, ...] = ()


def fit(message: Outgoing, caps: Capabilities, *, skip_hint: str = "", choose: str = "") -> Fitted:
    """Cut `message` into calls the channel takes, in order; the buttons ride on the last one.

    `skip_hint` is the line that stands in for dropped optional buttons, `choose` the label that opens a list when
    the message brings none. A list has one button per row. Raises `TooLarge`; `ValueError` for a message without
    content or a button token the channel cannot carry, which are mistakes of ours.
    """
    choices = _offer(message, caps, skip_hint)
    files, losses = _files(message, caps)
    text = "\n".join(filter(None, (message.text, *choices.lines)))
    if choices.rows and not text.strip():
        text = message.list_title or choose or _WORDLESS_PROMPT
    label = clip(message.list_title or choose or _WORDLESS_PROMPT, caps.button_title, caps.text_unit)
    downgrades = [*choices.downgrades, *losses]
    if _fits_as_caption(text, files, choices, caps):
        parts = [replace(files[0], text=text)]
    else:
        words = _words(text, choices, caps, label)
        parts = [*files, *words]
        if files and files[0].attachment and words:
            downgrades.append(Downgrade.CAPTION_APART)
        if len(words) > 1:
            downgrades.append(Downgrade.TEXT_SPLIT)
    if not parts:
        raise ValueError("a message without content")
    return Fitted(parts=tuple(parts), downgrades=tuple(downgrades))


def room_for_words(part: Part, caps: Capabilities) -> int:
    """How much text one call with this part carries; none beside a place, a contact or a file without captions."""
    if part.location is not None or part.contacts:
        return 0
    if part.attachment is not None:
        return caps.caption if part.attachment.kind in caps.captions_on else 0
    if part.rows:
        return caps.text_with_list if part.as_list else caps.text_with_buttons
    return caps.text


def window_open(caps: Capabilities, last_inbound_at: int | None, now: int) -> bool:
    """Whether free-form messages may be sent at `now`: always, or within `window_ms` of the person's last message."""
    if not caps.window_ms:
        return True
    return last_inbound_at is not None and now - last_inbound_at < caps.window_ms


def _words(text: str, choices: _Choices, caps: Capabilities, label: str) -> list[Part]:
    if not text.strip():
        return []
    if not choices.rows:
        return [Part(text=piece) for piece in split(text, caps.text, caps.text_unit)]
    *pieces, last = split_with_tail(text, caps.text, choices.room, caps.text_unit)
    closing = Part(text=last, rows=choices.rows, as_list=choices.as_list, list_title=label if choices.as_list else "")
    return [*(Part(text=piece) for piece in pieces), closing]


def _fits_as_caption(text: str, files: list[Part], choices: _Choices, caps: Capabilities) -> bool:
    if len(files) != 1 or files[0].attachment is None or choices.rows or not text.strip():
        return False
    captioned = files[0].attachment.kind in caps.captions_on
    return captioned and measure(text, caps.text_unit) <= caps.caption


def _files(message: Outgoing, caps: Capabilities) -> tuple[list[Part], list[Downgrade]]:
    parts: list[Part] = []
    losses: list[Downgrade] = []
    if message.attachment:
        carried = _carried(message.attachment, caps)
        if carried is None:
            losses.append(Downgrade.MEDIA_TO_TEXT)
            name = f"📎 {message.attachment.name or message.attachment.kind.value}"
            parts.extend(Part(text=piece) for piece in split(name, caps.text, caps.text_unit))
        else:
            parts.append(Part(attachment=carried))
            if carried.kind is not message.attachment.kind:
                losses.append(Downgrade.MEDIA_KIND_CHANGED)
    if message.location:
        parts.append(Part(location=message.location))
    if message.contacts:
        parts.append(Part(contacts=message.contacts))
    return parts, losses


def _carried(attachment: Attachment, caps: Capabilities) -> Attachment | None:
    """The attachment as a kind the channel knows, or `None` when it carries no files at all."""
    for kind in (attachment.kind, *_NEXT_BEST.get(attachment.kind, ()), Kind.DOCUMENT):
        limit = caps.media.get(kind, 0)
        if not limit:
            continue
        if attachment.size is not None and attachment.size > limit:
            raise TooLarge(attachment, attachment.size, limit)
        return replace(attachment, kind=kind)
    return None


def _offer(message: Outgoing, caps: Capabilities, skip_hint: str) -> _Choices:
    """Walk down the ladder: buttons, list, each without the optional ones if need be, shortened, numbered text."""
    if not message.buttons:
        return _Choices()
    everything = message.rows
    needed = tuple(row for row in (_needed(row) for row in everything) if row)
    for as_list, shorten in _LADDER:
        for rows in (everything, needed):
            choices = _rows(rows, caps, as_list=as_list, shorten=shorten)
            if choices and rows == everything:
                return choices
            if choices:
                dropped = (*choices.downgrades, Downgrade.OPTIONAL_DROPPED)
                return replace(choices, lines=(skip_hint,), downgrades=dropped)
    return _numbered(needed, skip_hint) if needed else _numbered(everything, "")


def _needed(row: tuple[Button, ...]) -> tuple[Button, ...]:
    return tuple(button for button in row if not button.optional)


def _rows(rows: tuple[tuple[Button, ...], ...], caps: Capabilities, *, as_list: bool, shorten: bool) -> _Choices | None:
    """The rows as buttons or as a list, or `None` where their number, their titles or the text find no room."""
    buttons = [button for row in rows for button in row]
    count, width = (caps.list_rows, caps.row_title) if as_list else (caps.buttons, caps.button_title)
    room = caps.text_with_list if as_list else caps.text_with_buttons
    too_wide = any(measure(button.title, caps.text_unit) > width for button in buttons)
    if not 0 < len(buttons) <= count or not room or not width or (too_wide and not shorten):
        return None
    titles = {clip(button.title, width, caps.text_unit) for button in buttons}
    if too_wide and len(titles) < len(buttons):  # WhatsApp refuses equal titles, and nobody could tell them apart
        return None
    for button in buttons:
        _check_token(button, caps)
    shown, downgrades = _shown(rows, caps, width, as_list=as_list)
    return _Choices(rows=shown, as_list=as_list, room=room, downgrades=downgrades)


def _shown(
    rows: tuple[tuple[Button, ...], ...], caps: Capabilities, width: int, *, as_list: bool
) -> tuple[tuple[tuple[Button, ...], ...], tuple[Downgrade, ...]]:
    room = caps.row_description if as_list else 0
    before = [button for row in rows for button in row]
    downgrades = {
        Downgrade.BUTTONS_TO_LIST: as_list,
        Downgrade.TITLES_SHORTENED: any(measure(b.title, caps.text_unit) > width for b in before),
        Downgrade.DESCRIPTIONS_DROPPED: not room and any(b.description for b in before),
        Downgrade.DESCRIPTIONS_SHORTENED: 0 < room < max(measure(b.description, caps.text_unit) for b in before),
    }
    shown = [tuple(_dressed(button, caps, width, room) for button in row) for row in rows]
    if as_list:
        shown = [(button,) for row in shown for button in row]
    return tuple(shown), tuple(name for name, happened in downgrades.items() if happened)


def _dressed(button: Button, caps: Capabilities, width: int, room: int) -> Button:
    """The button in the channel's limits; a free small print takes the whole title that had to be shortened."""
    title = clip(button.title, width, caps.text_unit)
    small_print = button.description or ("" if title == button.title else button.title)
    return replace(button, title=title, description=clip(small_print, room, caps.text_unit) if room else "")


def _check_token(button: Button, caps: Capabilities) -> None:
    size = len(button.token.encode())
    if not 0 < size <= caps.token_bytes:
        raise ValueError(f"button token of {size} bytes, the channel takes 1 to {caps.token_bytes}")


def _numbered(rows: tuple[tuple[Button, ...], ...], skip_hint: str) -> _Choices:
    lines = [
        f"{number}. {button.title}" + (f" – {button.description}" if button.description else "")
        for number, button in enumerate((button for row in rows for button in row), start=1)
    ]
    return _Choices(lines=(*lines, skip_hint), downgrades=(Downgrade.BUTTONS_TO_TEXT,))
