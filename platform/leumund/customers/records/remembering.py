"""Remember days of birth: who was here before their day could be found is found from some night on."""

from uuid import UUID

from leumund.customers.records import finding, keeping
from leumund.kit import ground, turns

# What one night does of it; a million are done in fifty.
_MOST = 20_000
_MISSING = f"""
SELECT {finding.COLUMNS} FROM customer WHERE birth_date_sealed IS NOT NULL AND birth_day_hash IS NULL
ORDER BY id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
"""  # noqa: S608 - names of ours alone
_REMEMBER = """
UPDATE customer SET birth_day_hash = given.day
FROM unnest($1::uuid[], $2::text[]) AS given (id, day) WHERE customer.id = given.id
"""


async def remember(*, most: int = _MOST) -> int:
    """Hash the day of ``most`` people whose date of birth is known and whose day is not found yet; how many those were.

    Two queries. Whose key is gone is passed over: nothing of theirs can be read.
    """
    days: dict[UUID, str | None] = {}
    async for row in turns.taken(await ground.fetch(_MISSING, most)):
        person = finding.of_row(row)
        if person.birth_date is not None:
            days[person.id] = keeping.day_of_birth(person.birth_date)
    if days:
        await ground.execute(_REMEMBER, [*days], [*days.values()])
    return len(days)
