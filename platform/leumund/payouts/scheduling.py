"""Draft batches by the company's schedule: every week or month on its day, what is due then waits for approval."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from leumund.company import describing
from leumund.kit import ground
from leumund.messages import alerting
from leumund.payouts import batching, collecting, setting
from leumund.payouts.setting import Setting

_DRAFTED = "UPDATE payout_setting SET drafted_until_date = $1"


async def draft_due(*, at: datetime) -> int:
    """Draft what is due where today is the day, once; how many batches. One query where it is not."""
    said = await setting.read()
    if said.schedule == "none":
        return 0
    today = at.astimezone(ZoneInfo((await describing.profile()).time_zone)).date()
    if not is_day(said, today):
        return 0
    await setting.lock()
    await ground.execute(_DRAFTED, today)
    drafted = 0
    for due in await collecting.everything(at=at):
        if due.planned:
            await batching.draft(way=due.way, currency=due.currency, by=None, at=at)
            drafted += 1
    if drafted:
        await alerting.alert(kind="payouts_waiting", right="payouts.approve", at=at)
    return drafted


def is_day(said: Setting, today: date) -> bool:
    """Whether ``today`` is a day of the schedule on which nothing was drafted yet."""
    if said.schedule == "none" or said.drafted_until_date == today:
        return False
    return said.schedule_day == (today.isoweekday() if said.schedule == "weekly" else today.day)
