"""Count across rooms: the way from survey to reward, and the money that moved; one query each."""

from uuid import UUID

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
_REWARDS = """
SELECT state, currency, count(*) AS number, sum(cents)::bigint AS cents FROM reward
GROUP BY state, currency ORDER BY currency, state
"""
_SIDES = """
SELECT credit AS account, cents FROM ledger_posting UNION ALL SELECT debit, -cents FROM ledger_posting
"""
_ACCOUNTS = f"""
SELECT a.kind, a.currency, count(DISTINCT a.id) AS accounts, sum(s.cents)::bigint AS cents
FROM ({_SIDES}) s JOIN ledger_account a ON a.id = s.account
GROUP BY a.kind, a.currency ORDER BY a.currency, a.kind
"""  # noqa: S608 - a constant of ours
_SPENT = f"""
SELECT a.owner, -sum(s.cents)::bigint AS cents FROM ({_SIDES}) s JOIN ledger_account a ON a.id = s.account
WHERE a.kind = 'program_budget' GROUP BY a.owner
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


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """How many rewards are in a state, and what they are worth together."""

    state: str
    currency: str
    number: int
    cents: int


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """What all accounts of one kind hold together: what they were given less what they gave."""

    kind: str
    currency: str
    accounts: int
    cents: int


async def funnel() -> Funnel:
    """The whole way, all time."""
    return Funnel(**(await ground.fetch(_FUNNEL))[0])


async def rewards() -> list[Sum]:
    """All rewards by state and currency."""
    return [Sum(**row) for row in await ground.fetch(_REWARDS)]


async def balances() -> list[Balance]:
    """The trial balance by kind of account; the sum of each currency is zero, or the ledger is broken."""
    return [Balance(**row) for row in await ground.fetch(_ACCOUNTS)]


async def spent() -> dict[UUID, int]:
    """What each program gave away so far, less what came back, in minor units; who gave nothing is not in it."""
    return {row["owner"]: int(row["cents"]) for row in await ground.fetch(_SPENT)}
