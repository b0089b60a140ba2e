"""Ask Stripe nothing for a while when it does not answer, so that payouts wait together instead of failing one by one.

It stands in the account's row, which all workers share: one that finds Stripe away spares the others the wait. The
first call after the pause is the probe.
"""

from datetime import datetime, timedelta

from leumund.kit import ground
from leumund.payouts.stripe.hearing import Heard, What
from leumund.payouts.stripe.keeping import Entry

# One lost answer is the line's fault; three in a row are Stripe's.
FAULTS_BEFORE_PAUSE = 3
_FIRST_SECONDS, _LONGEST_SECONDS = 30, 600
_AGAIN = "UPDATE stripe_account SET faults = 0, fault = NULL, paused_until = NULL WHERE faults > 0 OR fault IS NOT NULL"
_FAULT = """
UPDATE stripe_account SET faults = faults + 1, fault = $1, paused_until = CASE
    WHEN $3::integer > 0 THEN greatest(paused_until, $2::timestamptz + make_interval(secs => $3))
    WHEN faults + 1 >= $4 THEN greatest(
        paused_until, $2 + make_interval(secs => least($5 * 2.0 ^ least(faults + 1 - $4, 10), $6))
    )
    ELSE paused_until END
"""


def left_seconds(entry: Entry, *, at: datetime) -> int:
    """For how long nobody may ask; none where somebody may."""
    if entry.paused_until is None or entry.paused_until <= at:
        return 0
    return int((entry.paused_until - at) / timedelta(seconds=1)) + 1


async def note(heard: Heard, *, at: datetime) -> None:
    """Count what a call's end says of Stripe itself: any answer ends the pause, none begins one in time."""
    if heard.what in (What.DONE, What.REFUSED):
        await ground.execute(_AGAIN)
        return
    await ground.execute(
        _FAULT, heard.code, at, heard.wait_seconds, FAULTS_BEFORE_PAUSE, _FIRST_SECONDS, _LONGEST_SECONDS
    )
