"""A read replica for figures and exports, asked only while it is near enough to the primary.

A replica replays what the primary wrote some time ago. It stands in for the primary when it has replayed all there is,
or its last replayed commit is at most BEHIND_SECONDS old, and when it knows the company at the version we know.
Otherwise, and when one of the two cannot be asked at all, figures come from the primary, or from nowhere.
"""

import asyncio
from time import monotonic

import asyncpg
import structlog

from leumund.tenancy.database.pools import Pools
from leumund.tenancy.database.reaching import LOST
from leumund.tenancy.directory import Tenant

log = structlog.get_logger()
# The age is told by two clocks, the primary's and the replica's, which have to agree as NTP makes them.
BEHIND_SECONDS = 10.0
_PATIENCE_SECONDS = 1.0
# Whoever does not answer costs one caller in so many seconds the patience above, and the others nothing.
_AGAIN_SECONDS = 5.0
_WRITTEN = "SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint"
_REPLAYED = """
SELECT (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint AS replayed,
    extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 AS age_seconds,
    (SELECT version FROM tenant WHERE id = $1) AS version
WHERE pg_is_in_recovery()
"""


class Replica:
    """The replica's ``pools`` of companies, and over ``primary`` and ``here`` how far it is behind."""

    def __init__(self, *, primary: asyncpg.Pool, here: asyncpg.Pool, pools: Pools) -> None:
        self._primary = primary
        self._here = here
        self.pools = pools
        self._fault = ""
        self._again_at = 0.0

    async def stands(self, tenant: Tenant) -> bool:
        """Whether figures of ``tenant`` may come from here now; a change of that is logged once."""
        if self._fault == "unreachable" and monotonic() < self._again_at:
            return False
        fault = await self._look(tenant)
        self._again_at = monotonic() + _AGAIN_SECONDS
        if fault != self._fault:
            self._fault = fault
            log.warning("replica_passed_over", fault=fault) if fault else log.info("replica_near_enough")
        return not fault

    async def _look(self, tenant: Tenant) -> str:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                # Of a primary that is away nobody knows how far behind it the replica is.
                written = await self._primary.fetchval(_WRITTEN)
                row = await self._here.fetchrow(_REPLAYED, tenant.id)
        except LOST:
            return "unreachable"
        if row is None:
            return "no replica"
        near = row["replayed"] >= written or (row["age_seconds"] or BEHIND_SECONDS + 1) <= BEHIND_SECONDS
        return "" if near and row["version"] == tenant.version else "behind"
