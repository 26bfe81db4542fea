"""The settings: environment variables with the prefix `GISE_`, or the same names in `.env`."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, DirectoryPath, Field, SecretStr
from pydantic import ValidationError as Invalid
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot import crashpoints
from config.rules import WHATSAPP_API, has_whatsapp, is_vendor, problems
from config.sections import Section, Telegram, WebAddress, json_list
from store.address import address_of, passwords_of
from store.errors import UnusableDatabase

PREFIX = "GISE_"


class ConfigurationError(Exception):
    """The configuration cannot be used. `problems` are whole sentences, each naming its variable."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _database(value: str) -> str:
    try:
        address_of(value)
    except UnusableDatabase as error:
        raise ValueError from error
    return value


def _crash_point(value: str) -> str:
    crashpoints.read(value)
    return value


TemplateName = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,512}$")]
_TEMPLATE = "the name of an approved utility template with one parameter, the ticket's number,"
NumericId = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]+$")]


class Database(Section):
    url: Annotated[str, AfterValidator(_database)] | None = Field(
        None,
        repr=False,
        description="the address of an SQLite file, sqlite:///srv/gise.sqlite3 or sqlite://gise.sqlite3 (relative), or "
        "of a PostgreSQL database, postgres://user:password@host:5432/gise (with %23 for # and the like)",
    )


class WhatsApp(Section):
    token: SecretStr = Field(description="an access token of Meta")
    phone_number_id: NumericId = Field(description="the id of the number as Meta shows it, not the number itself")
    app_secret: SecretStr = Field(description="the secret of the Meta app")
    verify_token: SecretStr = Field(description="the word typed into Meta's webhook form")
    business_account_id: NumericId | None = Field(None, description="the id of the WhatsApp Business account")
    api_base: WebAddress = Field(WHATSAPP_API, description="an http or https address without a query")
    api_version: Annotated[str, AfterValidator(lambda value: value.removeprefix("v"))] = Field(
        "26.0", pattern=r"^v?\d+\.\d+$", description="a version of the Graph API, such as 26.0"
    )

    template_answer: TemplateName | None = Field(None, description=f"{_TEMPLATE} that says an answer is waiting")
    template_reminder: TemplateName | None = Field(None, description=f"{_TEMPLATE} that reminds of an open question")
    template_closed: TemplateName | None = Field(None, description=f"{_TEMPLATE} that tells of the closing")
    template_no_news: TemplateName | None = Field(None, description=f"{_TEMPLATE} that says there is no news yet")

    @property
    def templates(self) -> dict[str, str]:
        """The configured templates by what they are for: `answer`, `reminder`, `closed`, `no_news`."""
        named = {"answer": self.template_answer, "reminder": self.template_reminder, "closed": self.template_closed}
        named["no_news"] = self.template_no_news
        return {purpose: name for purpose, name in named.items() if name}

    @property
    def graph_url(self) -> str:
        """Where calls go: the base with the version, unless the base ends with a version already."""
        return self.api_base if re.search(r"/v\d+\.\d+$", self.api_base) else f"{self.api_base}/v{self.api_version}"


class Http(Section):
    host: str = Field("127.0.0.1", description="an address of this machine, such as 127.0.0.1 or 0.0.0.0")
    port: int = Field(8080, ge=0, le=65535, description="a port from 1 to 65535 (0: any that is free)")


class ClockSource(Section):
    offset_file: Path | None = Field(None, description="the path of a file that holds a number of seconds")


class Chaos(Section):
    crash_at: Annotated[str, AfterValidator(_crash_point)] | None = Field(
        None, description="a crash point and a count from 1, such as inbox.stored:3 (bot/crashpoints.py lists them)"
    )


class ConfigFolder(Section):
    dir: DirectoryPath | None = Field(None, description="a folder that exists")


class AutoClose(Section):
    days: int = Field(4, ge=1, le=60, description="a number of days from 1 to 60")


class Intake(Section):
    minutes: int = Field(10, ge=1, le=1440, description="a number of minutes from 1 to 1440")


class Reopen(Section):
    days: int = Field(7, ge=0, le=365, description="a number of days from 0 to 365")


class DeskHabits(Section):
    """How agents work: `plain_is_note` turns plain messages into notes, `require_role` asks for `/role` too."""

    plain_is_note: bool = Field(False, description="true or false")
    require_role: bool = Field(False, description="true or false")


class Log(Section):
    level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)] = Field(
        "INFO", description="DEBUG, INFO, WARNING or ERROR"
    )
    as_json: bool = Field(False, validation_alias="json", description="true or false")


