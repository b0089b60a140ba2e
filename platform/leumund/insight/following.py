"""How often links are followed: by day and by campaign, people and machines apart."""

from datetime import date
from typing import NamedTuple

from leumund.kit import ground

_DAYS = """
SELECT day_date, sum(clicks)::bigint AS clicks, sum(visitors)::bigint AS visitors, sum(machines)::bigint AS machines
FROM click_count WHERE day_date >= $1 GROUP BY day_date ORDER BY day_date DESC
"""
_CAMPAIGNS = """
SELECT n.campaign AS key, coalesce(c.name, '') AS name, n.clicks, n.visitors, n.machines,
    coalesce(r.friends, 0) AS friends
FROM (
    SELECT campaign, sum(clicks)::bigint AS clicks, sum(visitors)::bigint AS visitors, sum(machines)::bigint AS machines
    FROM click_count WHERE day_date >= $1 GROUP BY campaign
) n LEFT JOIN campaign c ON c.key = n.campaign LEFT JOIN (
    SELECT campaign, count(*) AS friends FROM referral
    WHERE confirmed_at IS NOT NULL AND attributed_at >= $1 GROUP BY campaign
) r ON r.campaign = n.campaign
ORDER BY n.clicks DESC, n.campaign
"""


class Day(NamedTuple):
    """Clicks of people on a day, by how many ``visitors`` of one link each, and of ``machines`` beside."""

    day_date: date
    clicks: int
    visitors: int
    machines: int


class Share(NamedTuple):
    """The same of a campaign, whose ``key`` and name are empty where none was named, and the ``friends`` it brought."""

    key: str
    name: str
    clicks: int
    visitors: int
    machines: int
    friends: int


async def days(*, since_date: date) -> list[Day]:
    """Each day since then on which anybody followed a link, the newest first; one query."""
    return [Day(**row) for row in await ground.fetch(_DAYS, since_date)]


async def campaigns(*, since_date: date) -> list[Share]:
    """Each campaign by which somebody came since then, the one most followed first; one query."""
    return [Share(**row) for row in await ground.fetch(_CAMPAIGNS, since_date)]
