"""Take a segment along as rows of a file: numbers and names, and how to reach people where the reader may see that.

What evaluates somebody, a class, interests or a score, stands in it for those alone who agreed to that.
"""

from datetime import datetime
from typing import Any

import msgspec

from leumund.customers.records import finding
from leumund.customers.segments import evaluating, reading, sparing
from leumund.customers.segments.reading import Kept
from leumund.kit import ground, turns
from leumund.kit.faults import Refused
from leumund.scoring import reading as scores

MOST_ROWS = 50_000
COLUMNS = ("external_id", "given_name", "family_name", "language", "country", "customer_since_date", "since_date")
CONTACTS = ("email", "phone")
EVALUATED = ("class", "interests", "score")
_PEOPLE = """
WITH member AS MATERIALIZED ({members}), evaluable AS MATERIALIZED ({evaluable}), spared AS MATERIALIZED ({spared})
SELECT {columns}, m.since_date, k.class, i.interests, a.score
FROM member JOIN segment_member m ON m.segment = $1 AND m.customer = member.customer
JOIN customer ON customer.id = member.customer
LEFT JOIN evaluable e ON e.customer = customer.id
LEFT JOIN (
    SELECT customer, string_agg(class || ' (' || currency || ')', ', ' ORDER BY currency) AS class
    FROM customer_class GROUP BY customer
) k ON k.customer = e.customer
LEFT JOIN (
    SELECT customer, string_agg(category, ', ' ORDER BY share DESC, category) AS interests
    FROM customer_interest GROUP BY customer
) i ON i.customer = e.customer
LEFT JOIN ({scored}) a ON a.customer = e.customer
WHERE NOT EXISTS (SELECT FROM spared WHERE spared.customer = customer.id)
ORDER BY customer.created_at, customer.id LIMIT $2
"""


class TooMany(Refused):
    """More people than one file takes."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is taken for: with ``contacts`` where its reader may see them, ``paid`` where a measure costs money.

    What costs money leaves class C out, unless that is ``overruled``.
    """

    contacts: bool
    paid: bool
    overruled: bool


async def take(*, kept: Kept, wanted: Wanted, at: datetime) -> list[dict[str, Any]]:
    """The members as fields by name, as they are at this moment; two queries, however many. Raises TooMany."""
    assert kept.computed_at is not None and kept.computed_at <= at, "worked out before it is taken along"  # noqa: PT018
    rule = await sparing.rule()
    sql = _PEOPLE.format(
        members=reading.members_sql("$1", evaluates=kept.evaluates),
        evaluable=evaluating.EVALUABLE,
        spared=sparing.spared_sql(rule=rule, overruled=wanted.overruled or not wanted.paid),
        scored=scores.SCORED,
        columns=finding.COLUMNS,
    )
    async with ground.sweeping():
        rows = await ground.fetch(sql, kept.id, MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise TooMany("errors.segments.too_many_rows", most=MOST_ROWS)
    names = fields(contacts=wanted.contacts)
    return [_row(row, names) async for row in turns.taken(rows)]


def fields(*, contacts: bool) -> tuple[str, ...]:
    """The columns of a file, in their order."""
    return (*COLUMNS, *(CONTACTS if contacts else ()), *EVALUATED)


def _row(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    extra = {name: row.pop(name) for name in ("since_date", *EVALUATED)}
    told = msgspec.structs.asdict(finding.of_row(row)) | extra
    return {name: told[name] for name in names}
