"""What became of a ticket and of everybody's words, so that a disturbed life can be held against a quiet one."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.ledger import Delivery
from tests.builders import GROUP, shipped_texts
from tests.fakes import Call
from tests.proofs.simulation_stage import chat_of
from tests.proofs.steps_life import Life

_TICKET: Final = (
    "number",
    "status",
    "close_reason",
    "answers",
    "skipped",
    "intake",
    "assignee",
    "proposal",
    "reopened",
)
_STEP: Final = ("actor_kind", "actor_name", "action", "before", "after", "reason")
_REPEATED: Final = shipped_texts().text("tr", "possibly-repeated")
_UNKNOWN: Final = shipped_texts().text("tr", "delivery-uncertain")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`chat` is what the customer sees of ours, `group` the posts in the topic, `card` the card as it stands there."""

    ticket: dict[str, Any]
    history: list[tuple[Any, ...]]
    ledger: list[tuple[Any, ...]]
    deliveries: list[str]
    chat: list[str]
    group: Counter[str]
    card: str


def _timeless(words: str) -> str:
    """Words without the numbers in them: marks are counted on, times go by."""
    return re.sub(r"\d+", "0", words)


async def picture(life: Life) -> Picture:
    """Who has what, now that all is quiet."""
    seen = await life.seen()
    calls = [taken.call for taken in life.platforms.taken if taken.call.chat == GROUP]
    posts = [call for call in calls if call.verb == "send" and not _is_card(call)]
    (ticket,) = seen["ticket"]
    return Picture(
        ticket={name: ticket[name] for name in _TICKET},
        history=[tuple(step[name] for name in _STEP) for step in seen["history"]],
        ledger=[(row["author_name"], row["visibility"], _timeless(row["content"])) for row in seen["message"]],
        deliveries=[row["delivery"] for row in seen["message"]],
        chat=[_timeless(taken.call.words) for taken in life.platforms.seen_by(chat_of(life.who))],
        group=Counter(_timeless(call.words) for call in posts),
        card=_timeless([call for call in calls if _is_card(call)][-1].words),
    )


def _is_card(call: Call) -> bool:
    return any(button.token.startswith("d:") for line in call.part.rows for button in line)


def differences(quiet: Picture, found: Picture, *, receipted: bool, resent: int) -> Iterator[str]:
    """What is not as in a quiet life, and not visibly so either."""
    for part in ("ticket", "history", "ledger", "card"):
        if getattr(found, part) != getattr(quiet, part):
            yield f"the {part} is {getattr(found, part)}"
    arrived = (sorted(found.chat), sorted(quiet.chat)) if resent else (found.chat, quiet.chat)
    if arrived[0] != arrived[1]:
        yield f"the customer got {found.chat}"
    changed = [new for old, new in zip(quiet.deliveries, found.deliveries, strict=False) if old != new]
    if set(changed) - {Delivery.UNCERTAIN} or len(changed) > (0 if receipted else 1):
        yield f"messages count as {found.deliveries}"
    told = found.group[_UNKNOWN]
    if told != len(changed) + resent:
        yield f"the agents were told {told} times of {len(changed)} unknown outcomes and {resent} repetitions"
    yield from _posts(quiet.group, found.group)


def _posts(quiet: Counter[str], found: Counter[str]) -> Iterator[str]:
    """Each post is there; one that may be there twice says so."""
    for words in (found.keys() | quiet.keys()) - {_UNKNOWN}:
        plain = words.removeprefix(f"{_REPEATED}\n")
        times, again = found[plain], found[f"{_REPEATED}\n{plain}"]
        if times > quiet[plain] or times + again < quiet[plain] or again > 1:
            yield f"the agents saw {times} + {again} times: {plain}"
