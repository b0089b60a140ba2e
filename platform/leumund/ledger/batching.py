"""Take postings along for accounting: in numbered batches, so that no period goes out twice unseen.

A batch is of whole days that are closed, so that what it says can never change, and taken again it says the same. What
moves between accounts that the company keeps as one is no booking of its own, and stays out.
"""

import hashlib
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.kit.faults import Refused
from leumund.ledger import charting, closing, stacking
from leumund.ledger.balancing import OF_PROGRAMS
from leumund.ledger.stacking import File, NotSetUp, Wanted

MOST_POSTINGS = 200_000
_UTC = ZoneInfo("UTC")
_POSTINGS = """
SELECT p.posted_at, p.cents, p.cause, d.kind AS debit_kind, c.kind AS credit_kind,
    CASE WHEN d.kind = ANY ($4) THEN c.owner ELSE d.owner END AS person
FROM ledger_posting p JOIN ledger_account d ON d.id = p.debit JOIN ledger_account c ON c.id = p.credit
WHERE p.currency = $1 AND p.posted_at >= $2 AND p.posted_at < $3 ORDER BY p.posted_at, p.id LIMIT $5
"""
_BEFORE = """
SELECT max(number) AS number FROM ledger_batch WHERE currency = $1 AND first_date <= $3 AND last_date >= $2
"""
_KEEP = """
INSERT INTO ledger_batch
    (id, number, currency, first_date, last_date, fixed, again, lines, cents, sha256, made_at, made_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
_LISTED = """
SELECT number, currency, first_date, last_date, fixed, again, lines, cents, made_at, made_by
FROM ledger_batch ORDER BY number DESC LIMIT 50
"""


class NoPeriod(Refused):
    """No days, or in the wrong order."""


class NotClosed(Refused):
    """A day is not over for long enough: something could still be posted."""


class TakenBefore(Refused):
    """A day of it was taken along before, and nobody said that it shall be again."""


class TooMany(Refused):
    """More postings than one batch takes: a shorter period does."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch as it is listed; ``cents`` is the sum of its ``lines``."""

    number: int
    currency: str
    first_date: date
    last_date: date
    fixed: bool
    again: bool
    lines: int
    cents: int
    made_at: datetime
    made_by: UUID


async def listed() -> list[Batch]:
    """The newest fifty batches."""
    return [Batch(**row) for row in await ground.fetch(_LISTED)]


async def take(*, wanted: Wanted, by: UUID, reason: str, at: datetime) -> list[File]:
    """The files of a new batch, which is kept by number, and noted.

    Raises NotSetUp, NoPeriod, NotClosed, TakenBefore and TooMany.
    """
    setup = await charting.setup()
    if setup.practice is None:
        raise NotSetUp("errors.ledger.not_set_up", field="what")
    # Whoever takes one at the same moment waits, and finds this one.
    await ground.execute("SELECT FROM ledger_practice FOR UPDATE")
    before = await _check(wanted)
    number = (await ground.fetch("SELECT coalesce(max(number), 0) + 1 AS number FROM ledger_batch"))[0]["number"]
    bookings = stacking.bookings(await postings(wanted), setup, wanted)
    files = list(stacking.files(bookings, setup.practice, wanted, number, at))
    digest = hashlib.sha256(b"".join(file.content for file in files)).hexdigest()
    total = sum(each.cents for each in bookings)
    row = (wanted.currency, wanted.first, wanted.last, wanted.fixed, before is not None, len(bookings), total, digest)
    batch = uuid4()
    await ground.execute(_KEEP, batch, number, *row, at, by)
    detail = {"reason": reason, "number": number, "postings": len(bookings)}
    await noting.note(actor=f"staff:{by}", action="ledger.taken", subject=batch, detail=detail, at=at)
    return files


async def postings(wanted: Wanted) -> list[dict[str, Any]]:
    """The postings of the days, oldest first. Raises TooMany."""
    rows = await ground.fetch(_POSTINGS, wanted.currency, *_moments(wanted), sorted(OF_PROGRAMS), MOST_POSTINGS + 1)
    if len(rows) > MOST_POSTINGS:
        raise TooMany("errors.ledger.too_many", field="until", most=MOST_POSTINGS)
    return rows


async def check_closed(*, first: date | None, last: date | None, zone: ZoneInfo) -> tuple[date, date]:
    """Both, where these are days and all of them closed. Raises NoPeriod, NotClosed."""
    if first is None or last is None or last < first:
        raise NoPeriod("errors.ledger.no_period", field="from")
    closed = await closing.closed()
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    if closed is None or end.timestamp() > datetime.combine(closed + timedelta(days=1), time(), _UTC).timestamp():
        # Of a zone east of UTC the last day that is closed whole is the day before.
        whole = None if closed is None else closed - timedelta(days=1)
        raise NotClosed("errors.ledger.not_closed", field="until", until=whole.isoformat() if whole else "–")
    return first, last


async def _check(wanted: Wanted) -> int | None:
    """The number of the newest batch that has a day of this one."""
    await check_closed(first=wanted.first, last=wanted.last, zone=wanted.zone)
    before: int | None = (await ground.fetch(_BEFORE, wanted.currency, wanted.first, wanted.last))[0]["number"]
    if before is not None and not wanted.again:
        raise TakenBefore("errors.ledger.taken_before", field="again", number=before)
    return before


def _moments(wanted: Wanted) -> tuple[datetime, datetime]:
    begun, ended = (
        datetime.combine(day, time(), wanted.zone) for day in (wanted.first, wanted.last + timedelta(days=1))
    )
    return begun, ended
