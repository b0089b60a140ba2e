"""Count that links were opened: how often and on which day, and nothing about who did."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from leumund.kit import ground


async def count(*, clicks: Mapping[UUID, int], day_date: date) -> None:
    """Add a batch of counts by link, in one statement."""
    await ground.execute(
        "INSERT INTO click_count (link, day_date, clicks) "
        "SELECT link, $3, clicks FROM unnest($1::uuid[], $2::bigint[]) AS batch (link, clicks) "
        # A link erased since must not lose the others their counts.
        "JOIN share_link ON share_link.id = batch.link "
        "ON CONFLICT (link, day_date) DO UPDATE SET clicks = click_count.clicks + excluded.clicks",
        list(clicks),
        list(clicks.values()),
        day_date,
    )
