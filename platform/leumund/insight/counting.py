"""Count the way from survey to reward: eight numbers, one query."""

import msgspec

from leumund.kit import ground
from leumund.surveys import rules

_FUNNEL = f"""
SELECT
    (SELECT count(*) FROM survey_invitation)
        + (SELECT count(*) FROM survey_answer WHERE invitation IS NULL) AS surveyed,
    (SELECT count(*) FROM survey_answer) AS answered,
    (SELECT count(*) FROM survey_answer WHERE score >= {rules.PROMOTER_FROM}) AS promoters,
    (SELECT count(*) FROM participation WHERE confirmed_at IS NOT NULL AND ended_at IS NULL) AS advocates,
    (SELECT coalesce(sum(clicks), 0)::bigint FROM click_count) AS clicks,
    (SELECT count(*) FROM referral WHERE confirmed_at IS NOT NULL) AS friends,
    (SELECT count(*) FROM conversion WHERE refunded_at IS NULL) AS conversions,
    (SELECT count(*) FROM reward WHERE state <> 'canceled') AS rewards
"""  # noqa: S608 - a constant of ours


class Funnel(msgspec.Struct, frozen=True, kw_only=True):
    """How many people or events reached each step."""

    surveyed: int
    answered: int
    promoters: int
    advocates: int
    clicks: int
    friends: int
    conversions: int
    rewards: int


async def funnel() -> Funnel:
    """The whole way, all time."""
    return Funnel(**(await ground.fetch(_FUNNEL))[0])
