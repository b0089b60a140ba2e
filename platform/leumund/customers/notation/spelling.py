"""How people spell countries and languages: names and codes by which each is known, all in lower case."""

from collections.abc import Mapping
from functools import cache

from babel import Locale

# Names people write that the catalogues spell otherwise, or no longer have.
_EVERYDAY_COUNTRIES = {
    "usa": "US",
    "u.s.a.": "US",
    "uk": "GB",
    "england": "GB",
    "great britain": "GB",
    "großbritannien": "GB",
    "holland": "NL",
    "korea": "KR",
    "hong kong": "HK",
    "hongkong": "HK",
    "uae": "AE",
    "turkey": "TR",
    "czech republic": "CZ",
    "tschechische republik": "CZ",
}


@cache
def countries() -> Mapping[str, str]:
    """ISO 3166-1 alpha-2 by everything a country is called, in German or English; the code itself among it."""
    names: dict[str, str] = {}
    for locale in ("en", "de"):
        for code, territory in Locale(locale).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "ZZ", "XA", "XB"):
                names[territory.casefold()] = code
                names[code.casefold()] = code
    return names | _EVERYDAY_COUNTRIES


@cache
def languages() -> Mapping[str, str]:
    """ISO 639-1 by everything a language is called, in German or English; the code itself among it."""
    names: dict[str, str] = {}
    for locale in ("en", "de"):
        for code, spoken in Locale(locale).languages.items():
            if len(code) == 2:
                names[spoken.casefold()] = code
                names[code] = code
    return names
