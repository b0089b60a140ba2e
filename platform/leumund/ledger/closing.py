"""Close days: what moved in each is summed up once, and nothing is posted into it any more.

A day is UTC's, and closed when it has been over for a day: no deed posts with a moment that old, and one that would
is refused. So a period that was told to the tax office stays as it was told.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from leumund.kit import ground
from leumund.ledger.balancing import NOBODY, OF_PROGRAMS

_OVER_FOR = timedelta(days=1)
_MINUTES = 10
_MOVED = """
SELECT (p.posted_at AT TIME ZONE 'UTC')::date AS day_date, p.currency,
    d.kind AS debit_kind, CASE WHEN d.kind = ANY ($1::text[]) THEN d.owner ELSE $2::uuid END AS debit_program,
    c.kind AS credit_kind, CASE WHEN c.kind = ANY ($1::text[]) THEN c.owner ELSE $2::uuid END AS credit_program,
    count(*)::integer AS postings, sum(p.cents)::bigint AS cents
FROM ledger_posting p JOIN ledger_account d ON d.id = p.debit JOIN ledger_account c ON c.id = p.credit
WHERE p.posted_at >= coalesce($3::date, DATE '0001-01-01')::timestamp AT TIME ZONE 'UTC'
  AND p.posted_at < $4::date::timestamp AT TIME ZONE 'UTC'
GROUP BY 1, 2, 3, 4, 5, 6
"""
_COLUMNS = "day_date, currency, debit_kind, debit_program, credit_kind, credit_program, postings, cents"
_SUM_UP = f"INSERT INTO ledger_day ({_COLUMNS}) {_MOVED}"
_TURN = """
INSERT INTO ledger_closed AS closed (through_date) VALUES ($1)
ON CONFLICT (id) DO UPDATE SET through_date = excluded.through_date WHERE closed.through_date < excluded.through_date
"""
_UNTRUE = f"""
WITH moved AS ({_MOVED})
SELECT DISTINCT day_date FROM (
    (SELECT {_COLUMNS} FROM moved EXCEPT SELECT {_COLUMNS} FROM ledger_day)
    UNION ALL (SELECT {_COLUMNS} FROM ledger_day EXCEPT SELECT {_COLUMNS} FROM moved)
) other ORDER BY day_date LIMIT 50
"""  # noqa: S608 - constants of ours


async def close(*, at: datetime) -> None:
    """Close every day that has been over for a day at ``at``; of two who do at once one comes too late."""
    through = (at - _OVER_FOR).date() - timedelta(days=1)
    rows = await ground.fetch("SELECT through_date FROM ledger_closed FOR UPDATE")
    since = rows[0]["through_date"] + timedelta(days=1) if rows else None
    if not await ground.execute(_TURN, through):
        return
    async with ground.sweeping(minutes=_MINUTES):
        await ground.execute(_SUM_UP, *_programs(), since, through + timedelta(days=1))


async def closed() -> date | None:
    """Through which day the books are closed; None where none was yet."""
    rows = await ground.fetch("SELECT through_date FROM ledger_closed")
    return rows[0]["through_date"] if rows else None


async def untrue() -> list[date]:
    """Closed days whose sums are not what their postings say, up to fifty; there are none, or somebody changed one."""
    through = await closed()
    if through is None:
        return [row["day_date"] for row in await ground.fetch("SELECT day_date FROM ledger_day LIMIT 50")]
    return [row["day_date"] for row in await ground.fetch(_UNTRUE, *_programs(), None, through + timedelta(days=1))]


def _programs() -> tuple[list[str], UUID]:
    return sorted(OF_PROGRAMS), NOBODY
