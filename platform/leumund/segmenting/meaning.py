"""What a company means by one customer: their class and what it follows from, their interests, their segments."""

from uuid import UUID

import msgspec

from leumund.customers.segments import reading
from leumund.customers.segments.reading import Kept
from leumund.segmenting import ranking
from leumund.segmenting.ranking import Interest, Ranked


class Meant(msgspec.Struct, frozen=True, kw_only=True):
    """Of whom may not be evaluated, segments that select alone."""

    classes: list[Ranked]
    interests: list[Interest]
    segments: list[Kept]


async def of_customer(*, customer: UUID) -> Meant:
    """Three queries."""
    return Meant(
        classes=await ranking.of_customer(customer=customer),
        interests=await ranking.interests(customer=customer),
        segments=await reading.of_customer(customer=customer),
    )
