"""List postings, newest first, page by page: of all, of one owner, or those that touch one kind of account.

A page takes no longer because there are more postings: an owner's are found by their accounts, and where one kind is
rare, the sums of closed days say on which days there is anything to look for.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.kit import cursors, ground
from leumund.kit.cursors import Page
from leumund.ledger.balancing import OF_PROGRAMS

_LINE = """
p.id, p.posted_at AS at, p.cents, p.currency, p.cause,
d.kind AS debit_kind, d.owner AS debit_owner, c.kind AS credit_kind, c.owner AS credit_owner
"""
# Written so that an index answers it, whichever of it is asked for.
_PLACE = """
(p.posted_at, p.id) < (
    coalesce($1, 'infinity'::timestamptz), coalesce($2, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
) AND p.posted_at >= coalesce($3, '-infinity'::timestamptz) AND p.posted_at < coalesce($4, 'infinity'::timestamptz)
"""
_NEWEST = "ORDER BY p.posted_at DESC, p.id DESC LIMIT $5"
_SIDES = "JOIN ledger_account d ON d.id = p.debit JOIN ledger_account c ON c.id = p.credit"
_EVERY = f"SELECT {_LINE} FROM ledger_posting p {_SIDES} WHERE {_PLACE} {{also}} {_NEWEST}"  # noqa: S608
# Of a few accounts: the newest of each, and of these the newest. Either side has an index of its own.
_OF_ACCOUNTS = f"""
SELECT {_LINE} FROM (
    SELECT DISTINCT p.id FROM ledger_account a CROSS JOIN LATERAL (
        (SELECT p.id FROM ledger_posting p WHERE p.debit = a.id AND {_PLACE} {_NEWEST})
        UNION ALL (SELECT p.id FROM ledger_posting p WHERE p.credit = a.id AND {_PLACE} {_NEWEST})
    ) p WHERE {{also}}
) of_them JOIN ledger_posting p ON p.id = of_them.id {_SIDES} {_NEWEST}
"""  # noqa: S608
# Of a kind that people hold: only days on which something of it moved are looked through, the newest first, until
# there is enough for a page; those not closed yet are all looked through.
_OF_KIND = f"""
WITH busy AS (
    SELECT day_date, sum(postings) AS postings FROM ledger_day
    WHERE ($6 IN (debit_kind, credit_kind)) AND ($7 = '' OR currency = $7)
      AND day_date <= (coalesce($1, $4, 'infinity'::timestamptz) AT TIME ZONE 'UTC')::date
    GROUP BY day_date
), enough AS (
    -- The first may be cut by where the page begins, so it counts for nothing.
    SELECT day_date FROM (
        SELECT day_date, sum(postings) OVER newer - first_value(postings) OVER newer - postings AS had FROM busy
        WINDOW newer AS (ORDER BY day_date DESC)
    ) so_far WHERE had <= $5
), span AS (
    SELECT day_date::timestamp AT TIME ZONE 'UTC' AS since, (day_date + 1)::timestamp AT TIME ZONE 'UTC' AS before
    FROM enough
    UNION ALL
    SELECT coalesce((SELECT through_date + 1 FROM ledger_closed), DATE '0001-01-01')::timestamp AT TIME ZONE 'UTC',
        'infinity'::timestamptz
)
SELECT {_LINE} FROM span CROSS JOIN LATERAL (
    SELECT p.id, p.posted_at, p.cents, p.currency, p.cause, p.debit, p.credit FROM ledger_posting p {_SIDES}
    WHERE p.posted_at >= span.since AND p.posted_at < span.before AND {_PLACE}
      AND $6 IN (d.kind, c.kind) AND ($7 = '' OR p.currency = $7) {_NEWEST}
) p {_SIDES} {_NEWEST}
"""  # noqa: S608


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which postings: those touching accounts of a ``kind`` or an ``owner``, in a ``currency``, of a time.

    None and empty leave a part open; ``before`` itself is no longer meant.
    """

    kind: str = ""
    owner: UUID | None = None
    currency: str = ""
    since: datetime | None = None
    before: datetime | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One posting with what it names: both sides' kinds and owners, and its cause, such as ``reward <id> granted``."""

    id: UUID
    at: datetime
    cents: int
    currency: str
    cause: str
    debit_kind: str
    debit_owner: UUID
    credit_kind: str
    credit_owner: UUID


async def page(*, sought: Sought, after: str | None = None, limit: int = 50) -> Page[Line]:
    """At most ``limit`` (1 to 200) postings that are ``sought``, older than the cursor ``after``. Raises BadCursor."""
    sql, given = _asked(sought)
    here = (*cursors.place(after), sought.since, sought.before, cursors.asked_for(limit))
    rows = await ground.fetch(sql, *here, *given)
    return cursors.cut([Line(**row) for row in rows], limit=limit, stands=lambda line: (line.at, line.id))


def _asked(sought: Sought) -> tuple[str, list[object]]:
    """The statement for what is sought, and what stands in its places from $6 on."""
    if sought.kind and sought.kind not in OF_PROGRAMS and sought.owner is None:
        return _OF_KIND, [sought.kind, sought.currency]
    if not sought.kind and sought.owner is None:
        also = "AND p.currency = $6" if sought.currency else ""
        return _EVERY.format(also=also), [sought.currency] if sought.currency else []
    parts = list(_parts(sought))
    also = " AND ".join(f"a.{column} = ${place}" for place, (column, _) in enumerate(parts, 6))
    return _OF_ACCOUNTS.format(also=also), [value for _, value in parts]


def _parts(sought: Sought) -> Iterator[tuple[str, object]]:
    if sought.kind:
        yield "kind", sought.kind
    if sought.owner is not None:
        yield "owner", sought.owner
    if sought.currency:
        yield "currency", sought.currency
