"""Where links lead, and what a click on them is counted by; for many codes at once, since it is asked on the hot path.

A link leads to its landing page, or to a page of the company's own that its program names and its list allows.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from leumund.kit import ground
from leumund.programs import offering
from leumund.referrals import salting
from leumund.referrals.codes import keeping, reading

# A link l, its advocate c and its program p; who rests or is about to go is nobody anyone is led to.
STANDING = """
FROM share_link l JOIN customer c ON c.id = l.advocate AND c.held IS NULL JOIN program p ON p.id = l.program
"""


def coded(*, plain: str, code_hash: str) -> str:
    """The link that has a code: as its own, in normal form, or as one that is said or was chosen, by its hash."""
    return f"""coalesce(
    (SELECT id FROM share_link WHERE code = {plain}),
    (SELECT link FROM share_code WHERE code_hash = {code_hash} AND taken_down_at IS NULL))"""  # noqa: S608


_LED = f"""
SELECT asked.code, l.id AS link, l.code = asked.plain AS own,
       'https://' || d.host || d.path || d.query AS url {STANDING}
JOIN unnest($1::text[], $2::text[], $3::text[]) AS asked (code, plain, code_hash)
    ON l.id = {coded(plain="asked.plain", code_hash="asked.code_hash")}
LEFT JOIN link_destination d ON d.program = p.id AND EXISTS (
    SELECT FROM link_target t WHERE t.host = d.host AND starts_with(d.path || '/', t.path))
WHERE l.retired_at IS NULL AND {offering.live("$4")}
"""  # noqa: S608
_ASIDE = """
SELECT p.time_zone, s.salt, ARRAY(
    SELECT key FROM campaign WHERE begins_at <= $1 AND (ends_at IS NULL OR ends_at > $1)) AS campaigns
FROM (SELECT coalesce((SELECT time_zone FROM company_profile), 'UTC') AS time_zone) p
LEFT JOIN visitor_salt s ON s.day_date = ($1 AT TIME ZONE p.time_zone)::date
"""


class Led(msgspec.Struct, frozen=True, kw_only=True):
    """A link that stands; ``url`` is the company's own page it leads to, None where it is our landing page.

    ``is_own`` where it was asked for by its own code, and not by one that is said or was chosen.
    """

    link: UUID
    url: str | None
    is_own: bool


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """What clicks are counted by: the company's ``campaigns``, and its day until ``ends_at``, with that day's key."""

    campaigns: frozenset[str]
    day_date: date
    ends_at: datetime
    key: bytes | None


async def lead(*, codes: Collection[str], at: datetime) -> Mapping[str, Led]:
    """The links in programs that run at ``at``, of those of ``codes`` that have one, however written; one query."""
    told = {code: plain for code in codes if (plain := reading.normal(code))}
    rows = await ground.fetch(_LED, [*told], [*told.values()], [keeping.hashed(code) for code in told], at)
    return {row["code"]: Led(link=row["link"], url=row["url"], is_own=row["own"]) for row in rows}


async def aside(*, at: datetime) -> Aside:
    """What is counted beside, by the company's clocks ``at`` this moment; one query."""
    (row,) = await ground.fetch(_ASIDE, at)
    zone = ZoneInfo(row["time_zone"])
    day_date = at.astimezone(zone).date()
    ends_at = datetime.combine(day_date + timedelta(days=1), time(), zone).astimezone(UTC)
    key = None if row["salt"] is None else salting.hashing(row["salt"])
    return Aside(campaigns=frozenset(row["campaigns"]), day_date=day_date, ends_at=ends_at, key=key)
