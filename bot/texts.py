"""Every sentence people read: Fluent messages by language, and dates the way each language writes them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import localedata
from babel.dates import format_datetime
from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import ast

from bot.domain.errors import GiseError

Value = str | int | float
_DAY_KEYS = {-1: "day-yesterday", 0: "day-today", 1: "day-tomorrow"}
_LONG_VALUE = 500
"""Fluent refuses values of more than 2500 characters; whatever people write is put in after it has done its work."""
_STAND_IN = re.compile("\ue000([a-z_]+)\ue001")


class TextsError(GiseError):
    """A text file that cannot be used: which file, and what is wrong in it."""


class Texts:
    """The texts of `folders`, in order: what a later folder's `<locale>.ftl` says takes the place of an earlier one's.

    A message that the later file lacks keeps its earlier wording, so that an operator's file survives new releases.
    Raises `TextsError` for unreadable or malformed files and when the default language is missing.
    """

    def __init__(self, folders: Sequence[Path], default: str = "tr") -> None:
        files: dict[str, list[tuple[Path, int]]] = {}
        for file in (file for folder in folders for file in sorted(folder.glob("*.ftl"))):
            files.setdefault(file.stem, []).append((file, _changed_at(file)))
        read = {language: _read(language, tuple(its_files)) for language, its_files in files.items()}
        self._bundles = {language: bundle for language, (bundle, _) in read.items()}
        self._keys = {language: keys for language, (_, keys) in read.items()}
        if default not in self._bundles:
            raise TextsError(f"no {default}.ftl in {', '.join(map(str, folders))}")
        self.default = default

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages there are texts for, the default one first."""
        return (self.default, *sorted(self._bundles.keys() - {self.default}))

    def closest(self, locale: str) -> str:
        """The language to use for `locale` (`en-US` is `en`); the default one if there are no texts for it."""
        language = locale.split("-", maxsplit=1)[0].lower()
        return language if language in self._bundles else self.default

    def has(self, key: str) -> bool:
        """Whether the default language has the text."""
        return key in self._keys[self.default]

    def keys(self, locale: str) -> frozenset[str]:
        """The names of all texts in `locale`."""
        return self._keys[locale]

    def text(self, locale: str, key: str, **values: Value) -> str:
        """The sentence `key` in `locale`, else in the default language.

        Raises `KeyError` for a key that no file has or a value that was not given: both are mistakes of ours.
        """
        language = self.closest(locale)
        bundle = self._bundles[language if key in self._keys[language] else self.default]
        pattern = bundle.get_message(key).value
        if pattern is None:
            raise KeyError(f"text {key} in {language} has only attributes")
        long = {name: value for name, value in values.items() if isinstance(value, str) and len(value) > _LONG_VALUE}
        sentence, errors = bundle.format_pattern(pattern, values | {name: f"\ue000{name}\ue001" for name in long})
        if errors:
            raise KeyError(f"text {key} in {language}: {errors[0]}")
        return _STAND_IN.sub(lambda found: long.get(found[1], found[0]), str(sentence)) if long else str(sentence)

    def date_time(self, locale: str, instant: int, zone: ZoneInfo) -> str:
        """Epoch milliseconds as `1 Ara 2026 15:00` in the zone's wall time."""
        return self._format(locale, _local(instant, zone), "d MMM y HH:mm")

    def day_time(self, locale: str, instant: int, now: int, zone: ZoneInfo) -> str:
        """Epoch milliseconds as people say it at `now`: `yarın 09:00`, `Cuma 17:30`, else `4 Mar 09:00`."""
        moment, today = _local(instant, zone), _local(now, zone)
        days = (moment.date() - today.date()).days
        if days in _DAY_KEYS:
            return self.text(locale, _DAY_KEYS[days], time=f"{moment:%H:%M}")
        if 0 < days < 7:
            return self._format(locale, moment, "EEEE HH:mm")
        return self._format(locale, moment, "d MMM HH:mm" if moment.year == today.year else "d MMM y HH:mm")

    def _format(self, locale: str, moment: datetime, pattern: str) -> str:
        return format_datetime(moment, pattern, tzinfo=moment.tzinfo, locale=self.closest(locale))


def _changed_at(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError as error:
        raise TextsError(f"{file}: {error}") from error


@lru_cache(maxsize=16)
def _read(language: str, files: tuple[tuple[Path, int], ...]) -> tuple[FluentBundle, frozenset[str]]:
    """The messages of these files, each with the time of its last change, and their names.

    Reading is slow, and so is a message's first use; files that did not change are read once in a process.
    """
    bundle = FluentBundle([language], use_isolating=False)
    names: set[str] = set()
    for file, _ in files:
        resource = _parsed(file)
        times = Counter(_message_names(file, resource))
        if twice := sorted(name for name, found in times.items() if found > 1):
            raise TextsError(f"{file}: comes twice: {', '.join(twice)}")
        if not localedata.exists(language):
            raise TextsError(f"{file}: the name must be a language, like tr.ftl")
        bundle.add_resource(resource, allow_overrides=True)
        names |= times.keys()
    return bundle, frozenset(names)


def _parsed(file: Path) -> ast.Resource:
    try:
        return FluentResource(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise TextsError(f"{file}: {error}") from error


def _message_names(file: Path, resource: ast.Resource) -> Iterator[str]:
    for entry in resource.body:
        if isinstance(entry, ast.Junk):
            line = (entry.content or "").strip().split("\n", maxsplit=1)[0]
            raise TextsError(f"{file}: not understood: {line}")
        if isinstance(entry, ast.Message):
            yield entry.id.name


def _local(instant: int, zone: ZoneInfo) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)).astimezone(zone)
