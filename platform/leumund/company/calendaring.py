"""Which days are public holidays where a company is."""

from datetime import date
from functools import lru_cache
from typing import Any

import holidays
from holidays import HolidayBase

# The states of Germany, by ISO 3166-2; elsewhere the holidays that count in the whole country do.
REGIONS = ("BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH")
_REGIONAL = "DE"


def regions(country: str) -> tuple[str, ...]:
    """Which states of ``country`` have holidays of their own that a company may choose."""
    return REGIONS if country == _REGIONAL else ()


def is_holiday(day: date, *, country: str, region: str = "") -> bool:
    """Whether ``day`` is a public holiday in ``country``, or in its ``region``; of a country nobody knows, none is."""
    return day in _of_year(country, region, day.year)


def calendar(*, country: str, region: str) -> HolidayBase:
    """Working days and public holidays of a country, or of one of its states; of one nobody knows, weekends alone."""
    return _known(country, region)


@lru_cache(maxsize=256)
def _of_year(country: str, region: str, year: int) -> HolidayBase:
    return _known(country, region, years=year, expand=False)


def _known(country: str, region: str, **span: Any) -> HolidayBase:
    try:
        return holidays.country_holidays(country, subdiv=region if region in regions(country) else None, **span)
    except NotImplementedError:
        # The library's word for a country it has no holidays of.
        return HolidayBase(**span)
