"""Which days are holidays in Sweden. Knows nothing of activities."""

from __future__ import annotations

from datetime import date
from functools import cache

import holidays as calendar
from holidays.constants import DE_FACTO, PUBLIC


@cache
def closed_days(year: int) -> frozenset[date]:
    """Return the public holidays of a year, and the three eves on which all is closed as well.

    Ordinary Sundays are no holidays here: an activity on Sundays says so itself. Midsummer Eve,
    Christmas Eve and New Year's Eve are no public holidays by law, but equal to them in practice
    (a Sunday by the Annual Leave Act). Other eves and days between are ordinary days; close them
    by ``except_days``.

    >>> date(2026, 6, 19) in closed_days(2026), date(2026, 4, 4) in closed_days(2026)
    (True, False)
    """
    found = calendar.country_holidays("SE", years=year, categories=(PUBLIC, DE_FACTO))
    return frozenset(day for day in found if day.year == year)


def is_holiday(day: date) -> bool:
    """Tell whether a day is a public holiday, or one of the three eves."""
    return day in closed_days(day.year)


def holiday_name(day: date, language: str = "sv") -> str:
    """Return what a holiday is called, as in ``Midsommarafton``; "" on an ordinary day.

    >>> holiday_name(date(2026, 12, 24)), holiday_name(date(2026, 12, 24), "en")
    ('Julafton', 'Christmas Eve')
    """
    spoken = "sv" if language == "sv" else "en_US"
    named = calendar.country_holidays(
        "SE", years=day.year, categories=(PUBLIC, DE_FACTO), language=spoken
    )
    return str(named.get(day) or "")
