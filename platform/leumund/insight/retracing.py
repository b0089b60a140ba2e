"""Retrace a referral from the sign-up to the money: what happened, what each rule said of it, what came and arrived."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from leumund.insight import concluding
from leumund.insight.traces import Carried, Claimed, Entered, Granted, Happened, Judged, Stands, Told, Trace
from leumund.kit import ground, personal
from leumund.kit.faults import Unknown
from leumund.payouts import collecting, giving
from leumund.programs import offering
from leumund.referrals.claims import hearing
from leumund.rewards.judging.facts import SIDES
from leumund.staff import members

_STANDS = f"""
SELECT r.id AS referral, r.state AS stands, r.clicked_at, r.campaign, coalesce(k.name, '') AS campaign_name,
       r.attributed_at, r.qualified_at, r.decided_at,
       coalesce(s.way, '') AS way,
       EXISTS (SELECT FROM review_hold h WHERE h.referral = r.id AND h.lifted_at IS NULL) AS held,
       {offering.COLUMNS} @more
FROM referral r JOIN program p ON p.id = r.program JOIN program_version v ON v.id = r.version
LEFT JOIN campaign k ON k.key = r.campaign LEFT JOIN referral_claim s ON s.id = r.claim
LEFT JOIN staff_member m ON m.id = s.told_by
WHERE r.id = $1 AND ($2::uuid IS NULL OR r.advocate = $2) AND r.confirmed_at IS NOT NULL
"""  # noqa: S608 - ours alone
_THEIRS = _STANDS.replace("@more", "")
# Who at support entered who recommended the friend, and why, is not even read for the advocate.
_WHOLE = _STANDS.replace(
    "@more", f", s.id AS claim, s.reason_sealed, {personal.brought('r.friend')}, r.friend, {members.BROUGHT}"
)
# What was told of the friend, the newest first, whether it counts for this referral or not.
_EVENTS = """
SELECT c.id, c.kind, c.event_key, c.order_id, c.cents, c.currency, c.occurred_at, c.refunded_at, c.doubt,
       coalesce(c.referral = r.id, false) AS counts, coalesce(c.referral <> r.id, false) AS elsewhere,
       coalesce((SELECT sum(f.cents) FROM refund f
                 WHERE f.conversion = c.id AND f.restored_at IS NULL), 0)::bigint AS returned_cents,
       (SELECT max(restored_at) FROM refund WHERE conversion = c.id) AS restored_at,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('way', k.way, 'claimed_at', k.claimed_at, 'reason', j.reason)
                                  ORDER BY j.reason <> 'won', k.claimed_at, k.id), '[]')
        FROM (SELECT DISTINCT ON (claim) claim, reason FROM claim_judgement WHERE conversion = c.id
              ORDER BY claim, reason <> 'won', at DESC) j JOIN referral_claim k ON k.id = j.claim) AS claims
FROM referral r JOIN conversion c ON c.customer = r.friend AND (c.kind <> 'sign_up' OR c.order_id = r.id::text)
WHERE r.id = $1 ORDER BY c.number DESC LIMIT 50
"""
# Of each rule what it said last; the newest event's first.
_JUDGED = """
SELECT j.conversion, j.rule, j.passed, j.reason, j.cents, j.judged_at FROM (
    SELECT DISTINCT ON (conversion, rule) conversion, rule, passed, reason, cents, judged_at
    FROM judgement WHERE referral = $1 ORDER BY conversion, rule, judged_at DESC
) j JOIN conversion c ON c.id = j.conversion JOIN reward_rule u ON u.id = j.rule
WHERE $2 = '' OR u.side = $2 ORDER BY c.number DESC, u.side, u.key LIMIT 1000
"""
# Why a reward that waits cannot go into the next payout. Of kinds whose way nobody chose, goods alone lack anything.
_WAY = "coalesce((SELECT way FROM payout_way WHERE kind = w.kind), w.kind)"
_LACKS = " ".join(
    f"WHEN {_WAY} = '{way}' AND NOT {ready} THEN '{missing}'" for way, (ready, missing) in collecting.READY.items()
)
_REWARDS = f"""
SELECT w.id, w.side, w.kind, w.conversion, w.voucher_code IS NOT NULL AS coded,
       w.tops_up IS NOT NULL AS beside, w.cents, w.currency, w.state, w.reason,
       w.doubt, w.granted_at, w.hold_until, w.decided_at, {collecting.OWED} AS owed_cents,
       CASE WHEN w.voucher_code IS NOT NULL THEN ''
       WHEN w.state = 'scheduled' AND EXISTS (SELECT FROM payout_item i JOIN payout p ON p.id = i.payout
            WHERE i.reward = w.id AND i.stands AND p.reason = '{giving.NO_CODE}') THEN '{giving.NO_CODE}'
       WHEN w.state NOT IN ('approved', 'failed') THEN ''
       WHEN {_WAY} = 'voucher' AND NOT {giving.left("w.currency", collecting.OWED)} THEN '{giving.NO_CODE}' {_LACKS}
       WHEN (SELECT sum({collecting.OWED.replace("w.", "o.")}) FROM reward o WHERE o.beneficiary = w.beneficiary
             AND o.currency = w.currency AND o.state IN ('approved', 'failed'))
            < (SELECT least_cents FROM payout_limit WHERE currency = w.currency) THEN 'too_little'
       ELSE '' END AS lacks
