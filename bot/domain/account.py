"""Our own account at a platform: which templates it may send now, and how the platform rates us."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

WELL = "good"
"""How something stands that nobody need be told of."""


class Fault(StrEnum):
    """Why a template cannot be sent."""

    PAUSED = "paused"
    DISABLED = "disabled"
    REJECTED = "rejected"
    IN_REVIEW = "in_review"
    MISSING = "missing"
    PARAMETERS = "parameters"
    BUTTONS = "buttons"

    @property
    def key(self) -> str:
        """The text that tells an agent."""
        return _KEYS[self]

    @classmethod
    def told_by(cls, key: str) -> "Fault | None":
        """What the key of a refusal says about the template itself; `None` when it is about something else."""
        return next((fault for fault, known in _KEYS.items() if known == key), None)


_KEYS: Mapping[Fault, str] = {
    Fault.PAUSED: "send-error-template-paused",
    Fault.DISABLED: "send-error-template-disabled",
    Fault.REJECTED: "send-error-template-rejected",
    Fault.IN_REVIEW: "send-error-template-review",
    Fault.MISSING: "send-error-template-missing",
    Fault.PARAMETERS: "send-error-template-parameters",
    Fault.BUTTONS: "send-error-template-buttons",
}

STATUS_FAULTS: Mapping[str, Fault | None] = {
    "APPROVED": None,
    "REINSTATED": None,
    "PAUSED": Fault.PAUSED,
    "DISABLED": Fault.DISABLED,
    "REJECTED": Fault.REJECTED,
    "PENDING": Fault.IN_REVIEW,
    "IN_APPEAL": Fault.IN_REVIEW,
    "DELETED": Fault.MISSING,
    "PENDING_DELETION": Fault.MISSING,
    "ARCHIVED": Fault.MISSING,
}
"""Meta's words for a template's status (message_template_status_update). Of any other a send will tell the truth."""

SPOILED = frozenset({Fault.PARAMETERS, Fault.BUTTONS})
"""Faults that no status tells of: the template's own text has to change."""

_QUICK_REPLIES = {"answer": 1, "reminder": 0, "closed": 0, "no_news": 0}
"""How many buttons with a token of ours go out with the template for each purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateReport:
    """One language of a template as the platform describes it.

    `parameters` counts the places in its body; not `positional`, they go by names. `quick_replies` counts the buttons
    of that kind at its beginning; `wants_more` says that header or buttons have places of their own to fill.
    """

    name: str
    language: str
    status: str
    quality: str = ""
    category: str = ""
    parameters: int = 0
    positional: bool = True
    quick_replies: int = 0
    wants_more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReport:
    """`quality` is Meta's GREEN, YELLOW or RED, `limit` its tier of people a day, `status` CONNECTED when all is well.

    `apps` get our webhooks. Unless `examined`, no business account id is configured, and `apps` and `templates` are
    empty because nobody could look.
    """

    phone: str
    verified_name: str
    quality: str
    status: str = ""
    limit: str = ""
    examined: bool = True
    apps: tuple[str, ...] = ()
    templates: tuple[TemplateReport, ...] = ()

    def template(self, name: str, language: str) -> TemplateReport | None:
        return next((one for one in self.templates if (one.name, one.language) == (name, language)), None)


def fault_of(template: TemplateReport | None, purpose: str) -> Fault | None:
    """Why the template cannot be sent for that purpose; `None` when it is approved and fits what we send along.

    All purposes fill exactly one place, the ticket's number (GISE_WHATSAPP__TEMPLATE_…).
    """
    if template is None:
        return Fault.MISSING
    if fault := STATUS_FAULTS.get(template.status):
        return fault
    if template.parameters != 1 or not template.positional or template.wants_more:
        return Fault.PARAMETERS
    return Fault.BUTTONS if template.quick_replies < _QUICK_REPLIES.get(purpose, 0) else None


def rated(quality: str) -> str:
    """A quality as a state: `yellow`, `red`, or well; a rating that is not known yet is no trouble."""
    return quality.lower() if quality in {"YELLOW", "RED"} else WELL
