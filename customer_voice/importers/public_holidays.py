"""Public holidays by country, from the package `holidays`. Adapter: no rule."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import holidays

from wording.formats import territory_names

RELEASE = version("holidays")
_LANGUAGES = {"en": ("en_US", "en_GB"), "zh-hans": ("zh_CN",)}


def countries(language: str) -> list[tuple[str, str]]:
    """Code and name of every country with known holidays, by name in this language."""
    known = holidays.list_supported_countries()
    return [(code, name) for code, name in territory_names(language) if code in known]


def is_country(code: str) -> bool:
    return code in holidays.list_supported_countries()


def subdivisions(country: str) -> dict[str, list[str]]:
    """Code of each part of the country -> what people call it."""
    if not is_country(country):
        return {}
    known = holidays.country_holidays(country)
    called = known.get_subdivision_aliases()
    return {code: list(called.get(code, ())) for code in known.subdivisions}


def subdivision_named(country: str, text: str) -> str | None:
    """The code of a part of the country by its code or its name; None where there is no such part."""
    plain = text.strip().casefold()
    for code, names in subdivisions(country).items():
        if plain in {code.casefold(), *(name.casefold() for name in names)}:
            return code
    return None


def holidays_of(
    country: str, subdivision: str, *, years: Sequence[int], language: str
) -> list[dict[str, Any]]:
    """Every public holiday of these years, in order, named in the language where the package knows it."""
    if not country:
        return []
    known = holidays.list_localized_countries().get(country, [])
    named = next((one for one in (*_LANGUAGES.get(language, ()), "en_US") if one in known), None)
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=list(years), language=named)
    wanted = set(years)  # what is observed on another day may fall into the next year
    return [
        {"day": day.isoformat(), "name": str(name)[:120]}
        for day, name in sorted(found.items())
        if day.year in wanted
    ]
