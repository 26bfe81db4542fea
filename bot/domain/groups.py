"""The agents' groups: which one a ticket comes to, and which ones belong to a team."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.folding import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An agents' group by its chat id; without a `team` it takes new tickets of every kind."""

    chat: str
    team: str = ""


def home(groups: Sequence[Group], ticket_id: int, team: str = "") -> str:
    """The chat of the ticket's group among those of a team, in turn by its id; a restart changes nothing."""
    theirs = [group for group in groups if fold(group.team) == fold(team)]
    return theirs[(ticket_id - 1) % len(theirs)].chat if theirs else ""


def after(groups: Sequence[Group], chat: str) -> str:
    """The group that follows that one in the list, which goes round; a single group follows itself."""
    chats = [group.chat for group in groups]
    return chats[(chats.index(chat) + 1) % len(chats)] if chat in chats else chats[0]


def team_named(groups: Sequence[Group], wanted: str) -> str:
    """The team that is meant, whatever the case and the dots of Turkish letters; empty when there is none."""
    return next((group.team for group in groups if group.team and fold(group.team) == fold(wanted)), "")


def team_at(groups: Sequence[Group], chat: str) -> str:
    """The team of a group; empty for a group without one."""
    return next((group.team for group in groups if group.chat == chat), "")


def teams(groups: Sequence[Group]) -> list[str]:
    """The names of all teams, each once."""
    return list({fold(group.team): group.team for group in reversed(groups) if group.team}.values())[::-1]
