"""Rest at night: an occasion keeps the company's quiet hours, and goes on Sundays and holidays all the same.

A greeting belongs to its day: whoever has their birthday on a Sunday, or on the second day of Christmas, is not greeted
on the next working day.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from leumund.messages.gate import quieting
from leumund.messages.gate.quieting import Quiet


async def nights() -> Quiet:
    """The company's quiet hours without its quiet days. One query."""
    return msgspec.structs.replace(await quieting.quiet(), sundays=False, holidays=False)


def open_at(at: datetime, nights: Quiet, zone: ZoneInfo) -> datetime:
    """``at``, or the end of the quiet hours it falls into."""
    return quieting.first_open(at, nights, zone=zone, country="")


def is_open(hour: int, nights: Quiet) -> bool:
    """Whether something may go at ``hour`` of the day."""
    if nights.from_hour <= nights.until_hour:
        return not nights.from_hour <= hour < nights.until_hour
    return nights.until_hour <= hour < nights.from_hour
