"""Whose recommendation an event counts for: the referrals its friend has confirmed, the first of them first."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.programs import offering
from leumund.programs.offers import Offer
from leumund.rewards import deciding
from leumund.rewards.judging.facts import Event

# A shop's clock may be behind ours or ahead; what was bought earlier was not bought because of a recommendation.
CLOCKS_DIFFER = timedelta(minutes=5)
# A referral r with the first conversion c that counts for it, where there is one.
FIRST = """
LEFT JOIN LATERAL (
    SELECT order_id, cents, currency, occurred_at, recorded_at, refunded_at FROM conversion WHERE referral = r.id
    ORDER BY kind <> 'purchase', number LIMIT 1
) c ON true
"""
# What is judged late is judged by what is left of it: a part may have come back while a person looked.
_EVENT = """
c.id AS conversion, c.number, c.kind, c.event_key, c.currency AS told_in, c.occurred_at,
greatest(0, c.cents - coalesce(
    (SELECT sum(coalesce(f.cents, c.cents)) FROM refund f WHERE f.conversion = c.id
     AND f.restored_at IS NULL), 0))::bigint AS cents
"""
# Who signed up accepted the conditions in our form; of whoever came by a claim the shop says that it showed them.
_ACCEPTED = """
(r.terms IS NOT NULL OR EXISTS (
    SELECT FROM referral_claim k JOIN share_link l ON l.id = k.link
    WHERE k.customer = r.friend AND l.program = r.program AND k.conditions_shown)) AS accepted
"""
_REFERRAL = f"""
r.id AS referral, r.advocate, r.friend, {_ACCEPTED}, r.state AS stands, r.attributed_at, r.qualified_at,
{offering.COLUMNS}
FROM referral r JOIN program p ON p.id = r.program JOIN program_version v ON v.id = r.version
"""
# All whom a conversion may concern, with those who are only said to have recommended its customer, in one order
# everywhere: of two friends who recommend each other, the second waits.
_HOLD = """
SELECT id, held FROM customer WHERE id = ANY ($2::uuid[] || ARRAY(
    SELECT $1::uuid
    UNION ALL SELECT advocate FROM referral WHERE friend = $1 AND confirmed_at IS NOT NULL
    UNION ALL SELECT l.advocate FROM referral_claim k JOIN share_link l ON l.id = k.link WHERE k.customer = $1
))
ORDER BY id FOR NO KEY UPDATE
"""
# Of programs that rest, have ended or do not run at the moment of the event, nothing counts.
_CANDIDATES = f"""
SELECT {_EVENT}, {_REFERRAL} JOIN conversion c ON c.customer = r.friend
WHERE c.id = $1 AND r.confirmed_at IS NOT NULL AND r.state IN ('attributed', 'qualified', 'in_review', 'approved')
  AND (c.kind <> 'sign_up' OR c.order_id = r.id::text) AND r.attributed_at <= c.occurred_at + $2::interval
  AND {offering.live("c.occurred_at")}
ORDER BY r.attributed_at, r.id FOR NO KEY UPDATE OF r
"""
# Of two friends who were recommended in two programs each, one would judge by the first of them and wait for the other.
_PROGRAMS = "SELECT FROM program WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
# What a person denied stays denied when its referral is decided anew.
_QUALIFYING = f"""
SELECT {_EVENT}, {_REFERRAL} JOIN conversion c ON c.referral = r.id
WHERE r.id = $1 AND c.refunded_at IS NULL
  AND NOT EXISTS (SELECT FROM review_decision d WHERE d.conversion = c.id AND {deciding.DENIED})
ORDER BY c.number FOR NO KEY UPDATE OF r
"""  # noqa: S608 - ours alone
# Of many at once for whoever only looks: what approving each would grant, or granting each after all.
_LOOKED_AT = f"""
SELECT {_EVENT}, {_REFERRAL} JOIN conversion c ON c.referral = r.id
WHERE c.refunded_at IS NULL AND (r.id = ANY ($1::uuid[]) OR c.id = ANY ($2::uuid[])) ORDER BY r.id, c.number
"""
_ONE = f"""
SELECT {_EVENT}, {_REFERRAL} JOIN conversion c ON c.referral = r.id WHERE c.id = $1 FOR NO KEY UPDATE OF r
"""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """An event and a referral it may count for, with the version its friend was promised; ``stands`` is its state.

    ``accepted`` is whether the friend knows the conditions.
    """

    conversion: UUID
    number: int
    event: Event
    referral: UUID
    advocate: UUID
    friend: UUID
    accepted: bool
    stands: str
    signed_up_at: datetime
    qualified_at: datetime | None
    offer: Offer

    @property
    def people(self) -> tuple[UUID, UUID]:
        return self.advocate, self.friend


async def hold(*, friend: UUID, also: Collection[UUID] = ()) -> bool:
    """Lock the person and whoever recommended them, before anything else is locked; whether the person is still there.

    ``also`` are those who are only now said to have recommended them.

    Two orders of one friend are looked at one after the other, and whoever erases one of them meanwhile waits.
    """
    return any(row["id"] == friend and row["held"] != "erased" for row in await ground.fetch(_HOLD, friend, [*also]))


async def candidates(*, conversion: UUID) -> Sequence[Due]:
    """Every referral the conversion may count for, the first sign-up first; each is locked, and so are programs where
    there are several.

    That is the rule for competing recommendations: the first whose program runs and one of whose rules is met has it.
    """
    found = [_due(row) for row in await ground.fetch(_CANDIDATES, conversion, CLOCKS_DIFFER)]
    programs = {due.offer.id for due in found}
    if len(programs) > 1:
        await ground.execute(_PROGRAMS, list(programs))
    return found


async def qualifying(*, referral: UUID) -> Sequence[Due]:
    """The conversions that count for a referral and were not given back, in the order they were told; it is locked."""
    return [_due(row) for row in await ground.fetch(_QUALIFYING, referral)]


async def looked_at(*, referrals: Sequence[UUID] = (), conversions: Sequence[UUID] = ()) -> Sequence[Due]:
    """What ``qualifying`` tells of each of ``referrals``, and ``counted`` of ``conversions``; nothing is locked."""
    return [_due(row) for row in await ground.fetch(_LOOKED_AT, [*referrals], [*conversions])]


async def counted(*, conversion: UUID) -> Due | None:
    """A conversion with the referral it counts for, which is locked; None where it counts for none."""
    rows = await ground.fetch(_ONE, conversion)
    return _due(rows[0]) if rows else None


def _due(row: dict[str, Any]) -> Due:
    return Due(
        conversion=row["conversion"],
        number=row["number"],
        event=Event(
            kind=row["kind"],
            event_key=row["event_key"],
            cents=row["cents"],
            currency=row["told_in"],
            at=row["occurred_at"],
        ),
        referral=row["referral"],
        advocate=row["advocate"],
        friend=row["friend"],
        accepted=row["accepted"],
        stands=row["stands"],
        signed_up_at=row["attributed_at"],
        qualified_at=row["qualified_at"],
        offer=offering.of_row(row),
    )
