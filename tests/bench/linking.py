"""A share link that leads to the landing page, made the way every advocate gets one."""

from datetime import datetime

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.programs import offering
from leumund.referrals import sharing


async def a_code(*, at: datetime) -> str:
    """The code of a link of the open company."""
    record = Record(email="anna@people.example", given_name="Anna")
    advocate = await registering.register(record=record, source="bench", at=at)
    return await sharing.code_of(customer=advocate.id, program=(await offering.current(at=at)).id, at=at)
