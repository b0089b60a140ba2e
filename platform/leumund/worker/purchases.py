"""Take files of purchases, bite by bite: between two of them others have their turn."""

from datetime import datetime
from uuid import UUID

from leumund.rewards.purchases import taking
from leumund.worker.working import Errand, Inside


async def _take(inside: Inside, purchase_import: UUID, at: datetime) -> None:
    await taking.go_on(inside, purchase_import, at)


# The errand of ``keeping.KIND``: it opens its company's scope for every row anew.
ERRAND = Errand(_take)
