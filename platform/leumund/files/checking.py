"""What company.toml must say beyond its shape: real currencies, every language, a look that can be read.

Each check looks at its own keys and passes over what has the wrong shape, so one fault never hides another.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar
from zoneinfo import available_timezones

from babel.core import Locale
from babel.numbers import list_currencies
from email_validator import EmailNotValidError, validate_email

from leumund.files.faults import Fault
from leumund.files.shaping import FILE
from leumund.kit import language
from leumund.kit.faults import Refusals, Refused
from leumund.theming import styling
from leumund.theming.themes import UnknownTheme

_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_PURPOSE = re.compile(r"[a-z]+(?:_[a-z]+)*")

Shape = TypeVar("Shape")


def faults_of_values(plain: Mapping[str, Any]) -> Iterator[Fault]:
    """Everything wrong with values, given company.toml as read."""
    yield from _faults_of_place(plain)
    yield from _faults_of_languages(plain)
    yield from _faults_of_look(plain)
    yield from _faults_of_addresses(plain)
    sides = [one.get("side") for one in at(plain, "program.rewards", list, []) if isinstance(one, dict)]
    if len(sides) != len(set(sides)):
        yield Fault(FILE, "program.rewards", "names a side twice")
    for purpose in at(plain, "consents", dict, {}):
        if not _PURPOSE.fullmatch(purpose):
            yield Fault(FILE, f"consents.{purpose}", "is no purpose: lower-case letters and underscores")


def at(plain: Mapping[str, Any], key: str, shape: type[Shape], otherwise: Shape) -> Shape:
    """The value at a dotted key where it has this shape, else ``otherwise``."""
    value: Any = plain
    for name in key.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, shape) else otherwise


def said(fault: Refused) -> str:
    """A refusal's sentence, in the language of those who apply folders."""
    return language.text(fault.key, "en", **fault.values)


def _faults_of_place(plain: Mapping[str, Any]) -> Iterator[Fault]:
    known: dict[str, tuple[set[str], str]] = {
        "country": (
            {code for code in map(str, Locale("en").territories) if code.isalpha()},
            "ISO 3166-1 code such as DE",
        ),
        "currency": (set(list_currencies()), "ISO 4217 code such as EUR"),
        "time_zone": (available_timezones(), "time zone such as Europe/Berlin"),
    }
    for key, (values, name) in known.items():
        given = at(plain, key, str, "")
        if given and given not in values:
            yield Fault(FILE, key, f"{given} is no {name}")


def _faults_of_languages(plain: Mapping[str, Any]) -> Iterator[Fault]:
    spoken = at(plain, "languages", list, ["de"])
    if not spoken:
        yield Fault(FILE, "languages", "is empty")
    for strange in [lang for lang in spoken if lang not in language.LANGUAGES]:
        yield Fault(FILE, "languages", f"{strange} is none of {', '.join(language.LANGUAGES)}")
    for key in ("survey.texts", "program.texts"):
        texts = at(plain, key, dict, dict.fromkeys(spoken))
        for lang in [lang for lang in spoken if lang not in texts]:
            yield Fault(FILE, f"{key}.{lang}", "is missing")
        for lang in texts.keys() - set(spoken):
            yield Fault(FILE, f"{key}.{lang}", "is a language the company does not speak")


def _faults_of_look(plain: Mapping[str, Any]) -> Iterator[Fault]:
    tokens = {name: str(value) for name, value in at(plain, "theme.tokens", dict, {}).items()}
    try:
        styling.check(theme=at(plain, "theme.name", str, "plain"), tokens_given=tokens)
    except UnknownTheme:
        yield Fault(FILE, "theme.name", f"there is no theme {at(plain, 'theme.name', str, '')}")
    except Refusals as faults:
        for fault in faults.faults:
            yield Fault(FILE, f"theme.tokens.{fault.field}", said(fault))


def _faults_of_addresses(plain: Mapping[str, Any]) -> Iterator[Fault]:
    for place, host in enumerate(at(plain, "hosts", list, []), 1):
        if not _HOST.fullmatch(str(host)):
            yield Fault(FILE, f"hosts[{place}]", f"{host} is no host name in lower case, without scheme and port")
    for key in ("sender.email", "imprint.email"):
        address = at(plain, key, str, "")
        try:
            validate_email(address or "nobody@nowhere.example", check_deliverability=False)
        except EmailNotValidError:
            yield Fault(FILE, key, f"{address} is no e-mail address")
