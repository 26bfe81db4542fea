"""How many posts a second leave through the real clients, where the other side answers at once and has no limits."""

from contextlib import AsyncExitStack

from adapters.sandbox.bench.posts import phone_of, wamid_of
from adapters.sandbox.bench.stopwatch import Stopwatch, epoch_seconds, own_cpu
from adapters.whatsapp.split import split
from bot import inbox
from bot.helpdesk import HelpDesk
from bot.outbox import Outbox
from bot.services import levels
from config.bench.report import Figure, of_rounds
from config.bench.running import Site, site
from config.bench.scope import Scope
from config.clock import SystemClock
from config.door import Door
from config.house import furnished
from config.settings import load_settings
from store import db
from store.sql import rows

_SHOWN = """
SELECT count(*) AS shown FROM message JOIN outbox ON outbox.message_id = message.id
WHERE message.author = 'requester' AND outbox.channel = 'desk' AND outbox.state = 'sent'"""


async def measured(scope: Scope) -> list[Figure]:
    """The posts of a burst of messages in tickets whose topics are open, round after round."""
    people, each = scope.size(20, 200), scope.size(2, 10)
    rates, cpu = [], []
    async with site(scope, "outbox", people) as place, AsyncExitStack() as stack:
        helpdesk = await _opened(place, stack)
        await _say(place, helpdesk, "first", people, 1)
        await Outbox(helpdesk).drain()
        scope.say("outbox: topics are open")
        for nth in range(scope.rounds):
            await _say(place, helpdesk, f"burst{nth}", people, each)
            before, watch, used = await _shown(), Stopwatch(), own_cpu()
            await Outbox(helpdesk).drain()
            posts = await _shown() - before
            rates.append(posts / watch.seconds)
            cpu.append(round(1e6 * (own_cpu() - used) / max(1, posts)))
            scope.say(f"  {rates[-1]:.0f}/s")
    return [of_rounds("outbox.drain", rates, messages=people * each, cpu_us_per_post=cpu)]


async def _opened(place: Site, stack: AsyncExitStack) -> HelpDesk:
    """The house with its real clients, no worker running."""
    from config import platforms

    settings = load_settings(place.environment, None)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    await db.open_database(settings.database_url)
    stack.push_async_callback(db.close_database)
    clock = SystemClock()
    clients = await platforms.connected(settings, clock, stack)
    helpdesk = furnished(settings, clients.telegram, clients.channels, Door(clock=clock))
    await levels.settle(helpdesk)
    return helpdesk


async def _say(place: Site, helpdesk: HelpDesk, prefix: str, people: int, each: int) -> None:
    """Everybody says so many things, which are worked off."""
    now = epoch_seconds()
    bodies = (
        place.mail.message(wamid_of(prefix, index), phone_of(index % people), now) for index in range(people * each)
    )
    await inbox.accept(helpdesk, [item for body in bodies for item in split(body)])
    while await inbox.drain(helpdesk):
        pass


async def _shown() -> int:
    """How many of the customers' messages stand in their topics."""
    return int((await rows(_SHOWN))[0]["shown"])
