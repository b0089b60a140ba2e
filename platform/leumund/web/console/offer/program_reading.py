"""Read a form of a program field by field: sums, numbers, moments and shares as the reader's language writes them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from babel.numbers import NumberFormatError, parse_decimal

from leumund.kit import money
from leumund.kit.faults import Refusals, Refused
from leumund.web import forms
from leumund.web.saying import Saying

_MOST_SUM = 100_000_000_000
_MOST_POINTS = 10_000
Sent = Mapping[str, str]


class Unread(Refused):
    """What was typed is no sum, number or moment."""


class Reading:
    """Reads a form field by field and keeps what could not be read."""

    def __init__(self, sent: Sent, say: Saying, currency: str) -> None:
        self.sent, self.say, self.currency = sent, say, currency
        self.faults: list[Refused] = []

    def sum(self, name: str) -> int | None:
        """Minor units; None where nothing was typed."""
        typed = self.sent.get(name, "")
        cents = money.read(typed, currency=self.currency, language=self.say.lang) if typed else None
        if typed and (cents is None or not 0 <= cents <= _MOST_SUM):
            self.faults.append(Unread("errors.programs.sum", field=name))
            return None
        return cents

    def number(self, name: str, *, least: int = 0, most: int = 10_000) -> int | None:
        typed = self.sent.get(name, "")
        number = forms.whole(self.sent, name, otherwise=-1) if typed else None
        if number is not None and not least <= number <= most:
            self.faults.append(Unread("errors.programs.number", field=name, least=least, most=most))
            return None
        return number

    def moment(self, name: str) -> datetime | None:
        typed = self.sent.get(name, "")
        moment = self.say.meant(typed) if typed else None
        if typed and moment is None:
            self.faults.append(Unread("errors.programs.moment", field=name))
        return moment

    def percent(self, name: str) -> int | None:
        """Hundredths of a percent."""
        typed = self.sent.get(name, "")
        try:
            told = parse_decimal(typed, locale=self.say.lang, strict=True) * 100 if typed else None
        except NumberFormatError:
            told = Decimal(-1)
        if told is None:
            return None
        if not 0 <= told <= _MOST_POINTS or told != int(told):
            self.faults.append(Unread("errors.programs.percent", field=name))
            return None
        return int(told)

    def chosen(self, name: str, among: Sequence[str]) -> str:
        """The one of a few that was chosen, else the first."""
        return next((each for each in among if each == self.sent.get(name)), among[0])

    def require(self) -> None:
        """Nothing, when all could be read. Raises Refusals."""
        if self.faults:
            raise Refusals(self.faults)
