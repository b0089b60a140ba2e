"""Weigh signs: how many points each is worth in a program, as its company says, and as we say where it does not."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.kit.faults import Refusals, Refused
from leumund.referrals.signs import rules

WEIGHTS = "weights"
# What a program said of its signs, for a query that has the program in ``pair``.
BROUGHT = (
    "(SELECT jsonb_object_agg(signal, weight)::text FROM program_signal WHERE program = pair.program) "  # noqa: S608
    f"AS {WEIGHTS}"
)
_OF = "SELECT signal, weight FROM program_signal WHERE program = $1"
_KEEP = """
INSERT INTO program_signal (program, signal, weight, changed_at)
SELECT $1, signal, weight, $4 FROM unnest($2::text[], $3::smallint[]) AS said (signal, weight)
ON CONFLICT (program, signal) DO UPDATE SET weight = excluded.weight, changed_at = excluded.changed_at
"""
# The last ones somebody bought by, and how many of them come to the sum with other weights than they had.
_TRY = """
WITH last AS (
    SELECT id FROM referral WHERE program = $1 AND qualified_at IS NOT NULL
    ORDER BY qualified_at DESC LIMIT $5
), summed AS (
    SELECT last.id, coalesce(sum(w.weight), 0) AS points, coalesce(sum(s.weight), 0) AS had
    FROM last LEFT JOIN referral_signal s ON s.referral = last.id
    LEFT JOIN unnest($2::text[], $3::smallint[]) AS w (signal, weight) ON w.signal = s.signal
    GROUP BY last.id
)
SELECT count(*) AS of, count(*) FILTER (WHERE points >= $4) AS looked_at, count(*) FILTER (WHERE had >= $4) AS were
FROM summed
"""
_TRIED = 200


class BadWeight(Refused):
    """Points there are not."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """Of the last ``of`` referrals whose friend bought, how many somebody would look at, and how many ``were``."""

    of: int
    looked_at: int
    were: int


def told(brought: str | None) -> dict[str, int]:
    """The weight of every sign, from what a query brought."""
    own: dict[str, int] = msgspec.json.decode(brought) if brought else {}
    return {**rules.WEIGHTS, **own}


async def weights(*, program: UUID) -> dict[str, int]:
    """How many points each sign is worth in ``program``; 0 is not looked for."""
    own = {row["signal"]: row["weight"] for row in await ground.fetch(_OF, program)}
    return {**rules.WEIGHTS, **own}


async def weigh(*, program: UUID, wanted: Mapping[str, int], actor: str, at: datetime) -> None:
    """Let signs be worth ``wanted`` from now on; what was seen keeps what it weighed then. Raises Refusals."""
    _check(wanted)
    before = await weights(program=program)
    changed = {name: weight for name, weight in wanted.items() if weight != before[name]}
    if not changed:
        return
    await ground.execute(_KEEP, program, list(changed), list(changed.values()), at)
    detail = {name: f"{before[name]} > {weight}" for name, weight in changed.items()}
    await noting.note(actor=actor, action="signs.weighed", subject=program, detail=detail, at=at)


async def preview(*, program: UUID, wanted: Mapping[str, int]) -> Trial:
    """What ``wanted`` would have had somebody look at, of what was seen; one query over the last 200.

    Signs that were off then were not looked for, so that nothing of them is known. Raises Refusals.
    """
    _check(wanted)
    asked = {**wanted, **dict.fromkeys((rules.ENTERED, rules.BUDGET), rules.MOST_WEIGHT)}
    rows = await ground.fetch(_TRY, program, list(asked), list(asked.values()), rules.LOOK_FROM, _TRIED)
    return Trial(**rows[0])


def _check(wanted: Mapping[str, int]) -> None:
    assert wanted.keys() <= rules.WEIGHTS.keys(), "every sign has a name"
    faults = [
        BadWeight("errors.referrals.weight", field=name, most=rules.MOST_WEIGHT)
        for name, weight in wanted.items()
        if not 0 <= weight <= rules.MOST_WEIGHT
    ]
    if faults:
        raise Refusals(faults)
