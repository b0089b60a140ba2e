"""Tell a score in words: to staff, to the person, and in the copy of their data the same ones."""

from collections.abc import Sequence

import msgspec
from babel.numbers import format_decimal

from leumund.kit import language as speaking
from leumund.kit import money
from leumund.kit.money import Money
from leumund.scoring import open_model, rules
from leumund.scoring.explaining import Change, Reason
from leumund.scoring.reading import Scored

_SAID = tuple(kind.key for kind in rules.SAID)
_DAYS, _MONTH_DAYS, _YEAR_DAYS = 60, 30.44, 365.25
_YEARS_FROM_DAYS = 730
LOGIC = ("what", "how", "age", "interval", "effect")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the sum: what it is, what is known of it, and the whole points it adds; the first is the start."""

    label: str
    detail: str
    points: int


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What could happen, and the score as it were then."""

    label: str
    score: int
    more: int


def lines(scored: Scored, *, language: str, currency: str) -> list[Line]:
    """The sum in words; its points add up to the score."""
    begun = "open" if scored.model == open_model.VERSION else "learned"
    start = Line(
        label=speaking.text("score.start", language),
        detail=speaking.text(f"score.start.{begun}", language),
        points=scored.told.start,
    )
    return [start, *(_line(reason, language, currency) for reason in scored.told.reasons)]


def outlook(changes: Sequence[Change], *, score: int, language: str) -> list[Outlook]:
    """What would change it, the most first."""
    found = [
        Outlook(label=speaking.text(f"score.change.{each.key}", language), score=each.score, more=each.score - score)
        for each in changes
    ]
    return sorted(found, key=lambda each: -each.more)


def logic(model: int, *, language: str) -> list[str]:
    """How a score of version ``model`` comes about and what it does, in plain words (Art. 13(2)(f), 15(1)(h) GDPR)."""
    begun = "open" if model == open_model.VERSION else "learned"
    keys = [
        f"score.logic.{part}.{begun}" if part in ("how", "what", "interval") else f"score.logic.{part}"
        for part in LOGIC
    ]
    return [speaking.text(key, language) for key in keys]


def signed(points: int) -> str:
    """``+12``, ``−3``, ``0``; with a minus that is one."""
    return f"+{points}" if points > 0 else str(points).replace("-", money.MINUS)


def _line(reason: Reason, language: str, currency: str) -> Line:
    return Line(
        label=speaking.text(f"score.reason.{reason.key}", language),
        detail=_detail(reason, language, currency),
        points=reason.points,
    )


def _detail(reason: Reason, language: str, currency: str) -> str:
    """What is known, in the kind's own unit."""
    if reason.amount is None:
        return speaking.text("score.detail.unknown", language)
    if reason.key == rules.TAKES_PART.key:
        return speaking.text(f"score.detail.takes_part.{'yes' if reason.amount else 'no'}", language)
    if reason.key == rules.REVENUE.key:
        return money.text(Money(round(reason.amount), currency), language)
    if reason.key == rules.TENURE.key:
        return _length(reason.amount, language)
    if not reason.amount:
        return speaking.text(f"score.detail.none.{'answers' if reason.key in _SAID else reason.key}", language)
    if reason.key in (rules.CASES.key, rules.PURCHASES.key):
        return speaking.plural(f"score.detail.{reason.key}", language, round(reason.amount))
    key = "answers" if reason.key in _SAID else "deeds"
    number = _number(reason.amount, language)
    return speaking.plural(f"score.detail.{key}", language, 1 if number == "1" else 2, number=number)


def _length(days: float, language: str) -> str:
    unit, amount = "days", days
    if days >= _YEARS_FROM_DAYS:
        unit, amount = "years", days / _YEAR_DAYS
    elif days >= _DAYS:
        unit, amount = "months", days / _MONTH_DAYS
    return speaking.plural(f"score.length.{unit}", language, int(amount))


def _number(amount: float, language: str) -> str:
    return str(format_decimal(amount, format="0.##", locale=language))
