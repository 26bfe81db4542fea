"""`gise run` as a process of its own: started, asked, measured through /proc, killed."""

import asyncio
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import time
from asyncio.subprocess import STDOUT, Process
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from adapters.sandbox.players import comes_true

GISE = Path(sys.executable).with_name("gise")
TICKS = os.sysconf("SC_CLK_TCK")
GLANCE = 0.01
PATIENCE = 120.0
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Vitals:
    """What /proc knows of a process."""

    pid: int

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far."""
        fields = self._file("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def waited(self) -> float:
        """Seconds in which it could have run and no processor was free."""
        return int(self._file("schedstat").split()[1]) / 1e9

    @property
    def rss(self) -> int:
        """Bytes of memory."""
        return self._status("VmRSS") * 1024

    @property
    def threads(self) -> int:
        return self._status("Threads")

    @property
    def descriptors(self) -> int:
        return sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir())

    def _status(self, name: str) -> int:
        return next(int(line.split()[1]) for line in self._file("status").splitlines() if line.startswith(f"{name}:"))

    def _file(self, name: str) -> str:
        return Path(f"/proc/{self.pid}/{name}").read_text()


@dataclass(slots=True, kw_only=True)
class Gise:
    """A process and its address. `born` is when it was spawned, on the monotonic clock."""

    process: Process
    port: int
    secret: str
    born: float

    @property
    def vitals(self) -> Vitals:
        return Vitals(self.process.pid)

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far."""
        return self.vitals.cpu

    async def posts(self, http: ClientSession, body: bytes) -> int:
        """A webhook of Meta's, signed; 0 where nobody answers."""
        mark = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={mark}"}
        try:
            async with http.post(
                f"http://127.0.0.1:{self.port}/webhooks/whatsapp", data=body, headers=headers
            ) as answer:
                await answer.read()
                return answer.status
        except (ClientError, TimeoutError):
            return 0

    async def page(self, http: ClientSession, path: str) -> tuple[int, str]:
        async with http.get(f"http://127.0.0.1:{self.port}{path}") as answer:
            return answer.status, await answer.text()

    async def first_taken(self, http: ClientSession, body: bytes) -> tuple[float, float]:
        """Post until it is taken; returns seconds since the birth, on the wall and of the processor."""
        async with asyncio.timeout(PATIENCE):
            while await self.posts(http, body) != 200:
                assert self.process.returncode is None, "gise ended by itself"
                await asyncio.sleep(GLANCE)
        return time.monotonic() - self.born, self.cpu

    async def is_up(self, http: ClientSession, patience: float = PATIENCE) -> None:
        """Wait until the house behind the door is up, well or not."""

        async def up() -> bool:
            return "starting" not in (await self.page(http, "/readyz"))[1]

        await comes_true(up, "the house behind the door", patience)

    async def kill(self) -> None:
        """SIGKILL."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


async def born(environment: Mapping[str, str], folder: Path) -> Gise:
    """Start a process; its log is `gise.log` in the folder."""
    at = time.monotonic()
    with (folder / "gise.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            GISE, "run", env=dict(environment), cwd=folder, stdout=log, stderr=STDOUT
        )
    port = int(environment["GISE_HTTP__PORT"])
    return Gise(process=process, port=port, secret=environment["GISE_WHATSAPP__APP_SECRET"], born=at)


def client() -> ClientSession:
    """An HTTP client that waits for no dead process."""
    return ClientSession(timeout=ClientTimeout(total=10.0))


def message(environment: Mapping[str, str]) -> tuple[str, bytes]:
    """A customer's message as Meta posts it: its key at the door, and the body."""
    number = next(_numbers)
    wamid = f"wamid.proof-{number}"
    said = {"from": f"9055510{number % 200:05d}", "id": wamid, "timestamp": str(int(time.time())), "type": "text"}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": environment["GISE_WHATSAPP__PHONE_NUMBER_ID"]},
        "messages": [{**said, "text": {"body": f"kanarya {number}"}}],
    }
    account = environment["GISE_WHATSAPP__BUSINESS_ACCOUNT_ID"]
    entry = {"id": account, "changes": [{"field": "messages", "value": value}]}
    return f"m:{wamid}", json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def looked_up(file: Path, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Read beside the running program."""
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=10.0)) as connection:
        return connection.execute(statement, values).fetchall()


def filled(file: Path, rows: int, pending: int) -> None:
    """A desk with a past, and with work that waits: nobody may have the file open."""
    old = 1_780_000_000_000
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executemany(
            "INSERT INTO inbox (channel, key, lane, slot, raw, state, received_at, due_at, done_at)"
            " VALUES ('whatsapp', ?, ?, 0, ?, 'done', ?, ?, ?)",
            ((f"old-{n}", f"lane-{n % 200}", b"{" + b"x" * 300 + b"}", old + n, old + n, old + n) for n in range(rows)),
        )
        connection.executemany(
            "INSERT INTO inbox (channel, key, lane, slot, raw, state, received_at, due_at)"
            " VALUES ('whatsapp', ?, ?, 0, ?, 'waiting', ?, ?)",
            _waiting(pending),
        )


def _waiting(pending: int) -> Iterator[tuple[str, str, bytes, int, int]]:
    """Receipts for messages nobody knows: each is work, and none of it leaves the house."""
    now = time.time_ns() // 1_000_000
    for number in range(pending):
        status = {
            "id": f"wamid.gone-{number}",
            "status": "delivered",
            "timestamp": str(now // 1000),
            "recipient_id": "1",
        }
        raw = json.dumps({"field": "messages", "status": status}).encode()
        yield f"waiting-{number}", f"lane-{number % 200}", raw, now, now
