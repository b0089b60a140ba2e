"""Turn postings into DATEV's files: each kind into the company's own account, a file for each fiscal year."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from leumund.kit import language, twins
from leumund.kit.faults import Refused
from leumund.ledger import causes, datev
from leumund.ledger.charting import Practice, Setup
from leumund.ledger.datev import Booking, Stack

# Whoever reads DATEV reads German.
_LANGUAGE = "de"


class NotSetUp(Refused):
    """Nobody said yet whose books these are, or which account a kind is."""


class Wanted(NamedTuple):
    """Days, both meant as well, by the clocks of ``zone``; ``again`` where it is no accident that they were taken."""

    currency: str
    first: date
    last: date
    zone: ZoneInfo
    fixed: bool = True
    again: bool = False


class File(NamedTuple):
    """One of a batch's files."""

    name: str
    content: bytes


def bookings(rows: Sequence[Mapping[str, Any]], setup: Setup, wanted: Wanted) -> list[Booking]:
    """A booking for each of ``rows`` that moves between two accounts of the company's. Raises NotSetUp."""
    digits = get_currency_precision(wanted.currency)
    return [booking for row in rows if (booking := _booking(row, setup, wanted, digits)).account != booking.contra]


def _booking(row: Mapping[str, Any], setup: Setup, wanted: Wanted, digits: int) -> Booking:
    cause = causes.read(row["cause"])
    account, contra = (_account(row[side], setup, wanted.currency) for side in ("debit_kind", "credit_kind"))
    return Booking(
        cents=row["cents"],
        digits=digits,
        account=account,
        contra=contra,
        day=row["posted_at"].astimezone(wanted.zone).date(),
        reference=f"{cause.noun[:1].upper()}-{cause.subject.hex}" if cause.subject else "",
        # Nobody's name leaves: who may know finds the person by these letters in the console's books.
        text=f"{language.text(cause.key, _LANGUAGE)} {row['person'].hex[:8].upper()}",
    )


def _account(kind: str, setup: Setup, currency: str) -> str:
    account = setup.accounts.get((kind, currency))
    if account is None:
        raise NotSetUp(
            "errors.ledger.not_charted", field="what", account=language.text(f"console.account.{kind}", _LANGUAGE)
        )
    return account


def files(booked: Sequence[Booking], practice: Practice, wanted: Wanted, number: int, at: datetime) -> Iterator[File]:
    """A file for each fiscal year, and more where one holds not all of it."""

    def year(each: Booking) -> date:
        return datev.year_begin(each.day, month=practice.year_begins)

    years = [(begins, list(of_it)) for begins, of_it in groupby(booked, key=year)]
    begun = years or [(datev.year_begin(wanted.first, month=practice.year_begins), list[Booking]())]
    parts = [(begins, part) for begins, of_it in begun for part in datev.cut(of_it)]
    for place, (begins, part) in enumerate(parts, 1):
        ends = datev.year_begin(begins + timedelta(days=370), month=practice.year_begins) - timedelta(days=1)
        stack = Stack(
            consultant=practice.consultant,
            client=practice.client,
            account_digits=practice.account_digits,
            year_begins=begins,
            first=max(wanted.first, begins),
            last=min(wanted.last, ends),
            name=f"{twins.mark()}Empfehlungen {number}-{place}",
            currency=wanted.currency,
            fixed=wanted.fixed,
            made_at=at.astimezone(wanted.zone),
        )
        yield File(f"{twins.mark()}EXTF_Buchungsstapel_{number:05}_{place:02}.csv", datev.write(stack, part))
