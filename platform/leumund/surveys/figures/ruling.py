"""Say how a survey's loyalty index is made: what each answer counts, and who is called satisfied and loyal.

Rooms that type people by the hundred thousand take RULED and TYPED, which say in SQL what ``rule`` and
``loyalty.type_of`` do; a test holds them against each other.
"""

from datetime import datetime

import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.surveys.figures import loyalty
from leumund.surveys.figures.loyalty import Rule

_PLAIN = Rule()
# Every survey, as ``survey``, with what its rule says of types.
RULED = "SELECT s.id AS survey, {} FROM survey s LEFT JOIN loyalty_rule own ON own.key = s.key".format(  # noqa: S608
    ", ".join(
        f"coalesce(own.{name}, {getattr(_PLAIN, name)}) AS {name}"
        for name in ("recommend", "again", "advantage", "satisfied_from", "loyal_from")
    )
)
# The type of an answer ``a`` with all four marks by a row ``ruled``, in whole numbers: no fraction is off.
TYPED = """
CASE WHEN (a.marks ->> 'overall')::int >= ruled.satisfied_from THEN
    CASE WHEN {loyal} THEN 'apostle' ELSE 'mercenary' END
ELSE CASE WHEN {loyal} THEN 'hostage' ELSE 'defector' END END
""".format(
    loyal="10 * (a.marks ->> 'recommend')::int * ruled.recommend + 25 * ((a.marks ->> 'again')::int - 1) * ruled.again"
    " + 25 * ((a.marks ->> 'advantage')::int - 1) * ruled.advantage"
    " >= ruled.loyal_from * (ruled.recommend + ruled.again + ruled.advantage)"
)
_READ = """
SELECT overall, recommend, again, advantage, satisfied_from, loyal_from FROM loyalty_rule WHERE key = $1
"""
_SET = """
INSERT INTO loyalty_rule (key, overall, recommend, again, advantage, satisfied_from, loyal_from, set_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (key) DO UPDATE SET overall = $2, recommend = $3, again = $4, advantage = $5, satisfied_from = $6,
    loyal_from = $7, set_at = $8
"""


async def rule(*, key: str) -> Rule:
    """The rule of a survey; the plain one where nobody set another."""
    rows = await ground.fetch(_READ, key)
    return Rule(**rows[0]) if rows else Rule()


async def settle(*, key: str, rule: Rule, actor: str, at: datetime) -> None:
    """Let ``rule`` hold for all answers to the survey, also those of before. Raises BadRule."""
    loyalty.require(rule)
    told = msgspec.structs.asdict(rule)
    await ground.execute(_SET, key, *msgspec.structs.astuple(rule), at)
    await noting.note(actor=actor, action="surveys.loyalty_ruled", detail={"survey": key, **told}, at=at)
