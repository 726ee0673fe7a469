"""Public holidays of countries and their parts, from the `holidays` package.

It is imported where it is asked for: it takes a while to load, and only pages of calendars need it."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 1950, 2100
MOST_YEARS = 20
LONGEST_NAME = 100


class NoSuchHolidays(ValueError):
    """There is no such country, or no such part of it, or the years are none that are known."""


@cache
def countries() -> dict[str, list[str]]:
    """Countries by the two letters of ISO 3166, in order, with the codes of their parts."""
    import holidays

    found = holidays.list_supported_countries(include_aliases=False)
    return {code: sorted(found[code]) for code in sorted(found) if len(code) == 2}


def public_holidays(*, country: str, subdivision: str, years: Iterable[int], language: str = "") -> dict[date, str]:
    """The days off of some years, in order, each with its name in `language` where the package has it, else in English
    or in the language of the country. Raises NoSuchHolidays."""
    import holidays

    wanted = sorted(set(years))
    if country not in countries():
        raise NoSuchHolidays(_("No holidays are known of “%(country)s”.") % {"country": country})
    if subdivision and subdivision not in countries()[country]:
        raise NoSuchHolidays(
            _("“%(part)s” is no part of %(country)s whose holidays are known.")
            % {"part": subdivision, "country": country}
        )
    if not wanted or len(wanted) > MOST_YEARS or wanted[0] < FIRST_YEAR or wanted[-1] > LAST_YEAR:
        raise NoSuchHolidays(
            _("Give at most %(most)d years between %(first)d and %(last)d.")
            % {"most": MOST_YEARS, "first": FIRST_YEAR, "last": LAST_YEAR}
        )
    place: Any = holidays.country_holidays(country)
    days = holidays.country_holidays(
        country, subdiv=subdivision or None, years=wanted, language=_spoken(place.supported_languages, language)
    )
    return {day: name[:LONGEST_NAME] for day, name in sorted(days.items()) if day.year in wanted}


def _spoken(supported: Iterable[str], language: str) -> str | None:
    """The code that the package has for a language of ours, else English; None: its own choice."""
    known = {code.lower().replace("_", "-"): code for code in supported}
    short = language.lower().split("-")[0]
    # Chinese is told apart by script there: zh-hans is CN.
    for wanted in (language.lower(), {"zh-hans": "zh-cn"}.get(language.lower(), ""), short, "en-us", "en"):
        if wanted in known:
            return known[wanted]
    return next((code for name, code in known.items() if short and name.startswith(f"{short}-")), None)
