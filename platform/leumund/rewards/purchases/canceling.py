"""Let a file of purchases be that no row was taken of yet."""

from datetime import datetime
from uuid import UUID

from leumund.audit import noting
from leumund.kit import ground
from leumund.kit.faults import Overtaken
from leumund.rewards.purchases import listing

_CANCEL = "UPDATE purchase_import SET state = 'canceled', ended_at = $2 WHERE id = $1 AND state = 'waiting'"


class Begun(Overtaken):
    """A worker was faster, or somebody else."""


async def cancel(*, purchase_import: UUID, by: UUID, at: datetime) -> None:
    """Let it be, and erase its rows. Raises ImportUnknown, Begun."""
    await listing.one(purchase_import=purchase_import)
    if not await ground.execute(_CANCEL, purchase_import, at):
        raise Begun("errors.purchases.begun", field="form")
    await ground.execute("DELETE FROM purchase_part WHERE import = $1", purchase_import)
    await noting.note(actor=f"staff:{by}", action="purchases.canceled", subject=purchase_import, at=at)
