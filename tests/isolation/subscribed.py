"""What a company's own systems hear: an endpoint, an event on its way to it and one that came back."""

from datetime import datetime, timedelta

from leumund.events import delivering, replaying, subscribing
from leumund.events.carrying import Carried
from leumund.kit import ground


async def leave(mark: str, *, at: datetime) -> None:
    """Subscribe an endpoint that is called ``mark``, and let one of two deliveries fail for now."""
    made = await subscribing.subscribe(
        name=f"hook {mark}", url=f"https://{mark}.example/leumund", kinds=[], actor="system:test", at=at
    )
    for _ in range(2):
        await replaying.try_out(endpoint=made.id, at=at)
    first = (await ground.fetch("SELECT id FROM event_delivery ORDER BY id LIMIT 1"))[0]["id"]
    due = await delivering.take(delivery=first, at=at)
    assert due is not None, "it was just told"
    await delivering.keep(due=due, carried=Carried(status=500), at=at)
    # Nobody calls there while the test runs.
    later = at + timedelta(days=365)
    await ground.execute("UPDATE event_endpoint SET rests_until = $1", later)
