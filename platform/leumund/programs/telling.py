"""Say in plain words what a rule promises: the same on a page, in the terms, and to whoever sets it up; pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from leumund.kit import dates, money
from leumund.kit import language as languages
from leumund.kit.money import Money
from leumund.programs.offers import Cap, Offer, Rule, Terms


class Speech(NamedTuple):
    """In which language something is said, of which currency, and by whose clocks."""

    language: str
    currency: str
    zone: str


def of(terms: Terms | Offer, *, language: str, zone: str) -> Speech:
    return Speech(language, terms.currency, zone)


def whole(rule: Rule, speech: Speech, *, fully: bool = False) -> str:
    """What is given and under which conditions, such as ``10 % des Bestellwerts, für jeden Einkauf``."""
    return ", ".join([worth(rule, speech), *conditions(rule, speech, fully=fully)])


def worth(rule: Rule, speech: Speech) -> str:
    """What is given, such as ``25 € als Gutschrift``."""
    if rule.kind == "points":
        return languages.plural("programs.points", speech.language, rule.cents or 0)
    if rule.percent_bp is None:
        amount = _sum(rule.cents or 0, speech)
    else:
        amount = languages.text("programs.percent", speech.language, percent=percent(rule.percent_bp, speech.language))
    return languages.text(f"offers.reward.{rule.kind}", speech.language, amount=amount)


def percent(basis_points: int, language: str) -> str:
    """``12,5`` of 1250."""
    return str(format_decimal(basis_points / 100, format="0.##", locale=language))


def conditions(rule: Rule, speech: Speech, *, fully: bool = False) -> list[str]:
    """What it takes, each in a few words; ``fully`` also says what goes without saying beside an offer."""
    return list(_conditions(rule, speech, fully))


def what_for(rule: Rule | None, speech: Speech) -> str:
    """What a reward was for, without its sum: ``ab der 3. erfolgreichen Empfehlung``; empty where any will do."""
    return ", ".join(conditions(rule, speech)) if rule else ""


def _conditions(rule: Rule, speech: Speech, fully: bool) -> Iterator[str]:
    yield from _limits(rule, speech)
    if occasion := _occasion(rule, fully):
        yield _said(f"for.{occasion}", speech, n=rule.nth or 0, event=rule.event_key or "")
    if rule.minimum_order_cents:
        yield languages.text("offers.least", speech.language, amount=_sum(rule.minimum_order_cents, speech))
    yield from _counts(rule, speech)
    if rule.begins_at or rule.ends_at:
        yield period(rule.begins_at, rule.ends_at, speech)
    if rule.bonus:
        yield _said("on_top", speech)
    if fully and rule.hold_days is not None:
        yield languages.plural("programs.held", speech.language, rule.hold_days)


def _counts(rule: Rule, speech: Speech) -> Iterator[str]:
    """Of which referral it holds, for how long, and how often."""
    if rule.from_count:
        yield _said("from_count", speech, n=rule.from_count)
    if rule.milestone:
        yield _said("milestone", speech, n=rule.milestone)
    if rule.recurring_months:
        yield languages.plural("programs.for_months", speech.language, rule.recurring_months)
    if rule.most_times and rule.most_times > 1:
        yield languages.plural("programs.most_times", speech.language, rule.most_times)


def _limits(rule: Rule, speech: Speech) -> Iterator[str]:
    if rule.least_cents:
        yield _said("at_least", speech, amount=_sum(rule.least_cents, speech))
    if rule.most_cents:
        yield _said("at_most", speech, amount=_sum(rule.most_cents, speech))


def _occasion(rule: Rule, fully: bool) -> str:
    """What it is given for, in a word; none where it is the first purchase, which goes without saying."""
    if rule.milestone:
        return ""
    if rule.trigger != "purchase":
        repeated = "_each" if rule.trigger == "event" and rule.nth is None and rule.most_times != 1 else ""
        return f"{rule.trigger}{repeated}"
    if rule.nth and rule.nth > 1:
        return "nth"
    if rule.nth is None and rule.most_times != 1:
        return "each"
    return "first" if fully else ""


def period(begins_at: datetime | None, ends_at: datetime | None, speech: Speech) -> str:
    """``ab 1. Mai 2026``, ``bis ...``, or both; by the company's clocks."""
    zone = ZoneInfo(speech.zone)
    days = [each and dates.day(each.astimezone(zone).date(), speech.language) for each in (begins_at, ends_at)]
    begins, ends = days
    name = "between" if begins and ends else "since" if begins else "until"
    return _said(name, speech, begins=begins, ends=ends)


def cap(limit: Cap, speech: Speech) -> str:
    """``höchstens 500 € je Person und Kalenderjahr``."""
    mosts = [_sum(limit.most_cents, speech)] if limit.most_cents else []
    if limit.most_rewards:
        mosts.append(languages.plural("programs.rewards", speech.language, limit.most_rewards))
    most = languages.text("programs.or", speech.language).join(mosts)
    return _said(f"cap.{limit.scope}.{limit.per}", speech, most=most)


def rules_of(rules: Sequence[Rule], side: str) -> list[Rule]:
    """The rules of a side as people are told them: what is always given first, then tiers, milestones and bonuses."""
    return sorted(
        (rule for rule in rules if rule.side == side),
        key=lambda rule: (rule.bonus, rule.milestone or 0, rule.from_count or 0, rule.nth or 0, rule.key),
    )


def _said(name: str, speech: Speech, **values: object) -> str:
    return languages.text(f"programs.{name}", speech.language, **values)


def _sum(cents: int, speech: Speech) -> str:
    return money.short(Money(cents, speech.currency), speech.language)
