"""What other processes wrote of late: the platform's minute does not begin anew with ours."""

from bot.helpdesk import HelpDesk
from bot.outbox.meters import MINUTE
from bot.outbox.pacing import Pacer
from bot.outbox.voices import weight
from store import outbox_written


async def recall(helpdesk: HelpDesk, pacer: Pacer) -> None:
    """Count what was written into the groups in the last minute by others."""
    now = helpdesk.now()
    for written in await outbox_written.by_others(helpdesk.epoch, now - round(MINUTE * 1000)):
        age = max(0, now - written.at) / 1000
        pacer.recall(written.errand.budget, written.account, [age] * await weight(helpdesk, written.errand))
