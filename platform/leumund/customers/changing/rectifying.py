"""Rectify: a person, or whoever does it for them, puts right what is stored of them (Art. 16 GDPR).

An address is not among it: that of a mailbox is changed by proving the new one (``readdressing``).
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.audit import masking, noting
from leumund.company import describing
from leumund.customers.records import finding, registering
from leumund.customers.records.finding import CustomerUnknown
from leumund.events import telling
from leumund.kit import ground

FIELDS = ("given_name", "family_name", "phone", "birth_date")
# Not who was erased while we waited for their row: the key that came along is of a moment before.
_LOCKED = f"""
SELECT {finding.COLUMNS} FROM customer WHERE id = $1 AND held IS DISTINCT FROM 'erased' FOR NO KEY UPDATE
"""  # noqa: S608


async def rectify(*, customer: UUID, told: Mapping[str, str], actor: str, at: datetime) -> bool:
    """Write ``told``, some of FIELDS, as it is right; an empty one is deleted. Whether anything changed.

    Raises CustomerUnknown, and Refusals with every field that is wrong.
    """
    assert set(told) <= set(FIELDS), "nothing else is put right here"
    rows = await ground.fetch(_LOCKED, customer)
    known, key = finding.with_key(rows[0]) if rows else (None, None)
    if known is None or key is None or known.is_gone:
        raise CustomerUnknown("errors.customers.unknown")
    named = {"external_id": known.external_id, "email": known.email, "country": known.country}
    country = known.country or await describing.country()
    right = registering.read({**told, **named}, at=at, default_country=country)
    wanted = {field: getattr(right, field) for field in told}
    changed = masking.changes({field: getattr(known, field) or None for field in told}, wanted)
    if changed:
        await registering.change(known=known, key=key, told=wanted, at=at)
        await noting.note(actor=actor, action="customer.rectified", subject=customer, changes=changed, at=at)
        # Whoever was given the old words is told that there are new ones (Art. 19 GDPR).
        await telling.tell(kind="customer.rectified", subject=customer, at=at)
    return bool(changed)
