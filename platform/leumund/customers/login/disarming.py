"""Take a second factor away: one that counts by whoever shows one, one that does not count yet by its person alone."""

from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.customers.login import factors
from leumund.customers.login.enrolling import FRESH
from leumund.customers.login.factors import FactorUnknown
from leumund.customers.login.visiting import Visit
from leumund.customers.records import holding
from leumund.kit import ground


async def remove(*, visit: Visit, factor: UUID, at: datetime) -> None:
    """Remove one factor; with the last one go the recovery codes. Raises FactorUnknown, NeedsProof."""
    await holding.lock(customer=visit.customer)
    held = await factors.of(customer=visit.customer)
    going = next((each for each in held if each.id == factor), None)
    if going is None:
        raise FactorUnknown("errors.customers.factor_unknown")
    factors.require_proof([going], proven=visit.is_proven(at=at, within=FRESH), at=at)
    await ground.execute("DELETE FROM customer_factor WHERE id = $1", factor)
    if len(held) == 1:
        await ground.execute("DELETE FROM customer_factor WHERE customer = $1", visit.customer)
    await noting.note(
        actor=f"customer:{visit.customer}",
        action="customer.factor_removed",
        subject=visit.customer,
        detail={"kind": going.kind},
        at=at,
    )
