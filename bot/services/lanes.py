"""Parts as JSON in the outbox, and the names of lanes and places."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from bot.domain.channel import Capabilities
from bot.domain.fit import fit
from bot.domain.outgoing import Outgoing, Part
from bot.domain.people import Conversation
from bot.helpdesk import HelpDesk

DESK = "desk"
"""The channel name of errands to the agents' group."""

_PART = TypeAdapter(Part)


def dump_part(part: Part) -> dict[str, Any]:
    dumped: dict[str, Any] = _PART.dump_python(part, mode="json", exclude_defaults=True)
    return dumped


def load_part(payload: Mapping[str, Any]) -> Part:
    return _PART.validate_python(payload)


def customer_lane(conversation: Conversation) -> str:
    return f"{conversation.channel}:{conversation.id}"


def customer_place(conversation: Conversation) -> str:
    """The key of the message map for the customer's side of a conversation."""
    return f"{conversation.channel}:{conversation.id}"


def desk_place(chat: str) -> str:
    """The key of the message map for an agents' group."""
    return f"{DESK}:{chat}"


def single_part(helpdesk: HelpDesk, conversation: Conversation, message: Outgoing) -> dict[str, Any]:
    """A message as the one part an edit at the customer can hold."""
    capabilities = helpdesk.channels[conversation.channel].capabilities
    return dump_part(one_part(message, capabilities))


def one_part(message: Outgoing, capabilities: Capabilities) -> Part:
    """The beginning of the words with the buttons: an edit cannot become several messages."""
    parts = fit(message, capabilities, choose=message.list_title).parts
    last = parts[-1]
    return replace(parts[0], rows=last.rows, as_list=last.as_list, list_title=last.list_title)


def topic_lane(ticket_id: int) -> str:
    return f"{DESK}:ticket:{ticket_id}"
