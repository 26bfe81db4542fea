"""The operator's files read again while running: service levels and the first questions, both or neither."""

from bot.domain.errors import BadInput, GiseError
from bot.helpdesk import HelpDesk
from bot.services import levels
from bot.services.call import Call
from store import audit, bookmarks

_KNOWN = "intake:known"


async def reload(helpdesk: HelpDesk, call: Call) -> str:
    """`/reload` (admin): a mistake in a file is told and changes nothing."""
    try:
        form, sla = helpdesk.policies.intake.load(), helpdesk.levels.load()
    except GiseError as error:
        raise BadInput("reload-refused", reason=str(error)) from None
    helpdesk.policies.intake.form = form
    await bookmarks.write(_KNOWN, form.version)
    count = await levels.change(helpdesk, sla)
    await audit.add(at=helpdesk.now(), actor_id=call.agent.id, action="reload")
    return helpdesk.desk_text("reload-done", count=count)


async def settle(helpdesk: HelpDesk) -> None:
    """At a start: what was read holds from now on, for workers that are there already, too."""
    await bookmarks.write(_KNOWN, helpdesk.form.version)
    await levels.settle(helpdesk)


async def keep_up(helpdesk: HelpDesk) -> None:
    """Another worker may have read the files anew. Raises `GiseError` where ours have a mistake; the old ones stay."""
    if await bookmarks.read(_KNOWN) != helpdesk.form.version:
        helpdesk.policies.intake.form = helpdesk.policies.intake.load()
    await levels.keep_up(helpdesk)
