"""Companies seen from outside: their state, version, size and health, as the catalog and the directory tell them.

Sizes are asked of the catalog, which answers the operator's role without letting it into any company's schema. A page
of companies is one query, however many there are.
"""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from leumund.kit import cursors
from leumund.kit.cursors import Page
from leumund.kit.faults import Unknown
from leumund.operating.office import Desk
from leumund.tenancy import migrating
from leumund.tenancy.directory import State

STATES = (State.OPEN, State.CLOSED, State.OPENING, State.MOVING, State.LEAVING)
TROUBLE = "trouble"
LONGEST_PAGE = 25

_COMPANIES = """
WITH shown AS (
    SELECT t.id, t.slug, t.name, live.slug AS twin_of, twin.slug AS twin, twin.opened_at AS twin_since,
        t.schema_name, t.state, t.version, t.opened_at, t.changed_at, space.oid AS space,
        f.version AS failed_version, f.reason, f.at AS failed_at
    FROM tenant t
    LEFT JOIN tenant live ON live.id = t.twin_of
    LEFT JOIN tenant twin ON twin.twin_of = t.id
    LEFT JOIN pg_namespace space ON space.nspname = t.schema_name
    LEFT JOIN migration_failure f ON f.tenant = t.id
    WHERE {where} ORDER BY t.slug LIMIT {limit}
), sized AS (
    SELECT c.relnamespace, sum(pg_total_relation_size(c.oid))::bigint AS bytes,
        sum(greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0))::bigint AS rows
    FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace IN (SELECT space FROM shown) GROUP BY c.relnamespace
), queued AS (
    SELECT j.company_role, count(*) FILTER (WHERE j.state = 'waiting') AS waiting,
        count(*) FILTER (WHERE j.state = 'dead') AS dead
    FROM outbox.job j WHERE j.company_role IN (SELECT schema_name FROM shown) GROUP BY j.company_role
), housed AS (
    SELECT h.tenant, array_agg(h.name ORDER BY c.place NULLS LAST, h.name) AS hosts
    FROM host h LEFT JOIN hosting.claim c ON c.id = h.claim WHERE h.tenant IN (SELECT id FROM shown) GROUP BY h.tenant
)
SELECT shown.id, slug, shown.name, twin_of, twin, twin_since, schema_name, state, version, opened_at, changed_at,
    failed_version, reason, failed_at, coalesce(bytes, 0) AS bytes, coalesce(rows, 0) AS rows,
    coalesce(waiting, 0) AS waiting, coalesce(dead, 0) AS dead, coalesce(hosts, ARRAY[]::text[]) AS hosts
FROM shown
LEFT JOIN sized ON sized.relnamespace = shown.space
LEFT JOIN queued ON queued.company_role = shown.schema_name
LEFT JOIN housed ON housed.tenant = shown.id
ORDER BY slug
"""
_ONE = _COMPANIES.format(where="t.slug = $1", limit="1")
_PAGE = _COMPANIES.format(
    where="""
        -- A test company is no company of its own here; one that somebody should look at is.
        (NOT t.is_twin OR $2 = 'trouble') AND ($1 = '' OR strpos(t.slug, $1) > 0 OR strpos(lower(t.name), $1) > 0)
        AND ($2 = '' OR t.state = $2 OR $2 = 'trouble' AND (
            f.tenant IS NOT NULL OR t.state = $6 OR t.version < $3
            OR EXISTS (SELECT FROM outbox.job d WHERE d.state = 'dead' AND d.company_role = t.schema_name)))
        AND t.slug > $4
    """,
    limit="$5",
)
_TOTALS = """
SELECT count(*) AS companies, count(*) FILTER (WHERE state = $2) AS open,
    count(*) FILTER (WHERE state = $3) AS closed, count(*) FILTER (WHERE version < $1) AS behind,
    (SELECT count(*) FROM migration_failure) AS failures,
    (SELECT count(*) FROM outbox.job WHERE state = 'dead') AS dead
FROM tenant WHERE NOT is_twin
"""


class CompanyUnknown(Unknown):
    """No company has this slug."""


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """A company as its operator may know it: where it lives and how it fares, and nobody who is in it.

    ``bytes`` is what its tables and indexes take on disk, ``rows`` an estimate over all of them. ``reason`` is why its
    last migration to ``failed_version`` failed. ``twin_of`` is whose test company it is, ``twin`` its own, made
    at ``twin_since``.
    """

    id: UUID
    slug: str
    name: str
    schema_name: str
    state: State
    version: int
    opened_at: datetime
    changed_at: datetime
    bytes: int
    rows: int
    waiting: int
    dead: int
    hosts: list[str]
    failed_version: int | None
    reason: str | None
    failed_at: datetime | None
    twin_of: str | None
    twin: str | None
    twin_since: datetime | None

    @property
    def is_behind(self) -> bool:
        return self.version < migrating.latest()


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """All companies in a few figures; test companies are none, and what failed or lies still in them counts."""

    companies: int
    open: int
    closed: int
    behind: int
    failures: int
    dead: int


async def page(
    desk: Desk, *, text: str = "", state: str = "", after: str = "", limit: int = LONGEST_PAGE
) -> Page[Company]:
    """Companies by slug whose slug or name holds ``text``; the page's cursor is its last slug.

    ``state`` is one of STATES, TROUBLE for those somebody should look at, or empty for all.
    """
    rows = await desk.connection.fetch(
        _PAGE, text.strip().lower(), state, migrating.latest(), after, cursors.asked_for(limit), State.OPENING
    )
    companies = [_company(row) for row in rows[:limit]]
    return Page(companies, companies[-1].slug if len(rows) > limit else None)


async def find(desk: Desk, *, slug: str) -> Company:
    """One company. Raises CompanyUnknown."""
    # PostgreSQL takes no NUL, and a slug has none.
    row = None if "\0" in slug else await desk.connection.fetchrow(_ONE, slug)
    if row is None:
        raise CompanyUnknown("errors.operating.company_unknown", slug=slug)
    return _company(row)


async def totals(desk: Desk) -> Totals:
    row = await desk.connection.fetchrow(_TOTALS, migrating.latest(), State.OPEN, State.CLOSED)
    assert row is not None, "a count has a row"
    return Totals(**dict(row))


def _company(row: asyncpg.Record) -> Company:
    return Company(**dict(row) | {"state": State(row["state"])})
