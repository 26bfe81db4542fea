"""Public holidays of a country as the domain wants them. Source: the library `holidays`."""

from collections.abc import Mapping
from datetime import date
from functools import cache, partial

from bot.domain.sla.calendar import Holiday

FIRST_YEAR, LAST_YEAR = 2020, 2040
_HALF_DAY = "half_day"


@cache
def public_holidays(where: str, half_day_until: int, locale: str) -> Mapping[date, Holiday]:
    """The holidays of a country ("TR") or a part of it ("DE-BY") from 2020 to 2040; none for an empty name.

    Half days end at `half_day_until`, in minutes after midnight; names are in that language where the library has it.
    Raises ValueError for a place that is not known.
    """
    if not where:
        return {}
    import holidays

    country, _, part = where.partition("-")
    find = partial(holidays.country_holidays, country, subdiv=part or None, years=range(FIRST_YEAR, LAST_YEAR + 1))
    try:
        spoken = find().supported_languages
        language = next((one for one in spoken if one.partition("_")[0] == locale), None)
        whole = find(language=language)
        half = find(language=language, categories=(_HALF_DAY,)) if _HALF_DAY in whole.supported_categories else {}
    except NotImplementedError:
        raise ValueError('a country such as "TR", or a part of it such as "DE-BY"') from None
    days = {day: Holiday(name, half_day_until) for day, name in half.items()}
    return days | {day: Holiday(name) for day, name in whole.items()}
