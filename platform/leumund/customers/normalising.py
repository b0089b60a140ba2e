"""Write what people and files say the one way we store it, or say why it cannot be."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache

import phonenumbers
from babel import Locale
from email_validator import EmailNotValidError, validate_email

from leumund.kit.faults import Refused

# What nearly every address looks like; everything else goes the thorough way.
_PLAIN_EMAIL = re.compile(r"[a-z0-9][a-z0-9_+-]*(?:\.[a-z0-9_+-]+)*@(?P<domain>(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,})")
_LONGEST_LOCAL, _LONGEST_NAME, _LONGEST_ID = 64, 200, 200
_DATES = ("%Y-%m-%d", "%d.%m.%Y")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class NoEmail(Refused):
    """No mail could reach this."""


class NoPhone(Refused):
    """No telephone has this number."""


class NoCountry(Refused):
    """Neither a code nor a German or English name of a country."""


class NoDate(Refused):
    """Not a date that can be read one way only."""


class NoLanguage(Refused):
    """Not a language's two-letter code or name."""


class TooLong(Refused):
    """Longer than names and numbers get."""


def email(text: str) -> str:
    """Lower-case, with an ASCII domain where possible. Raises NoEmail."""
    lowered = text.strip().lower()
    plain = _PLAIN_EMAIL.fullmatch(lowered)
    if plain and lowered.index("@") <= _LONGEST_LOCAL and _known_domain(plain["domain"]):
        return lowered
    try:
        return validate_email(lowered, check_deliverability=False).normalized.lower()
    except EmailNotValidError as fault:
        raise NoEmail("errors.customers.no_email", field="email", value=text[:100]) from fault


def phone(text: str, *, country: str | None) -> str:
    """E.164, a number without prefix read as one of ``country``. Raises NoPhone."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as fault:
        raise NoPhone("errors.customers.no_phone", field="phone", value=text[:40]) from fault
    if not phonenumbers.is_possible_number(number):
        raise NoPhone("errors.customers.no_phone", field="phone", value=text[:40])
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def country(text: str) -> str:
    """ISO 3166-1 alpha-2, from the code or the name in German or English. Raises NoCountry."""
    found = _countries().get(text.strip().casefold())
    if found is None:
        raise NoCountry("errors.customers.no_country", field="country", value=text[:40])
    return found


def language(text: str) -> str:
    """ISO 639-1, from the code (a region is dropped) or the name in German or English. Raises NoLanguage."""
    wanted = text.strip().casefold()
    found = _languages().get(wanted) or _languages().get(wanted.replace("_", "-").split("-")[0])
    if found is None:
        raise NoLanguage("errors.customers.no_language", field="language", value=text[:40])
    return found


def day(value: str | date | datetime, *, field: str) -> date:
    """A date from a spreadsheet's own, ``2026-11-23`` or ``23.11.2026``. Raises NoDate."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for form in _DATES:
        try:
            return datetime.strptime(value.strip()[:10], form).date()
        except ValueError:
            continue
    raise NoDate("errors.customers.no_date", field=field, value=value[:40])


def name(text: str, *, field: str) -> str:
    """One line without control characters. Raises TooLong."""
    plain = " ".join(_CONTROL.sub(" ", text).split())
    if len(plain) > _LONGEST_NAME:
        raise TooLong("errors.customers.too_long", field=field, most=_LONGEST_NAME)
    return plain


def external_id(text: str) -> str:
    """The company's own number for a person, as it writes it. Raises TooLong."""
    plain = text.strip()
    if len(plain) > _LONGEST_ID or _CONTROL.search(plain):
        raise TooLong("errors.customers.too_long", field="external_id", most=_LONGEST_ID)
    return plain


@cache
def _known_domain(domain: str) -> bool:
    """Whether the thorough way takes this domain; asked once each, since a file has few."""
    try:
        validate_email("a@" + domain, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


@cache
def _countries() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for locale in ("en", "de"):
        for code, territory in Locale(locale).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "ZZ", "XA", "XB"):
                names[territory.casefold()] = code
                names[code.casefold()] = code
    return names | {"usa": "US", "u.s.a.": "US", "uk": "GB"}


@cache
def _languages() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for locale in ("en", "de"):
        for code, spoken in Locale(locale).languages.items():
            if len(code) == 2:
                names[spoken.casefold()] = code
                names[code] = code
    return names
