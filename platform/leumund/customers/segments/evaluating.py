"""Who may be evaluated: who agreed to it and still does, did not object, and whose data do not rest.

This is what consent.checking says, for everybody at once and without a question per person, so that whoever reads a
segment that evaluates can ask again at that very moment. A stop for one purpose alone is always written beside the
event that ends its consent, and no consent comes in by a file over such a stop: events and the address's own stop tell
it all, and a test holds the two against each other.
"""

from datetime import datetime
from uuid import UUID

from leumund.kit import ground, outbox

# The outbox's word for it: something was told of its subject, a customer who may be evaluated.
TOLD = "customers.told"

# Everybody who may be evaluated, as rows of one column ``customer``.
EVALUABLE = """
SELECT person.id AS customer FROM customer person
JOIN (
    SELECT DISTINCT ON (customer) customer, state, evidence ->> 'address' AS address FROM consent_event
    WHERE purpose = 'profile' AND channel = 'email'
      AND (state IN ('given', 'withdrawn', 'objected', 'invalidated', 'terminated')
           OR (state = 'expired' AND request IS NULL))
    ORDER BY customer, at DESC, state = 'given'
) latest ON latest.customer = person.id
WHERE latest.state = 'given' AND coalesce(latest.address, person.email_hash) = person.email_hash
  AND person.held IS NULL AND person.profiling_objected_at IS NULL
  AND NOT EXISTS (
    SELECT FROM consent_suppression stop WHERE stop.channel = 'email' AND stop.address_hash = person.email_hash)
"""

# The same of one person whose row is called ``c``: for the few of a page, where everybody would be too many to ask.
EVALUABLE_ONE = """
c.held IS NULL AND c.profiling_objected_at IS NULL
AND EXISTS (
    SELECT FROM (
        SELECT state, evidence ->> 'address' AS address FROM consent_event
        WHERE customer = c.id AND purpose = 'profile' AND channel = 'email'
          AND (state IN ('given', 'withdrawn', 'objected', 'invalidated', 'terminated')
               OR (state = 'expired' AND request IS NULL))
        ORDER BY at DESC, state = 'given' LIMIT 1
    ) latest
    WHERE latest.state = 'given' AND coalesce(latest.address, c.email_hash) = c.email_hash)
AND NOT EXISTS (
    SELECT FROM consent_suppression stop WHERE stop.channel = 'email' AND stop.address_hash = c.email_hash)
"""
_MAY = f"SELECT FROM customer c WHERE c.id = $1 AND {EVALUABLE_ONE}"


async def may_be(*, customer: UUID) -> bool:
    """Whether ``customer`` agreed to be evaluated, and still does. One query."""
    return bool(await ground.fetch(_MAY, customer))


async def tell(*, customer: UUID, at: datetime) -> None:
    """Leave word that ``customer`` said something or is looked after otherwise than before.

    Whoever evaluates them does so anew soon after; of who may not be evaluated no word is left. Two queries.
    """
    if await may_be(customer=customer):
        await outbox.enqueue(kind=TOLD, subject=customer, due_at=at)
