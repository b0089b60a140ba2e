"""Show what is stored in words: columns by their names, moments by the company's clocks, our words as people say."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from leumund.consent.evidence import showing
from leumund.kit import dates, money
from leumund.kit import language as speaking
from leumund.kit.money import Money
from leumund.messages import kinds
from leumund.privacy.copies.collecting import Row, Value

# Shown with its currency, as one.
_MONEY = "cents"
_ROLE = "as"


class Reader:
    """How one copy is written: in one language, by one company's clocks."""

    def __init__(self, language: str, time_zone: str) -> None:
        self.language = language
        self._zone = ZoneInfo(time_zone)

    def text(self, key: str, **values: object) -> str:
        return speaking.text(key, self.language, **values)

    def column(self, name: str) -> str:
        return self.text(f"data.column.{name}")

    def country(self, code: str) -> str:
        return speaking.country(code, self.language)

    def row(self, row: Row) -> Iterator[tuple[str, str]]:
        """The row's columns with what stands in them, in words; empty where nothing does."""
        if row.role:
            yield _ROLE, self._word(row.role)
        for name, value in row.values.items():
            if name == "currency" and _MONEY in row.values:
                continue
            yield name, self._value(name, value, row.values)

    def _value(self, name: str, value: Value, beside: Mapping[str, Value]) -> str:
        if value is None:
            return ""
        if name == _MONEY and isinstance(value, int):
            return money.text(Money(value, str(beside["currency"])), self.language)
        if isinstance(value, datetime):
            return dates.moment(value, self.language, self._zone)
        if isinstance(value, date):
            return dates.day(value, self.language)
        if isinstance(value, dict):
            return "; ".join(f"{fact}: {told}" for fact, told in showing.told(value, language=self.language))
        return self._told(name, str(value))

    def _told(self, name: str, value: str) -> str:
        if name == "country":
            return self.country(value)
        if name == "language":
            return speaking.tongue(value, self.language)
        if name == "kind" and value in kinds.KINDS:
            return self.text(f"console.mail.{value}")
        return self._word(value) if name in WORDS else value

    def _word(self, value: str) -> str:
        """A word of ours as people say it; a purpose has the company's own key, and that is all there is to say."""
        key = f"data.word.{value}"
        return self.text(key) if key in speaking.catalogue(self.language).texts else value


# Columns that hold a word of ours out of a few.
WORDS = frozenset(
    {
        *("kind", "ground", "held", "stage", "source", "state", "channel", "purpose", "basis", "held_reason", "signal"),
        *("verdict", "why"),
        *("side", "reason", "came", "identified_by", "extension_reason", "outcome", "refusal_reason", "mood"),
    }
)


def spoken(texts: Mapping[str, str], language: str) -> str:
    """What of ``texts`` by language is in ``language``, else in the first there is."""
    return texts.get(language) or next(iter(texts.values()), "")
