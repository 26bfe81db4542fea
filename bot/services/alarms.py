"""Alarms in the agents' main group: what is wrong with the house, and that it is over."""

from collections.abc import Iterable

import structlog

from bot.domain.outgoing import Outgoing
from bot.domain.troubles import KINDS, Trouble
from bot.helpdesk import HelpDesk
from bot.services import errands
from store import db

MINUTE_MS = 60_000

log = structlog.get_logger(__name__)


async def tell(helpdesk: HelpDesk, raised: Iterable[Trouble], healed: Iterable[tuple[Trouble, int]]) -> None:
    """One message for all that is new, one for all that is over (with the milliseconds each trouble lasted).

    Raises whatever the database raises; then nothing was told.
    """
    new = [trouble for trouble in raised if KINDS[trouble].told]
    over = [(trouble, lasted) for trouble, lasted in healed if KINDS[trouble].told]
    shown = [helpdesk.desk_text(KINDS[trouble].told) for trouble in new if not KINDS[trouble].silent]
    mended = [_lasted(helpdesk, trouble, lasted) for trouble, lasted in over]
    if shown or mended:  # else even a database that takes no writes keeps nobody from the log
        async with db.transaction():
            await _post(helpdesk, "trouble-raised", shown)
            await _post(helpdesk, "trouble-healed", mended)
        helpdesk.bells.outbox.set()
    if new:
        log.error("something is wrong", troubles=[str(trouble) for trouble in new])
    if over:
        log.warning("works again", troubles=[str(trouble) for trouble, _ in over])


async def _post(helpdesk: HelpDesk, heading: str, lines: list[str]) -> None:
    if lines:
        text = "\n".join([helpdesk.desk_text(heading), *(f"• {line}" for line in lines)])
        await errands.to_group(helpdesk, Outgoing(text=text), chat=helpdesk.desk.group)


def _lasted(helpdesk: HelpDesk, trouble: Trouble, lasted: int) -> str:
    what = helpdesk.desk_text(KINDS[trouble].over)
    return helpdesk.desk_text("trouble-lasted", what=what, minutes=lasted // MINUTE_MS)
