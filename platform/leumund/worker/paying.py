"""Carry payouts out of the house: whoever is asked outside is asked while none of the company's rows are held."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.payouts import submitting
from leumund.payouts.carrying import Carrier
from leumund.worker.working import Errand, Inside


def errand(carriers: Mapping[str, Carrier]) -> Errand:
    """The errand of ``submitting.KIND``, with whoever carries each way."""

    async def carry(inside: Inside, payout: UUID, at: datetime) -> None:
        await submitting.carry(carriers, inside, payout, at)

    return Errand(carry)
