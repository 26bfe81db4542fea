"""`gise check`: looks at everything Gişe depends on and says in one line each what is the case and what to do."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from adapters.servertime import server_time
from adapters.telegram.channel import TelegramChannel
from adapters.whatsapp.channel import WhatsAppChannel
from bot.domain.errors import SendError
from config import findings
from config.findings import Finding, bad, good, odd
from config.policies import SHIPPED, PolicyError, load_intake
from config.redaction import Redaction
from config.sections import Telegram
from config.settings import Settings, WhatsApp
from config.sla import load_sla
from store.address import address_of
from store.beside import recorded_version
from store.errors import UnusableDatabase
from store.migrations import known_migrations

_LITTLE_SPACE = 500 * 2**20


async def examine(settings: Settings) -> list[Finding]:
    """All findings, in the order a person would put them right. Changes nothing, prints no secret."""
    found = await _telegram(settings.telegram)
    found += await _whatsapp(settings, settings.whatsapp) if settings.whatsapp else [good("WhatsApp: left out")]
    found += await _clocks(settings)
    found.append(await asyncio.to_thread(_files, settings))
    found += await asyncio.to_thread(lambda: list(_folder(settings.data_dir)))
    found.append(await _database(settings.database_url))
    # The platforms' own words are among them, and those may quote what they were sent.
    clean = Redaction(settings.secrets).without_secrets
    return [Finding(each.mark, clean(each.what), clean(each.advice)) for each in found]


async def _telegram(settings: Telegram) -> list[Finding]:
    channel = TelegramChannel(
        settings.token.get_secret_value(),
        now=lambda: time.time_ns() // 1_000_000,
        groups=list(settings.teams),
        helpers=settings.helpers,
        api_base=settings.api_base,
    )
    try:
        seen = await channel.inspect()
        return [*findings.telegram(settings, seen), *map(findings.helper, await channel.inspect_helpers())]
    except SendError as error:
        return [findings.refusal("TELEGRAM", settings.api_base, error)]
    finally:
        await channel.close()


async def _whatsapp(whole: Settings, settings: WhatsApp) -> list[Finding]:
    channel = WhatsAppChannel(
        settings.token.get_secret_value(),
        settings.phone_number_id,
        settings.business_account_id or "",
        settings.graph_url,
    )
    try:
        return list(findings.whatsapp(settings, await channel.inspect(), _languages(whole)))
    except SendError as error:
        return [findings.refusal("WHATSAPP", settings.api_base, error)]
    finally:
        await channel.close()


def _languages(settings: Settings) -> list[str]:
    """The languages there are texts for, the desk's own first."""
    own = [settings.config.dir / "locales"] if settings.config.dir else []
    found = {file.stem for folder in (SHIPPED / "locales", *own) for file in folder.glob("*.ftl")}
    return [settings.default_locale, *sorted(found - {settings.default_locale})]


async def _clocks(settings: Settings) -> list[Finding]:
    bases = {"Telegram": settings.telegram.api_base}
    if settings.whatsapp:
        bases["WhatsApp"] = settings.whatsapp.api_base
    theirs = await asyncio.gather(*(server_time(base) for base in bases.values()))
    # Not the movable clock: what counts here is the machine's.
    ours = time.time()
    return [
        findings.clock(name, None if instant is None else ours - instant)
        for name, instant in zip(bases, theirs, strict=True)
    ]


def _files(settings: Settings) -> Finding:
    try:
        load_sla(settings.config.dir, settings.default_locale, settings.telegram.team_names)
        load_intake(settings.config.dir)
    except PolicyError as error:
        return bad(f"Files: {error}", "put it right: a start stops there, and /reload takes nothing over")
    return good("Files: sla.toml and intake.toml can be read")


def _folder(folder: Path) -> Iterator[Finding]:
    existing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    try:
        if existing == folder:
            tempfile.TemporaryFile(dir=folder).close()
        elif not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
            raise PermissionError(f"{folder} cannot be made inside {existing}")
    except OSError as error:
        yield bad(
            f"Data folder: {folder} is not writable ({error.strerror or error})",
            "give its owner's rights to Gişe's user, or set GISE_DATA_DIR",
        )
        return
    yield good(f"Data folder: {folder} is writable")
    free = shutil.disk_usage(existing).free
    if free < _LITTLE_SPACE:
        yield odd(f"Data folder: only {free // 2**20} MB are free", "make room before the disk is full")


async def _database(url: str) -> Finding:
    latest, shown = known_migrations()[-1].version, address_of(url).shown
    try:
        version = await recorded_version(url)
    except UnusableDatabase as error:
        return bad(f"Database: {error}", "restore a backup, or set GISE_DATABASE__URL")
    if version is None:
        return good(f"Database: {shown} will be made at the first start (version {latest})")
    if version > latest:
        return bad(f"Database: version {version}, this program knows {latest}", "start the newer program again")
    if version < latest:
        return odd(
            f"Database: version {version} of {latest}",
            "nothing to do: the next start upgrades it, or gise db upgrade (a copy of an SQLite file is kept)",
        )
    return good(f"Database: {shown} has the current version {version}")
