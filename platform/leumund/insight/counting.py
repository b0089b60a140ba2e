"""Count across rooms: the way from survey to reward, and the money that moved."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.ledger import balancing
from leumund.programs.offers import Offer
from leumund.surveys import rules

_FUNNEL = f"""
SELECT
    (SELECT count(*) FROM survey_invitation)
        + (SELECT count(*) FROM survey_answer a JOIN survey s ON s.id = a.survey
           WHERE a.invitation IS NULL AND (s.named OR a.channel IN ('qr', 'embed'))) AS surveyed,
    (SELECT count(*) FROM survey_answer) AS answered,
    (SELECT count(*) FROM survey_answer WHERE score >= {rules.PROMOTER_FROM}) AS promoters,
    (SELECT count(*) FROM participation WHERE confirmed_at IS NOT NULL AND ended_at IS NULL) AS advocates,
    (SELECT coalesce(sum(clicks), 0)::bigint FROM click_count) AS clicks,
    (SELECT count(*) FROM referral WHERE confirmed_at IS NOT NULL) AS friends,
    (SELECT count(*) FROM conversion
     WHERE referral IS NOT NULL AND refunded_at IS NULL AND kind = 'purchase') AS conversions,
    (SELECT count(*) FROM reward WHERE state <> 'canceled') AS rewards
"""  # noqa: S608 - a constant of ours
_REWARDS = """
SELECT state, currency, count(*) AS number, sum(cents)::bigint AS cents FROM reward
GROUP BY state, currency ORDER BY currency, state
"""


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


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """How many rewards are in a state, and what they are worth together."""

    state: str
    currency: str
    number: int
    cents: int


async def funnel() -> Funnel:
    """The whole way, all time."""
    return Funnel(**(await ground.fetch(_FUNNEL))[0])


async def rewards() -> list[Sum]:
    """All rewards by state and currency."""
    return [Sum(**row) for row in await ground.fetch(_REWARDS)]


async def spent(*, offers: Sequence[Offer]) -> dict[UUID, int]:
    """What each of ``offers`` gave away so far in its currency, less what came back; who gave nothing is not in it.

    In minor units of the currency it pays in now, which its budget is in: another one's cents are no part of it.
    """
    currencies = {offer.id: offer.currency for offer in offers}
    lines = await balancing.of_kind(kind="program_budget")
    return {line.owner: -line.cents for line in lines if line.currency == currencies.get(line.owner)}
