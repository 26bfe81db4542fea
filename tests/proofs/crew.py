"""Several `gise run` on one database, each of which may be killed or frozen at any moment."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Self

from adapters.sandbox.bench.posts import phone_of
from adapters.sandbox.bench.program import free_port
from adapters.sandbox.chaos.lives import KILLED, Life, Nursery, listening
from adapters.sandbox.world import World
from config.chaos import PROGRAM


async def with_people(folder: Path, people: int, stack: AsyncExitStack) -> World:
    """The platforms; everybody has just written, so that they may be answered."""
    world = World(folder, limits=False)
    await world.start()
    stack.push_async_callback(world.stop)
    for index in range(people):
        world.whatsapp.add_contact(phone_of(index), f"Kişi {index}")
        world.whatsapp.phones.contact(phone_of(index)).last_heard = world.clock.now()
    return world


def environment_of(world: World, url: str, folder: Path) -> dict[str, str]:
    """What all workers of a crew are told, but for their ports."""
    return {
        **world.environment(),
        "GISE_DATABASE__URL": url,
        "GISE_DATA_DIR": str(folder / "data"),
        "GISE_TELEGRAM__GROUP_WRITES_PER_MINUTE": "0",
        "GISE_LOG__LEVEL": "ERROR",
    }


def numbers_told(world: World, index: int) -> int:
    """How often this person was told their ticket's number."""
    thread = world.whatsapp.phones.thread(phone_of(index))
    return sum(message.sender == "business" and "#20" in str(message.content) for message in thread)


class Worker:
    """One place in the crew; `kills` counts the processes that died in it by our hand."""

    def __init__(self, nursery: Nursery, environment: Mapping[str, str]) -> None:
        self.port = int(environment["GISE_HTTP__PORT"])
        self.kills = 0
        self.own_ends: list[int] = []
        self._nursery = nursery
        self._environment = environment
        self._life: Life | None = None
        self._shot = False
        self._closing = False

    async def work(self) -> None:
        """A process, and the next one when it is gone, until `close`."""
        while not self._closing:
            self._life = await self._nursery.start(self._environment)
            code = await self._life.ended
            if code == KILLED and self._shot:
                self.kills += 1
            elif not self._closing:
                self.own_ends.append(code)
                # Without its database it cannot start; whoever looks after processes waits a little, too.
                await asyncio.sleep(0.5)
            self._shot = False

    async def listens(self) -> bool:
        """Wait until its door is open; false when it died before."""
        life = self._life
        return life is not None and await listening(life, self.port)

    def kill(self) -> bool:
        """SIGKILL; false when nobody is there to die."""
        if self._life is None or self._life.ended.done() or self._shot:
            return False
        self._shot = True
        self._life.kill()
        return True

    async def freeze(self, seconds: float) -> None:
        """SIGSTOP, and after so long SIGCONT, if nobody has killed it meanwhile."""
        if (life := self._life) is not None:
            life.freeze()
            try:
                await asyncio.sleep(seconds)
            finally:
                life.thaw()

    async def close(self) -> None:
        """Stop it in good order."""
        self._closing = True
        if self._life is not None:
            self._life.thaw()
            self._life.stop()
            await self._life.ended


class Crew:
    """`size` workers; use it as a context manager."""

    def __init__(self, size: int, environment: Mapping[str, str], folder: Path) -> None:
        self.workers: list[Worker] = []
        self._size = size
        self._environment = environment
        self._folder = folder
        self._stack = AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        for nth in range(self._size):
            folder = self._folder / f"worker-{nth}"
            folder.mkdir()
            nursery = Nursery(PROGRAM, folder)
            self._stack.push_async_callback(nursery.close)
            await nursery.open()
            own = {**self._environment, "GISE_HTTP__PORT": str(free_port())}
            worker = Worker(nursery, own)
            self.workers.append(worker)
            self._tasks.append(asyncio.create_task(worker.work(), name=f"worker-{nth}"))
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(worker.close() for worker in self.workers))
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stack.aclose()

    @property
    def doors(self) -> tuple[int, ...]:
        return tuple(worker.port for worker in self.workers)

    @property
    def kills(self) -> int:
        return sum(worker.kills for worker in self.workers)

    @property
    def own_ends(self) -> list[int]:
        """Exit codes nobody asked for."""
        return [code for worker in self.workers for code in worker.own_ends]

    async def chill(self, times: int, random: Random, pause: float) -> None:
        """Let one or the other stand still for longer than its leases last, about so many seconds apart."""
        for _ in range(times):
            await asyncio.sleep(random.uniform(0.2, 0.6) * pause)
            await random.choice(self.workers).freeze(random.uniform(6.5, 9.0))

    async def reap(self, kills: int, random: Random, pause: float) -> None:
        """Kill one or the other, about so many seconds apart, some of them while they are still starting."""
        while kills:
            await asyncio.sleep(random.uniform(0.2, 1.8) * pause)
            kills -= random.choice(self.workers).kill()
