"""Say how a survey's loyalty index is made: what each answer counts, and who is called satisfied and loyal."""

from datetime import datetime

import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.surveys.figures import loyalty
from leumund.surveys.figures.loyalty import Rule

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
