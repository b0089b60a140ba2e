"""Forget friends who never confirmed that they were recommended, name and address and all; a nightly job."""

from datetime import datetime

from leumund.kit import ground, personal
from leumund.referrals import accepting

_REFERRALS = "DELETE FROM referral WHERE confirmed_at IS NULL AND attributed_at <= $1"
# Whoever is known for anything else is kept: by another sign-up, by a consent, as somebody who is asked or takes part.
# Somebody who is signing up at this moment holds their row, and is passed over; once ours are locked, nobody can.
_FORGOTTEN = """
SELECT id FROM customer c WHERE stage = 'lead' AND source = $2 AND created_at <= $1
  AND NOT EXISTS (SELECT FROM referral WHERE c.id IN (friend, advocate))
  AND NOT EXISTS (SELECT FROM consent_request WHERE customer = c.id)
  AND NOT EXISTS (SELECT FROM consent_event WHERE customer = c.id AND state = 'given')
  AND NOT EXISTS (SELECT FROM survey_invitation WHERE customer = c.id)
  AND NOT EXISTS (SELECT FROM survey_answer WHERE customer = c.id)
  AND NOT EXISTS (SELECT FROM participation WHERE customer = c.id)
  AND NOT EXISTS (SELECT FROM share_link WHERE advocate = c.id)
  AND NOT EXISTS (SELECT FROM conversion WHERE customer = c.id)
FOR UPDATE SKIP LOCKED
"""
_PEOPLE = """
DELETE FROM customer c WHERE id = ANY ($1::uuid[])
  AND NOT EXISTS (SELECT FROM referral WHERE friend = c.id)
  AND NOT EXISTS (SELECT FROM consent_request WHERE customer = c.id)
RETURNING id
"""


async def clear(*, before: datetime) -> None:
    """Delete sign-ups of ``before`` that waited in vain, and the people nothing else knows of.

    The mail that asked them has promised it. What was asked in which words stays as evidence, by a hash alone.
    """
    await ground.execute(_REFERRALS, before)
    forgotten = await ground.fetch(_FORGOTTEN, before, accepting.SOURCE)
    gone = await ground.fetch(_PEOPLE, [row["id"] for row in forgotten])
    await personal.destroy(people=[row["id"] for row in gone])
