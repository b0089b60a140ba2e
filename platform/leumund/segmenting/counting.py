"""Count whom a definition would find, before anybody keeps it: how many, why, and who is not looked at."""

from datetime import datetime

import asyncpg
import msgspec

from leumund.customers.segments import evaluating
from leumund.customers.segments.defining import Definition
from leumund.kit import ground
from leumund.kit.faults import Refused
from leumund.segmenting import compiling

_COUNT = """
SELECT count(*) AS looked_at, count(*) FILTER (WHERE {belongs}) AS members, {conditions} FROM {source} WHERE {people}
"""
# Whoever is not looked at is counted by why that is, and by nothing else: to ask more would be to look at them.
_LEFT_OUT = f"""
SELECT count(*) FILTER (WHERE c.held IS NOT NULL) AS resting,
    count(*) FILTER (WHERE c.held IS NULL AND c.profiling_objected_at IS NOT NULL) AS objected,
    count(*) FILTER (WHERE c.held IS NULL AND c.profiling_objected_at IS NULL AND e.customer IS NULL) AS no_consent
FROM customer c LEFT JOIN ({evaluating.EVALUABLE}) e ON e.customer = c.id WHERE c.held IS DISTINCT FROM 'erased'
"""  # noqa: S608 - all ours


class TakesTooLong(Refused):
    """So many customers that nobody would wait for it: once kept, the worker counts them."""


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """How many a definition would find of those it looks at, and how many each condition holds for, in their order.

    ``left_out`` are not looked at, by reason: their data rest, they objected to being evaluated, or did not agree.
    """

    looked_at: int
    members: int
    conditions: list[int]
    left_out: dict[str, int]


async def count(*, definition: Definition, at: datetime) -> Counted:
    """Two queries, however many there are, and nothing is kept. Raises TakesTooLong."""
    made = compiling.compiled(definition, at=at)
    columns = ", ".join(f"count(*) FILTER (WHERE {each}) AS c{place}" for place, each in enumerate(made.conditions))
    sql = _COUNT.format(belongs=made.belongs, conditions=columns, source=made.source, people=made.people)
    try:
        async with ground.sweeping():
            row = (await ground.fetch(sql, *made.arguments))[0]
            left_out = (await ground.fetch(_LEFT_OUT))[0]
    except asyncpg.QueryCanceledError:
        raise TakesTooLong("errors.segments.takes_too_long") from None
    return Counted(
        looked_at=row["looked_at"],
        members=row["members"],
        conditions=[row[f"c{place}"] for place in range(len(made.conditions))],
        left_out=left_out if definition.evaluates else {"resting": left_out["resting"]},
    )
