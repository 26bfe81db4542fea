"""The house behind the door: policies, texts and channels put together."""

import secrets
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from bot.helpdesk import HelpDesk, Intake, Levels, Policies
from bot.ports import Channel, Desk
from bot.shares import Shares
from bot.texts import Texts
from config.clock import real_seconds
from config.door import Door
from config.policies import SHIPPED, load_intake
from config.settings import Settings
from config.sla import load_sla


def furnished(settings: Settings, desk: Desk, channels: Mapping[str, Channel], door: Door) -> HelpDesk:
    """The help desk of these settings; it shares clock and bells with its door. Raises `PolicyError`."""
    files: Path = settings.data_dir / "files"
    files.mkdir(parents=True, exist_ok=True)
    return HelpDesk(
        clock=door.clock,
        epoch=secrets.token_hex(8),
        policies=_policies(settings),
        texts=_texts(settings),
        channels=channels,
        desk=desk,
        files=files,
        bells=door.bells,
        shares=Shares(clock=real_seconds),
        levels=Levels(
            load=partial(load_sla, settings.config.dir, settings.default_locale, settings.telegram.team_names)
        ),
    )


def _policies(settings: Settings) -> Policies:
    return Policies(
        locale=settings.default_locale,
        zone=settings.timezone,
        intake=Intake(partial(load_intake, settings.config.dir)),
        intake_minutes=settings.intake.minutes,
        auto_close_days=settings.auto_close.days,
        reopen_days=settings.reopen.days,
        plain_is_note=settings.desk.plain_is_note,
        require_role=settings.desk.require_role,
        admins=frozenset(settings.admins),
        templates=settings.whatsapp.templates if settings.whatsapp else {},
    )


def _texts(settings: Settings) -> Texts:
    """The shipped sentences, and the operator's own over them."""
    own = settings.config.dir / "locales" if settings.config.dir else None
    folders = [SHIPPED / "locales", *([own] if own and own.is_dir() else [])]
    return Texts(folders, settings.default_locale)
