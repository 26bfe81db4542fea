"""An agent's command, ready for its use case."""

from dataclasses import dataclass

from bot.domain.errors import BadInput
from bot.domain.message import DeskPlace, Said
from bot.domain.people import Agent, Role
from bot.domain.ticket import Actor, Ticket
from bot.services import rights


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who calls, where, about which ticket, with what argument. `said` is missing when a button was pressed."""

    agent: Agent
    role: Role
    place: DeskPlace
    argument: str = ""
    ticket: Ticket | None = None
    said: Said | None = None

    @property
    def on(self) -> Ticket:
        """The ticket the command is about. Raises `BadInput` outside a ticket's topic."""
        if self.ticket is None:
            raise BadInput("command-needs-ticket")
        return self.ticket

    @property
    def actor(self) -> Actor:
        return rights.actor(self.agent)

    def words(self, usage: str) -> str:
        """The argument, which must not be empty; `usage` is the text key that says what was expected."""
        if not self.argument:
            raise BadInput(usage)
        return self.argument
