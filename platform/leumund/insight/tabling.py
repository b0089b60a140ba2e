"""The money of a period as tables for accountants: postings, balances before and after, and rewards; nobody by name."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from leumund.kit import ground, language
from leumund.kit.faults import Refused
from leumund.ledger import balancing, causes
from leumund.ledger.balancing import OF_PROGRAMS, Flow

TABLES = ("postings", "balances", "rewards")
MOST_ROWS = 100_000
HEADS: Mapping[str, tuple[str, ...]] = {
    "postings": ("at", "what", "from", "to", "amount", "currency", "program", "person", "about", "posting"),
    "balances": ("account", "currency", "before", "before_side", "in", "out", "after", "after_side"),
    "rewards": ("granted", "reward", "program", "kind", "side", "amount", "currency", "state", "decided", "person"),
}
_INSTANT = timedelta(microseconds=1)
_POSTINGS = """
SELECT p.id, p.posted_at, p.cents, p.currency, p.cause, d.kind AS debit_kind, c.kind AS credit_kind, g.key AS program,
    CASE WHEN d.kind = ANY ($3) THEN c.owner ELSE d.owner END AS person
FROM ledger_posting p JOIN ledger_account d ON d.id = p.debit JOIN ledger_account c ON c.id = p.credit
LEFT JOIN program g ON g.id IN (d.owner, c.owner)
WHERE p.posted_at >= $1 AND p.posted_at < $2 ORDER BY p.posted_at, p.id LIMIT $4
"""
_REWARDS = """
SELECT w.id, w.granted_at, g.key AS program, w.kind, w.side, w.cents, w.currency, w.state, w.decided_at, w.beneficiary
FROM reward w JOIN program g ON g.id = w.program
WHERE w.granted_at >= $1 AND w.granted_at < $2 ORDER BY w.granted_at, w.id LIMIT $3
"""


class TooManyRows(Refused):
    """More than one table takes: a shorter period does."""


class Period(NamedTuple):
    """Days, both meant as well, by the clocks of ``zone``, told in ``lang``."""

    first: date
    last: date
    zone: ZoneInfo
    lang: str

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """When it begins, and when it is over."""
        begun, ended = (datetime.combine(day, time(), self.zone) for day in (self.first, self.last + timedelta(days=1)))
        return begun, ended

    def text(self, key: str) -> str:
        return language.text(key, self.lang)

    def moment(self, at: datetime | None) -> str:
        return at.astimezone(self.zone).isoformat(sep=" ", timespec="seconds") if at else ""

    def amount(self, cents: int, currency: str) -> str:
        """``25,00`` in German, ``25.00`` in English: a number to a spreadsheet."""
        digits = get_currency_precision(currency)
        whole, rest = divmod(abs(cents), 10**digits)
        point = "," if self.lang == "de" else "."
        return f"{whole}{point}{rest:0{digits}}" if digits else str(whole)


async def table(*, name: str, period: Period) -> list[list[object]]:
    """The rows of one of TABLES, under its HEADS. Raises TooManyRows."""
    rows = list(await _TABLED[name](period))
    if len(rows) > MOST_ROWS:
        raise TooManyRows("errors.ledger.too_many", field="until", most=MOST_ROWS)
    return rows


async def _postings(period: Period) -> Iterator[list[object]]:
    rows = await ground.fetch(_POSTINGS, *period.moments, sorted(OF_PROGRAMS), MOST_ROWS + 1)
    return (_posting(row, period) for row in rows)


def _posting(row: Mapping[str, Any], period: Period) -> list[object]:
    cause = causes.read(row["cause"])
    sides = [period.text(f"console.account.{row[side]}") for side in ("debit_kind", "credit_kind")]
    money = [period.amount(row["cents"], row["currency"]), row["currency"]]
    about = [row["program"] or "", row["person"], cause.subject or "", row["id"]]
    return [period.moment(row["posted_at"]), period.text(cause.key), *sides, *money, *about]


async def _balances(period: Period) -> Iterator[list[object]]:
    before, after = [await balancing.flows(at=at - _INSTANT) for at in period.moments]
    held = [{(each.kind, each.currency): each.cents for each in balancing.balances(flows)} for flows in (before, after)]
    return (
        [
            period.text(f"console.account.{kind}"),
            currency,
            *_sided(held[0].get((kind, currency), 0), currency, period),
            period.amount(_moved(before, after, currency, credit=kind), currency),
            period.amount(_moved(before, after, currency, debit=kind), currency),
            *_sided(cents, currency, period),
        ]
        for (kind, currency), cents in held[1].items()
    )


def _moved(before: Sequence[Flow], after: Sequence[Flow], currency: str, *, debit: str = "", credit: str = "") -> int:
    """What a kind gave as ``debit``, or got as ``credit``, between the two."""

    def ours(flows: Sequence[Flow]) -> int:
        return sum(
            each.cents
            for each in flows
            if each.currency == currency and debit in ("", each.debit_kind) and credit in ("", each.credit_kind)
        )

    return ours(after) - ours(before)


def _sided(cents: int, currency: str, period: Period) -> list[object]:
    """An amount and its side, S (Soll, debit) or H (Haben, credit): a spreadsheet takes a minus for a formula."""
    return [period.amount(cents, currency), "S" if cents < 0 else "H" if cents else ""]


async def _rewards(period: Period) -> Iterator[list[object]]:
    rows = await ground.fetch(_REWARDS, *period.moments, MOST_ROWS + 1)
    return (
        [
            period.moment(row["granted_at"]),
            row["id"],
            row["program"],
            period.text(f"portal.kind.{row['kind']}"),
            period.text(f"console.rewards.side.{row['side']}"),
            period.amount(row["cents"], row["currency"]),
            row["currency"],
            period.text(f"console.state.reward.{row['state']}"),
            period.moment(row["decided_at"]),
            row["beneficiary"],
        ]
        for row in rows
    )


_TABLED = {"postings": _postings, "balances": _balances, "rewards": _rewards}
