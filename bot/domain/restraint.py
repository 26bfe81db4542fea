"""Restraint: what is answered at once and without a ticket is not answered for ever."""

from collections import OrderedDict
from dataclasses import dataclass, field

from bot.domain.timers import DAY_MS

ANSWERS_A_DAY = 20
"""More typed commands than a person needs; whoever goes on is another machine that answers ours."""
_REMEMBERED = 10_000


@dataclass(slots=True)
class _Day:
    began_at: int
    answers: int = 0


@dataclass(frozen=True, slots=True)
class Restraint:
    """Counts the answers of a day to each conversation, in memory: a restart only forgives."""

    _days: OrderedDict[int, _Day] = field(default_factory=OrderedDict)

    def left(self, conversation_id: int, now: int) -> int:
        """How many answers are left before this one is given; 0 from the first that must not be."""
        day = self._days.get(conversation_id)
        if day is None or not 0 <= now - day.began_at < DAY_MS:
            day = self._days[conversation_id] = _Day(now)
        self._days.move_to_end(conversation_id)
        while len(self._days) > _REMEMBERED:
            self._days.popitem(last=False)
        left = max(0, ANSWERS_A_DAY - day.answers)
        day.answers += 1
        return left