FROM reward w WHERE w.referral = $1 AND ($2 = '' OR w.side = $2) ORDER BY w.granted_at DESC, w.side, w.id LIMIT 200
"""  # noqa: S608 - ours alone
# Of several tries the one that stands was the last.
_PAYOUTS = """
SELECT i.reward, p.id, p.batch, p.way, p.state, p.reason, p.reference, i.cents, i.set_off_cents, p.currency,
       p.created_at, p.submitted_at, p.settled_at
FROM reward w JOIN payout_item i ON i.reward = w.id JOIN payout p ON p.id = i.payout
WHERE w.referral = $1 AND ($2 = '' OR w.side = $2) ORDER BY p.stands, p.created_at, p.id LIMIT 1000
"""


class NoSuchReferral(Unknown):
    """There is none, nobody has confirmed it, or it is somebody else's."""


async def retrace(*, referral: UUID) -> Trace:
    """Everything, for the company. Five queries, however much happened. Raises NoSuchReferral."""
    row = await _row(_WHOLE, referral, None)
    stands = _stands(row)
    judged, rewards = await _judged(stands, ""), await _rewards(referral, "")
    events = [_happened(row, judged) for row in await ground.fetch(_EVENTS, referral)]
    faults = _faults(judged)
    answers = {side: concluding.conclude(stands, side, rewards, faults) for side in SIDES}
    return Trace(stands=stands, events=events, rewards=rewards, answers=answers, entered=_entered(row))


async def tell(*, referral: UUID, advocate: UUID) -> Told:
    """What ``advocate`` may know of a referral of theirs. Four queries. Raises NoSuchReferral.

    The friend's events and rewards are not even read.
    """
    stands = _stands(await _row(_THEIRS, referral, advocate))
    judged, rewards = await _judged(stands, "advocate"), await _rewards(referral, "advocate")
    answer = concluding.conclude(stands, "advocate", rewards, _faults(judged))
    return Told(stands=stands, rewards=rewards, answer=answer)


async def _row(sql: str, referral: UUID, advocate: UUID | None) -> dict[str, Any]:
    rows = await ground.fetch(sql, referral, advocate)
    if not rows:
        raise NoSuchReferral("errors.rewards.referral_unknown")
    return rows[0]


def _entered(row: dict[str, Any]) -> Entered | None:
    """Who at support said who recommended the friend, and why."""
    if row["reason_sealed"] is None:
        return None
    key = personal.opened(row["key_sealed"], person=row["friend"])
    reason = hearing.REASON.tell(row["reason_sealed"], row["claim"], key=key)
    return Entered(by=members.take(row) or "", reason=reason)


def _stands(row: dict[str, Any]) -> Stands:
    return Stands(
        id=row["referral"],
        state=row["stands"],
        held=row["held"],
        way=row["way"],
        clicked_at=row["clicked_at"],
        campaign=row["campaign_name"] or row["campaign"],
        attributed_at=row["attributed_at"],
        qualified_at=row["qualified_at"],
        decided_at=row["decided_at"],
        offer=offering.of_row(row),
    )


def _happened(row: dict[str, Any], judged: Mapping[UUID, Sequence[Judged]]) -> Happened:
    claims = msgspec.json.decode(row.pop("claims"), type=list[Claimed])
    return Happened(**row, claims=claims, judged=judged.get(row["id"], ()))


async def _judged(stands: Stands, side: str) -> dict[UUID, list[Judged]]:
    """By event what every rule of a side said of it, the newest event first."""
    rules = {rule.id: rule for rule in stands.offer.rules}
    said: dict[UUID, list[Judged]] = {}
    for row in await ground.fetch(_JUDGED, stands.id, side):
        event, rule = row.pop("conversion"), rules[row.pop("rule")]
        said.setdefault(event, []).append(Judged(rule=rule, **row))
    return said


async def _rewards(referral: UUID, side: str) -> list[Granted]:
    granted = await ground.fetch(_REWARDS, referral, side)
    tries = _by_reward(await ground.fetch(_PAYOUTS, referral, side)) if granted else {}
    return [Granted(**row, payouts=tries.get(row["id"], ())) for row in granted]


def _by_reward(rows: Iterable[dict[str, Any]]) -> dict[UUID, list[Carried]]:
    tries: dict[UUID, list[Carried]] = defaultdict(list)
    for row in rows:
        tries[row.pop("reward")].append(Carried(**row))
    return tries


def _faults(judged: dict[UUID, list[Judged]]) -> list[Judged]:
    """Every rule that failed, the newest event's first."""
    return [one for said in judged.values() for one in said if not one.passed]
