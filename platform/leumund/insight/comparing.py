"""Compare those who were written to with those drawn not to be: did more of them do what it is for?

Both were people who could have been written to. Whoever was meant to be counts as such, even if a mail was held back
later, as the trialists' intention to treat has it; each for some days from the same moment on, and nobody before those
are over.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from leumund.kit import ground
from leumund.occasions import permitting, stepping
from leumund.surveys.asking import judging
from leumund.surveys.asking.rules import Goal
from leumund.surveys.figures import rating
from leumund.surveys.rules import LEAST_CELL

# How long after its first step an occasion is looked at, and how long after they were asked a wave.
OCCASION_DAYS, WAVE_DAYS = 30, 60
_DID: dict[Goal, str] = {
    "bought": (
        "SELECT FROM conversion did WHERE did.customer = one.customer AND did.kind = 'purchase' "
        "AND did.refunded_at IS NULL "
        "AND did.occurred_at >= one.at AND did.occurred_at < one.at + $3::interval"
    ),
    "recommended": (
        "SELECT FROM referral did WHERE did.advocate = one.customer AND did.confirmed_at IS NOT NULL "
        "AND did.attributed_at >= one.at AND did.attributed_at < one.at + $3::interval"
    ),
}
_COUNT = """
SELECT count(*) FILTER (WHERE NOT control) AS written, count(*) FILTER (WHERE control) AS control,
    count(*) FILTER (WHERE NOT control AND did) AS written_did, count(*) FILTER (WHERE control AND did) AS control_did
FROM (SELECT one.control, EXISTS ({did}) AS did FROM ({people}) one WHERE one.at <= $2) each
"""
_OF_OCCASION = """
SELECT r.customer, r.control, r.first_due_at AS at FROM occasion_run r
WHERE r.occasion = $1 AND (r.control OR r.reason IS NULL OR r.position > 0 OR r.reason <> ALL ($4::text[]))
"""
# For these it never began, and it would not have for those in the control either.
_NEVER = [permitting.NO_CONSENT, permitting.DETRACTOR, stepping.TOO_LATE]
_OF_WAVE = """
SELECT i.customer, false AS control, i.invited_at AS at FROM survey_invitation i WHERE i.wave = $1
UNION ALL
SELECT h.customer, true, h.at FROM survey_held h WHERE h.wave = $1 AND h.step = 0 AND h.reason = $4
"""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """People written to beside those drawn not to be: how many each, how many of them did it, and the difference.

    Shares and difference in percent; they are None where either side has fewer than LEAST_CELL people.
    """

    written: int
    control: int
    written_share: float | None = None
    control_share: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None


async def of_occasion(*, occasion: UUID, goal: Goal, at: datetime) -> Compared:
    """Over all versions of an occasion. One query, which takes longer the more people were ever in it."""
    return await _compare(_OF_OCCASION, occasion, goal, at, days=OCCASION_DAYS, told=_NEVER)


async def of_wave(*, wave: UUID, goal: Goal, at: datetime) -> Compared:
    """Of those a wave asked, or would have. One query, which takes longer the more people those are."""
    return await _compare(_OF_WAVE, wave, goal, at, days=WAVE_DAYS, told=judging.CONTROL)


async def _compare(people: str, of: UUID, goal: Goal, at: datetime, *, days: int, told: object) -> Compared:
    span = timedelta(days=days)
    rows = await ground.fetch(_COUNT.format(did=_DID[goal], people=people), of, at - span, span, told)
    return compared(**rows[0])


def compared(*, written: int, written_did: int, control: int, control_did: int) -> Compared:
    """Newcombe's hybrid score interval of a difference of two shares (Statistics in Medicine 17, 1998, method 10)."""
    assert written_did <= written, "they are among them"
    assert control_did <= control, "they are among them"
    if min(written, control) < LEAST_CELL:
        return Compared(written=written, control=control)
    one = rating.share(written_did / written, size=written)
    other = rating.share(control_did / control, size=control)
    difference = one.value - other.value
    below = ((one.value - one.low) ** 2 + (other.high - other.value) ** 2) ** 0.5
    above = ((one.high - one.value) ** 2 + (other.value - other.low) ** 2) ** 0.5
    return Compared(
        written=written,
        control=control,
        written_share=100 * one.value,
        control_share=100 * other.value,
        difference=100 * difference,
        low=100 * (difference - below),
        high=100 * (difference + above),
    )
