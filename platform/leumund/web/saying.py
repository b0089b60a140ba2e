"""Numbers, money and moments as the reader of a page writes them, by the clocks of whose page it is."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import get_month_names
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from litestar import Request

from leumund.audit import masking
from leumund.kit import dates, language, money
from leumund.kit.language import LANGUAGES
from leumund.kit.money import Money
from leumund.web import dressing

_UTC = ZoneInfo("UTC")
_UNITS = ("byte", "kilobyte", "megabyte", "gigabyte", "terabyte")
_STEP = 1000
# Between these a day has a midnight everywhere, and there is a year before it and one after.
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2999, 1, 1)


class Saying(msgspec.Struct, frozen=True):
    """How one page writes; templates know it as ``say``."""

    lang: str
    zone: ZoneInfo

    def number(self, value: int) -> str:
        """``2.746`` in German, ``2,746`` in English."""
        return str(format_decimal(value, locale=self.lang))

    def size(self, count: int) -> str:
        """Bytes in the largest unit that leaves a whole: ``2.4 MB``."""
        value, unit = float(count), 0
        while value >= _STEP and unit < len(_UNITS) - 1:
            value, unit = value / _STEP, unit + 1
        return str(format_unit(round(value, 1), f"digital-{_UNITS[unit]}", length="short", locale=self.lang))

    def score(self, value: float) -> str:
        """An NPS or a bound of it, to one decimal."""
        return str(format_decimal(value, format="0.0", locale=self.lang)).replace("-", money.MINUS)

    def signed(self, value: float) -> str:
        """A difference in points: ``+4.2``."""
        return str(format_decimal(value, format="+0.0;-0.0", locale=self.lang)).replace("-", money.MINUS)

    def decimal(self, value: float) -> str:
        """A mean mark or a correlation, to two decimals."""
        return str(format_decimal(value, format="0.00", locale=self.lang)).replace("-", money.MINUS)

    def chance(self, value: float) -> str:
        """A p, to three decimals."""
        return str(format_decimal(value, format="0.000", locale=self.lang))

    def percent(self, value: float) -> str:
        """A share from 0 to 1 in whole percent."""
        return str(format_percent(value, locale=self.lang))

    def plain(self, value: float) -> str:
        """A number with what decimals it has, two at most."""
        return str(format_decimal(value, format="0.##", locale=self.lang)).replace("-", money.MINUS)

    def exact(self, value: float) -> str:
        """A small number to four decimals."""
        return str(format_decimal(value, format="0.0000", locale=self.lang)).replace("-", money.MINUS)

    def share(self, part: int, whole: int) -> str:
        """``part`` of ``whole`` in whole percent; a dash where there is no whole."""
        return str(format_percent(part / whole, locale=self.lang)) if whole else "–"

    def money(self, cents: int, currency: str) -> str:
        """``25,00 €``."""
        return money.text(Money(cents, currency), self.lang)

    def day(self, moment: datetime | date) -> str:
        """``3. Mai 2026``; of a moment, the day by these clocks."""
        day = moment.astimezone(self.zone).date() if isinstance(moment, datetime) else moment
        return dates.day(day, self.lang)

    def moment(self, at: datetime) -> str:
        """``3. Mai 2026, 14:02`` by these clocks."""
        return dates.moment(at, self.lang, self.zone)

    def month(self, number: int) -> str:
        """A month by its name, as it stands alone."""
        return str(get_month_names("wide", "stand-alone", locale=self.lang)[number])

    def meant(self, text: str) -> datetime | None:
        """The moment that a field of day and time means by these clocks; None where it means none."""
        try:
            return datetime.fromisoformat(text).replace(tzinfo=self.zone).astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    def dated(self, text: str) -> date | None:
        """The day that a field or an address means; None where it means none that anybody could mean."""
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return None
        return day if _FIRST_DAY <= day <= _LAST_DAY else None

    def choices(self, kind: str, names: Sequence[str]) -> list[tuple[str, str]]:
        """All of them first, then each state of ``kind`` with its word: what a filter offers."""
        words = [(name, language.text(f"console.state.{kind}.{name}", self.lang)) for name in names]
        return [("", language.text("console.all", self.lang)), *words]

    def masked(self, field: str, value: object) -> object:
        """An address, a number or a day of birth for whoever need not reach the person: ``a…@l…``."""
        return masking.shown(field, value)

    def country(self, code: str) -> str:
        """A country by its name."""
        return language.country(code, self.lang)

    def tongue(self, code: str) -> str:
        """A language by its name."""
        return language.tongue(code, self.lang)


def plainly(request: Request[Any, Any, Any]) -> Saying:
    """How a page of the operator's writes: moments in UTC, as logs do."""
    return Saying(dressing.language_of(request, LANGUAGES), _UTC)


async def here(request: Request[Any, Any, Any]) -> Saying:
    """How the console's page writes; asked before a scope is opened, since it may need one of its own."""
    profile = (await dressing.dress_of(request)).profile
    return Saying(dressing.language_of(request, LANGUAGES), ZoneInfo(profile.time_zone))


async def to_visitor(request: Request[Any, Any, Any]) -> Saying:
    """Like ``here`` for a page of whoever the company speaks to, which it does in its own languages alone."""
    profile = (await dressing.dress_of(request)).profile
    return Saying(dressing.language_of(request, profile.languages), ZoneInfo(profile.time_zone))
