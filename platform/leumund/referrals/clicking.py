"""Count that links were followed: how often on which day, by how many, in which campaign; and nothing about who did."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from leumund.kit import ground

# In the order of their keys, visitors before counts, so that two processes at once wait for each other one way only.
# A link erased since must not lose the others their counts, nor may a day that is over hold visitors anew.
_COUNT = """
WITH batch AS (
    SELECT link, day_date, campaign, clicks, machines
    FROM unnest($1::uuid[], $2::date[], $3::text[], $4::bigint[], $5::bigint[])
        AS told (link, day_date, campaign, clicks, machines)
    WHERE EXISTS (SELECT FROM share_link l WHERE l.id = told.link)
), seen AS (
    INSERT INTO click_visitor (link, day_date, campaign, visitor)
    SELECT link, day_date, campaign, visitor
    FROM unnest($6::uuid[], $7::date[], $8::text[], $9::bigint[]) AS told (link, day_date, campaign, visitor)
    WHERE EXISTS (SELECT FROM share_link l WHERE l.id = told.link)
      AND EXISTS (SELECT FROM visitor_salt s WHERE s.day_date = told.day_date)
    ORDER BY 1, 2, 3, 4
    ON CONFLICT DO NOTHING RETURNING link, day_date, campaign
), anew AS (
    SELECT link, day_date, campaign, count(*) AS visitors FROM seen GROUP BY link, day_date, campaign
)
INSERT INTO click_count (link, day_date, campaign, clicks, machines, visitors)
SELECT link, day_date, campaign, clicks, machines, coalesce(visitors, 0)
FROM batch LEFT JOIN anew USING (link, day_date, campaign) ORDER BY 1, 2, 3
ON CONFLICT (link, day_date, campaign) DO UPDATE SET
    clicks = click_count.clicks + excluded.clicks,
    machines = click_count.machines + excluded.machines,
    visitors = click_count.visitors + excluded.visitors
"""


class Where(NamedTuple):
    """What one count belongs to; ``campaign`` is a key of the company's, or empty."""

    link: UUID
    day_date: date
    campaign: str


class Count(NamedTuple):
    """Clicks of people and of ``machines``; ``visitors`` are the people's hashes, of those who may be told apart."""

    clicks: int
    machines: int
    visitors: Collection[int]


async def count(*, counts: Mapping[Where, Count]) -> None:
    """Add a batch of counts, in one statement; whoever was seen there that day already is no new visitor."""
    links, days, campaigns = zip(*counts, strict=True)
    seen = [(*where, visitor) for where, each in counts.items() for visitor in each.visitors]
    await ground.execute(
        _COUNT,
        *(links, days, campaigns),
        [each.clicks for each in counts.values()],
        [each.machines for each in counts.values()],
        *([line[place] for line in seen] for place in range(4)),
    )
