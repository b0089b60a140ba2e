"""Clear away what was kept so that nothing happens twice, once nobody can come with it again; a nightly job."""

from datetime import datetime

from leumund.kit import ground


async def clear(*, answers_before: datetime, marks_before: datetime) -> None:
    """Delete old answers to idempotency keys and the marks of jobs long done."""
    await ground.execute("DELETE FROM idempotency WHERE at <= $1", answers_before)
    await ground.execute("DELETE FROM job_done WHERE at <= $1", marks_before)
