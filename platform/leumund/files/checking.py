"""What company.toml must say beyond its shape: real currencies, every language, a look that can be read.

Each check looks at its own keys (``finding``), so one fault never hides another.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import msgspec

from leumund.company import processing
from leumund.company.processing import Described
from leumund.customers.notation import normalising
from leumund.customers.notation.normalising import NoCountry, NoEmail
from leumund.files import asking, finding, promising
from leumund.files.faults import Fault
from leumund.files.shaping import FILE
from leumund.kit import language, money
from leumund.kit.faults import Refusals, Refused
from leumund.tenancy.domains import claiming
from leumund.theming import styling
from leumund.theming.themes import UnknownTheme


def faults_of_values(plain: Mapping[str, Any]) -> Iterator[Fault]:
    """Everything wrong with values, given company.toml as read."""
    yield from _faults_of_slug(plain)
    yield from _faults_of_place(plain)
    yield from _faults_of_languages(plain)
    yield from _faults_of_look(plain)
    yield from _faults_of_addresses(plain)
    yield from _faults_of_surveys(plain)
    yield from _faults_of_program(plain)
    yield from _faults_of_consents(plain)
    yield from _faults_of_processors(plain)


def said(fault: Refused) -> str:
    """A refusal's sentence, in the language of those who apply folders."""
    return language.text(fault.key, "en", **fault.values)


def _faults_of_repetition(words: Sequence[str], key: str) -> Iterator[Fault]:
    for word, times in Counter(words).items():
        if times > 1:
            yield Fault(FILE, key, f"names {word} twice")


def _faults_of_slug(plain: Mapping[str, Any]) -> Iterator[Fault]:
    if finding.at(plain, "slug", str, "").strip() and not finding.slug(plain):
        yield Fault(FILE, "slug", "becomes the host: lower-case letters, digits and single hyphens, no name of ours")


def _faults_of_place(plain: Mapping[str, Any]) -> Iterator[Fault]:
    country = finding.at(plain, "country", str, "")
    try:
        if country and normalising.country(country) != country:
            raise NoCountry(country)
    except NoCountry:
        yield Fault(FILE, "country", f"{country} is no ISO 3166-1 code such as DE")
    currency = finding.at(plain, "currency", str, "")
    if currency and currency not in money.known():
        yield Fault(FILE, "currency", f"{currency} is no ISO 4217 code such as EUR")
    time_zone = finding.at(plain, "time_zone", str, "")
    if time_zone and time_zone not in _time_zones():
        yield Fault(FILE, "time_zone", f"{time_zone} is no time zone such as Europe/Berlin")


@cache
def _time_zones() -> set[str]:
    """All there are; looked for once, since that walks through a folder of files."""
    return available_timezones()


def _faults_of_languages(plain: Mapping[str, Any]) -> Iterator[Fault]:
    given = finding.words(plain, "languages")
    if finding.at(plain, "languages", list, [""]) == []:
        yield Fault(FILE, "languages", "is empty")
    yield from _faults_of_repetition(given, "languages")
    for strange in dict.fromkeys(lang for lang in given if lang not in language.LANGUAGES):
        yield Fault(FILE, "languages", f"{strange} is none of {', '.join(language.LANGUAGES)}")
    of_consents = [f"consents.{purpose}.about" for purpose in finding.purposes(plain)]
    of_programs = [
        (f"{key}.texts", finding.at(one, "texts", dict, dict.fromkeys(given))) for key, one in finding.programs(plain)
    ]
    told = [(key, finding.at(plain, key, dict, dict.fromkeys(given))) for key in ("survey.texts", *of_consents)]
    for key, texts in (told[0], *of_programs, *told[1:]):
        for lang in [lang for lang in dict.fromkeys(given) if lang not in texts]:
            yield Fault(FILE, f"{key}.{lang}", "is missing")
        for lang in [lang for lang in texts if given and lang not in given]:
            yield Fault(FILE, f"{key}.{lang}", "is a language the company does not speak")


def _faults_of_look(plain: Mapping[str, Any]) -> Iterator[Fault]:
    tokens = {
        name: value for name, value in finding.at(plain, "theme.tokens", dict, {}).items() if isinstance(value, str)
    }
    try:
        styling.check(theme=finding.at(plain, "theme.name", str, "plain"), tokens_given=tokens)
    except UnknownTheme as fault:
        yield Fault(FILE, "theme.name", said(fault))
    except Refusals as refusals:
        for refused in refusals.faults:
            yield Fault(FILE, f"theme.tokens.{refused.field}", said(refused))


def _faults_of_addresses(plain: Mapping[str, Any]) -> Iterator[Fault]:
    written = finding.hosts(plain)
    for place, host in enumerate(finding.at(plain, "hosts", list, []), 1):
        if isinstance(host, str) and host not in written:
            yield Fault(FILE, f"hosts[{place}]", f"{host} is no host name in lower case, without scheme and port")
    yield from _faults_of_repetition([host for host in finding.words(plain, "hosts") if host in written], "hosts")
    if len(written) > claiming.MOST:
        yield Fault(FILE, "hosts", f"are {len(written)}, and a company claims {claiming.MOST} at most")
    for key in ("sender.email", "imprint.email"):
        address = finding.at(plain, key, str, "")
        try:
            if address and normalising.email(address) != address:
                yield Fault(FILE, key, f"is written {normalising.email(address)}")
        except NoEmail:
            yield Fault(FILE, key, f"{address} is no e-mail address")


def _faults_of_surveys(plain: Mapping[str, Any]) -> Iterator[Fault]:
    surveys = finding.at(plain, "surveys", list, [])
    if "survey" not in plain and not surveys:
        yield Fault(FILE, "survey", "is missing; or [[surveys]] say more")
    keys = [one["key"] for one in surveys if isinstance(one, dict) and isinstance(one.get("key"), str)]
    yield from _faults_of_repetition([*keys, *(["nps"] if "survey" in plain else [])], "surveys")
    whole = asking.faults(plain, file=FILE, languages=finding.spoken(plain))
    for fault, wrong in (*asking.short_faults(plain, file=FILE), *whole):
        yield Fault(fault.file, fault.key, said(wrong))


def _faults_of_program(plain: Mapping[str, Any]) -> Iterator[Fault]:
    written = finding.programs(plain)
    if "program" not in plain and not finding.at(plain, "programs", list, []):
        yield Fault(FILE, "program", "is missing; or [[programs]] say more")
    keys = [one["key"] for _, one in written if isinstance(one.get("key"), str)]
    yield from _faults_of_repetition(keys, "programs")
    yield from promising.faults(plain, file=FILE)
    yield from promising.shared(plain, file=FILE)


def _faults_of_consents(plain: Mapping[str, Any]) -> Iterator[Fault]:
    for purpose in finding.at(plain, "consents", dict, {}):
        key = f"consents.{purpose}"
        if not finding.is_purpose(purpose):
            yield Fault(FILE, key, "is no purpose: lower-case letters and underscores, 40 at most")
        if finding.at(plain, f"{key}.channels", list, [""]) == []:
            yield Fault(FILE, f"{key}.channels", "is empty")
        yield from _faults_of_repetition(finding.words(plain, f"{key}.channels"), f"{key}.channels")


def _faults_of_processors(plain: Mapping[str, Any]) -> Iterator[Fault]:
    for place, one in enumerate(finding.at(plain, "processors", list, []), 1):
        with suppress(msgspec.ValidationError):
            described = msgspec.convert(one, Described)
            try:
                processing.check(described=described, languages=finding.spoken(plain))
            except Refused as fault:
                yield Fault(FILE, f"processors[{place}].{fault.field}", said(fault))
