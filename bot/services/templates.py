"""WhatsApp's templates: which may go out now, what is said when one may not, and what refusals teach us."""

from collections.abc import Mapping
from typing import Any

from bot.domain.account import SPOILED, STATUS_FAULTS, WELL, Fault
from bot.domain.errors import SendError
from bot.domain.ledger import Errand
from bot.domain.outgoing import Outgoing, Template
from bot.helpdesk import HelpDesk
from bot.services import errands
from bot.services.lanes import load_part
from store import conditions

ABSENT = "absent"
"""Never made in this language: the template in the desk's own language stands in, which is no trouble."""

TRUST_MS = 3_600_000
"""The account is read six times in this while. A fault that nobody has confirmed for so long is put to the test."""

_SECOND_MS = 1_000
"""Platforms tell times in whole seconds, cut off."""


def subject_of(name: str, language: str) -> str:
    return f"template:{name}:{language}"


async def state_of(helpdesk: HelpDesk, name: str, language: str) -> str:
    """How the template stands, as the account or a refusal told us lately; well until somebody says otherwise."""
    known = await conditions.of(subject_of(name, language))
    return known.state if known and helpdesk.now() - known.seen_at < TRUST_MS else WELL


async def fault_of(helpdesk: HelpDesk, template: Template) -> Fault | None:
    """Why this template must not be sent now."""
    state = await state_of(helpdesk, template.name, template.language)
    return Fault.MISSING if state == ABSENT else next((fault for fault in Fault if fault == state), None)


async def chosen(helpdesk: HelpDesk, purpose: str, locale: str, number: str, *, button: str = "") -> Template | None:
    """The template for that purpose in the customer's language, or in the desk's where theirs was never made."""
    template = helpdesk.template(purpose, locale, number, button=button)
    if template is None or await state_of(helpdesk, template.name, template.language) != ABSENT:
        return template
    return helpdesk.template(purpose, helpdesk.policies.locale, number, button=button)


def carried(payload: Mapping[str, Any]) -> Template | None:
    """The template an errand takes out: its own, or the one that stands in while the window is shut."""
    for name in ("stand_in", "part"):
        part = payload.get(name)
        if part and "template" in part:
            return load_part(part).template
    return None


def refusal(fault: Fault) -> SendError:
    """What a call would be answered; made here, it costs no call and harms no rating."""
    return SendError(key=fault.key, certain=True, retryable=False, detail="known before the call")


async def refused(helpdesk: HelpDesk, errand: Errand, error: SendError) -> None:
    """The platform refused a template for what the template is: nobody needs to ask it again before it changes."""
    template, fault = carried(errand.payload), Fault.told_by(error.key)
    if template is None or fault is None or not error.code:
        return
    state = fault.value
    if fault is Fault.MISSING and template.language != helpdesk.policies.locale:
        state = ABSENT
    await tell(helpdesk, [await noticed(helpdesk, template.name, template.language, state)])


async def changed(helpdesk: HelpDesk, name: str, language: str, status: str, at: int) -> None:
    """The platform tells a template's new status as of `at` (0: now); what we saw ourselves since is the truth."""
    at = at or helpdesk.now()
    known = await conditions.of(subject_of(name, language))
    if name not in helpdesk.policies.templates.values() or status not in STATUS_FAULTS:
        return
    if known is not None and (known.seen_at >= at + _SECOND_MS or _still_spoiled(known.state, status)):
        return
    fault = STATUS_FAULTS[status]
    await tell(helpdesk, [await noticed(helpdesk, name, language, fault.value if fault else WELL)])


def _still_spoiled(state: str, status: str) -> bool:
    """An approval says nothing about variables and buttons."""
    return STATUS_FAULTS[status] is None and state in SPOILED


async def noticed(helpdesk: HelpDesk, name: str, language: str, state: str) -> str:
    """Remember how a template stands; returns the line that tells of a change, "" where there is none to tell."""
    known = await conditions.of(subject_of(name, language))
    await conditions.save(subject_of(name, language), state, helpdesk.now())
    before = known.state if known else WELL
    if state == before or {state, before} <= {WELL, ABSENT}:
        return ""
    if state in {WELL, ABSENT}:
        return helpdesk.desk_text("alarm-template-works", name=name, language=language)
    reason = helpdesk.desk_text(Fault(state).key)
    return helpdesk.desk_text("alarm-template-stopped", name=name, language=language, reason=reason)


async def tell(helpdesk: HelpDesk, lines: list[str]) -> None:
    """What changed at once is one post in the agents' main group."""
    text = "\n".join(filter(None, lines))
    if text:
        await errands.to_group(helpdesk, Outgoing(text=text), chat=helpdesk.desk.group)
