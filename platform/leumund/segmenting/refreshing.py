"""Refresh everything every night: those that ship, classes, interests, and then each segment in a job of its own."""

from datetime import datetime, timedelta

from leumund.customers.segments import reading
from leumund.kit import ground, outbox
from leumund.segmenting import classing, computing, inferring, starting, telling

KIND = "segments.refresh"
_COURSE_KEPT = timedelta(days=730)


async def refresh(*, at: datetime) -> int:
    """Class, find interests, tell of changes, and leave a job for each segment; how many those are.

    In this order, since a segment may ask for a class or an interest.
    """
    await starting.start(at=at)
    await classing.classify(at=at)
    await inferring.infer(at=at)
    await telling.tell(at=at)
    await ground.execute("DELETE FROM segment_course WHERE day_date < $1", (at - _COURSE_KEPT).date())
    segments = [kept.id for kept in await reading.every()]
    await outbox.enqueue_all(kind=computing.KIND, subjects=segments, due_at=at, bulk=True)
    return len(segments)