class Settings(BaseSettings):
    """All settings. `whatsapp` is `None` when that channel is left out."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid")

    telegram: Telegram
    whatsapp: WhatsApp | None = None
    database: Database = Database()
    http: Http = Http()
    clock: ClockSource = ClockSource()
    chaos: Chaos = Chaos()
    config: ConfigFolder = ConfigFolder()
    auto_close: AutoClose = AutoClose()
    intake: Intake = Intake()
    reopen: Reopen = Reopen()
    desk: DeskHabits = DeskHabits()
    log: Log = Log()
    data_dir: Path = Field(Path("data"), description="a folder for the database and files")
    timezone: ZoneInfo = Field(ZoneInfo("Europe/Istanbul"), description="a time zone such as Europe/Istanbul")
    admins: Annotated[tuple[Annotated[int, Field(gt=0)], ...], NoDecode, BeforeValidator(json_list)] = Field(
        (), description="a JSON list of numeric Telegram user ids, such as [123456789]"
    )
    default_locale: Literal["tr", "en"] = Field("tr", description="tr or en")

    @property
    def database_url(self) -> str:
        """`sqlite:///folder/file` is absolute, `sqlite://folder/file` relative to the working folder."""
        return self.database.url or f"sqlite://{(self.data_dir / 'gise.sqlite3').as_posix()}"

    @property
    def on_test_servers(self) -> bool:
        """Whether no channel leads to the real platforms."""
        bases = [self.telegram.api_base, *([self.whatsapp.api_base] if self.whatsapp else [])]
        return not any(map(is_vendor, bases))

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret in plain text, for the log's redaction and nothing else."""
        sections = (self.telegram, self.whatsapp)
        values = [value for section in sections if section for _, value in section]
        plain = tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))
        return (*plain, *self.telegram.helpers, *passwords_of(self.database_url))

    @classmethod
    def given(cls, values: Mapping[str, str]) -> Self:
        """The settings made of exactly these variables. Raises pydantic's `ValidationError`."""
        loaded: dict[str, Any] = _Given(cls, values)()
        return cls.model_validate(loaded)

    @classmethod
    def settings_customise_sources(cls, *_: Any, **sources: Any) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `given` passes: `load_settings` has read the environment and `.env` and checked the names."""
        return (sources["init_settings"],)


class _Given(EnvSettingsSource):
    """Reads variables from a mapping, so that a test needs no change to its own environment."""

    def __init__(self, settings: type[BaseSettings], values: Mapping[str, str]) -> None:
        self._values = {name.lower(): text for name, text in values.items()}
        super().__init__(settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._values


def known_variables() -> dict[str, str]:
    """The name of every variable and what it must be."""
    known: dict[str, str] = {}
    for name, field in Settings.model_fields.items():
        choices = [field.annotation, *get_args(field.annotation)]
        section = next((kind for kind in choices if isinstance(kind, type) and issubclass(kind, Section)), None)
        if section is None:
            known[f"{PREFIX}{name}".upper()] = field.description or ""
            continue
        for inner, of in section.model_fields.items():
            known[f"{PREFIX}{name}__{of.validation_alias or inner}".upper()] = of.description or ""
    return known


def load_settings(environ: Mapping[str, str] | None = None, env_file: str | Path | None = ".env") -> Settings:
    """Read `environ` (default: the process's) over `env_file`. Raises `ConfigurationError` with all problems."""
    values = _variables(os.environ if environ is None else environ, env_file)
    known = known_variables()
    found = list(problems(values, frozenset(known)))
    usable = {name: text for name, text in values.items() if name in known}
    if not has_whatsapp(usable):
        usable = {name: text for name, text in usable.items() if not name.startswith("GISE_WHATSAPP__")}
    try:
        settings = Settings.given(usable)
    except Invalid as error:
        found += _sentences(error, usable, known)
        # The cause is cut off because it quotes the values, secrets among them.
        raise ConfigurationError(found) from None
    if found:
        raise ConfigurationError(found)
    return settings


def _variables(environ: Mapping[str, str], env_file: str | Path | None) -> dict[str, str]:
    """Our variables by upper-case name; the environment wins, empty ones count as not set."""
    try:
        written = dotenv_values(env_file, interpolate=False) if env_file else {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{env_file} cannot be read: {error}"]) from error
    texts = {name.upper(): (text or "").strip() for name, text in {**written, **environ}.items()}
    return {name: text for name, text in texts.items() if name.startswith(PREFIX) and text}


def _sentences(error: Invalid, values: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    """A sentence for each field that does not fit; what is missing was named by the rules."""
    wrong: dict[str, str] = {}
    for detail in error.errors():
        path = [PREFIX + "__".join(map(str, detail["loc"][:depth])).upper() for depth in (1, 2)]
        for name in path:
            if name in values:
                shown = "" if _is_secret(name, values[name]) else f", not {values[name]!r}"
                wrong[name] = f"{name} must be {known[name]}{shown}"
    return list(wrong.values())


def _is_secret(name: str, value: str) -> bool:
    """Whether the value must not be repeated; an address may have a password in front of its `@` or behind its `?`."""
    return name.endswith(("TOKEN", "TOKENS", "SECRET")) or (name.endswith("__URL") and ("@" in value or "?" in value))
