"""Clear away what was kept so that nothing happens twice, once nobody can come with it again; a nightly job."""

from datetime import datetime, timedelta

from leumund.kit import ground

# Machines repeat a request for hours, not for days.
_ANSWERS_KEPT = timedelta(days=7)
# A job's attempts are over within two days; a dead letter sent again was never done.
_MARKS_KEPT = timedelta(days=30)


async def clear(*, at: datetime) -> None:
    """Delete old answers to idempotency keys and the marks of jobs long done."""
    await ground.execute("DELETE FROM idempotency WHERE at <= $1", at - _ANSWERS_KEPT)
    await ground.execute("DELETE FROM job_done WHERE at <= $1", at - _MARKS_KEPT)
