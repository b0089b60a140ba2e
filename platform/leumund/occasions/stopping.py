"""Stop: whether what a sequence was for has happened, or nobody may go on with it for somebody."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from leumund.consent import checking
from leumund.customers.segments import reading as segments
from leumund.kit import ground
from leumund.occasions.defining import Definition, Reason, Step

# What a person did since it began for them.
_DID: dict[Reason, str] = {
    "bought": (
        "SELECT FROM conversion WHERE customer = $1 AND occurred_at > $2 AND refunded_at IS NULL AND kind = 'purchase'"
    ),
    "recommended": "SELECT FROM referral WHERE advocate = $1 AND attributed_at > $2 AND confirmed_at IS NOT NULL",
    "answered": "SELECT FROM survey_answer WHERE customer = $1 AND answered_at > $2",
}
_ADDRESS = "SELECT coalesce(email_hash, '') AS address FROM customer WHERE id = $1"


class OnTheirWay(Protocol):
    """Somebody in a sequence."""

    @property
    def customer(self) -> UUID: ...
    @property
    def began_at(self) -> datetime: ...
    @property
    def definition(self) -> Definition: ...


async def reason(*, run: OnTheirWay, step: Step) -> Reason | None:
    """The first of the step's reasons that holds now; None where none does. A query or two each."""
    for each in step.reasons:
        if await _holds(each, run):
            return each
    return None


async def _holds(each: Reason, run: OnTheirWay) -> bool:
    if each in _DID:
        rows = await ground.fetch(f"SELECT EXISTS ({_DID[each]}) AS did", run.customer, run.began_at)
        return bool(rows[0]["did"])
    if each == "left":
        return bool(run.definition.segment) and not await segments.is_in(
            segment=UUID(run.definition.segment), customer=run.customer
        )
    return not await _may_be_reached(run)


async def _may_be_reached(run: OnTheirWay) -> bool:
    address = (await ground.fetch(_ADDRESS, run.customer))[0]["address"]
    for channel in run.definition.channels:
        if await checking.allowed_among(
            addresses={run.customer: address}, purpose=run.definition.purpose, channel=channel
        ):
            return True
    return False
