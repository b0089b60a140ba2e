"""Write what people and files say the one way we store it, or say why it cannot be."""

import re
from datetime import date, datetime, timedelta

import phonenumbers

from leumund.customers.notation import dialling, spelling
from leumund.kit import dates, mailboxes
from leumund.kit.faults import Refused

_LONGEST_NAME, _LONGEST_ID, _LONGEST_NOTE = 200, 200, 2_000
# A time of day behind the date is how databases export one.
_TIMED = re.compile(r"([0-9]{4}-[0-9-]+)[T ][0-9:.+Z -]*")
_FIRST_BIRTH = date(1900, 1, 1)
# How far the clocks of the earliest time zone are ahead of UTC: what is today somewhere is not yet ahead.
_EARLIEST_ZONE = timedelta(hours=14)
# Domains whose mailboxes are told apart by their letters alone, and the one they are named by.
_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class NoEmail(Refused):
    """No mail could reach this."""


class NoPhone(Refused):
    """No telephone has this number."""


class NoCountry(Refused):
    """Neither a code nor a German or English name of a country."""


class NoDate(Refused):
    """Not a date that can be read one way only."""


class NotThen(Refused):
    """A date on which this cannot have been."""


class NoLanguage(Refused):
    """Not a language's two-letter code or name."""


class TooLong(Refused):
    """Longer than names and numbers get."""


class NoText(Refused):
    """Characters nobody can read or write."""


def email(text: str) -> str:
    """Lower-case, with an ASCII domain; a mailbox our mails could not name is refused. Raises NoEmail."""
    address = mailboxes.normal(text)
    if address is None:
        key = "no_email" if text.strip() else "email_missing"
        raise NoEmail(f"errors.customers.{key}", field="email", value=_shown(text, 100))
    return address


def folded(address: str) -> str:
    """The mailbox behind a normal address: what follows a plus sign sorts mail within it, and is left out.

    So are dots where the largest provider reads past them: else one mailbox is thousands for whoever floods it.
    """
    local, _, domain = address.rpartition("@")
    plain = local.split("+")[0] or local
    return f"{plain.replace('.', '') or plain}@{_DOTLESS[domain]}" if domain in _DOTLESS else f"{plain}@{domain}"


def of_mailbox(address: str | None) -> tuple[str, ...]:
    """A normal ``address`` and, where that is another one, its mailbox's own; nothing of none."""
    return tuple(dict.fromkeys((address, folded(address)))) if address else ()


def phone(text: str, *, country: str | None) -> str:
    """E.164, a number without prefix read as one of ``country``. Raises NoPhone."""
    if dialling.is_plain(text):
        return text
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as fault:
        raise _no_phone(text) from fault
    written = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    if not phonenumbers.is_possible_number(number) or not dialling.E164.fullmatch(written):
        raise _no_phone(text)
    return written


def country(text: str) -> str:
    """ISO 3166-1 alpha-2, from the code or the name in German or English. Raises NoCountry."""
    found = spelling.countries().get(text.strip().casefold().removeprefix("the "))
    if found is None:
        raise NoCountry("errors.customers.no_country", field="country", value=_shown(text, 40))
    return found


def language(text: str) -> str:
    """ISO 639-1, from the code (a region is dropped) or the name in German or English. Raises NoLanguage."""
    wanted = text.strip().casefold()
    found = spelling.languages().get(wanted) or spelling.languages().get(wanted.replace("_", "-").split("-")[0])
    if found is None:
        raise NoLanguage("errors.customers.no_language", field="language", value=_shown(text, 40))
    return found


def day(value: str | date | datetime, *, field: str) -> date:
    """A date from a spreadsheet's own, ``2026-11-23`` or ``23.11.2026``. Raises NoDate."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    timed = _TIMED.fullmatch(value.strip())
    found = dates.written(timed[1] if timed else value)
    if found is None:
        raise NoDate("errors.customers.no_date", field=field, value=_shown(value, 40))
    return found


def past_day(value: str | date | datetime, *, field: str, at: datetime) -> date:
    """A day that has begun somewhere. Raises NoDate, NotThen."""
    found = day(value, field=field)
    if found > (at + _EARLIEST_ZONE).date():
        raise NotThen("errors.customers.date_ahead", field=field, value=_shown(str(value), 40))
    return found


def birth_day(value: str | date | datetime, *, field: str, at: datetime) -> date:
    """A day on which somebody alive can be born. Raises NoDate, NotThen."""
    found = past_day(value, field=field, at=at)
    if found < _FIRST_BIRTH:
        raise NotThen("errors.customers.born_too_early", field=field, value=_shown(str(value), 40))
    return found


def name(text: str, *, field: str) -> str:
    """One line without control characters. Raises TooLong, NoText."""
    return _line(text, field=field, most=_LONGEST_NAME)


def note(text: str, *, field: str) -> str:
    """A few sentences in one line. Raises TooLong, NoText."""
    return _line(text, field=field, most=_LONGEST_NOTE)


def external_id(text: str) -> str:
    """The company's own number for a person, as it writes it. Raises TooLong, NoText."""
    plain = text.strip()
    if len(plain) > _LONGEST_ID:
        raise TooLong("errors.customers.too_long", field="external_id", most=_LONGEST_ID)
    if not plain.isprintable() and (_CONTROL.search(plain) or not _is_text(plain)):
        raise NoText("errors.customers.no_text", field="external_id")
    return plain


def _line(text: str, *, field: str, most: int) -> str:
    printable = text.isprintable()
    if not printable and not _is_text(text):
        raise NoText("errors.customers.no_text", field=field)
    plain = " ".join((text if printable else _CONTROL.sub(" ", text)).split())
    if len(plain) > most:
        raise TooLong("errors.customers.too_long", field=field, most=most)
    return plain


def _is_text(text: str) -> bool:
    """Half of a surrogate pair can stand in a file, and in no database."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _shown(text: str, most: int) -> str:
    """As much of what was written as a report shows, with nothing in it that breaks the report."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:most])


def _no_phone(text: str) -> NoPhone:
    return NoPhone("errors.customers.no_phone", field="phone", value=_shown(text, 40))
