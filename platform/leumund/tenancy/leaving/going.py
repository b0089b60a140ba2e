"""A company is on its way out: served nowhere and its jobs resting, until it is called back or its time is up.

Each step is a row that stands or does not, so that whoever was stopped in the middle begins again and goes on.
"""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from leumund.kit import ground
from leumund.tenancy import announcing
from leumund.tenancy.database.server import Server, as_owner
from leumund.tenancy.directory import State, Tenant
from leumund.tenancy.noting import Note

OPERATOR = "operator"
_BEGIN = """
INSERT INTO platform.leaving (tenant, asked_by, asked_at, due_at, came_from)
SELECT id, $2, $3, $4, state FROM platform.tenant WHERE id = $1 AND state <> $5 ON CONFLICT DO NOTHING
"""
_STOP = "UPDATE platform.tenant SET state = $3, changed_at = $2 WHERE id = $1 AND state <> $3"
_FIND = "SELECT tenant, asked_by, asked_at, due_at, archive_sha256, unarchived_reason FROM platform.leaving"
_DUE = f"{_FIND} WHERE due_at <= $1 AND coalesce(archive_sha256, unarchived_reason) IS NOT NULL ORDER BY due_at, tenant"
_BACK = """
UPDATE platform.tenant t SET state = l.came_from, changed_at = $2
FROM platform.leaving l, pg_roles r
WHERE t.id = $1 AND l.tenant = t.id AND r.rolname = t.schema_name AND r.rolcanlogin
"""


class NotLeaving(Exception):
    """Nobody sent this company away, or its removal has begun, which nothing undoes."""


class OwnersToSay(Exception):
    """That a company goes at once only its owner may say."""


class Leave(msgspec.Struct, frozen=True, kw_only=True):
    """Who sent a company away (``owner:<member>`` or OPERATOR), and what became of its archive: one or the other, or
    neither yet."""

    tenant: UUID
    asked_by: str
    asked_at: datetime
    due_at: datetime
    archive_sha256: str | None
    unarchived_reason: str | None

    @property
    def is_settled(self) -> bool:
        """Whether nothing but time keeps it."""
        return bool(self.archive_sha256 or self.unarchived_reason)


async def begin(server: Server, tenant: Tenant, *, asked_by: str, at: datetime, due_at: datetime, note: Note) -> Leave:
    """Serve ``tenant`` nowhere from now on; one that is leaving goes on as it was sent. Raises OwnersToSay."""
    if due_at <= at:
        need_owner(asked_by)
    async with as_owner(server) as connection, connection.transaction():
        if ground.touched(await connection.execute(_BEGIN, tenant.id, asked_by, at, due_at, State.LEAVING)):
            await note(connection, action="company.leaving", tenant=tenant.id, slug=tenant.slug)
        await connection.execute(_STOP, tenant.id, at, State.LEAVING)
        await announcing.announce(connection)
    leave = await find(server, tenant)
    assert leave is not None, "it was just begun"
    return leave


async def archived(server: Server, tenant: Tenant, *, sha256: str) -> None:
    """Note that the company has its archive."""
    await _note(server, "archive_sha256 = $2, unarchived_reason = NULL", tenant, sha256)


async def unarchived(server: Server, tenant: Tenant, *, reason: str) -> None:
    """Note why the company gets no archive; one it has stays noted."""
    await _note(server, "unarchived_reason = CASE WHEN archive_sha256 IS NULL THEN $2 END", tenant, reason)


async def hasten(server: Server, tenant: Tenant, *, asked_by: str, at: datetime) -> None:
    """Take the time left away, since ``asked_by`` said so. Raises OwnersToSay."""
    need_owner(asked_by)
    await _note(server, "due_at = least(due_at, $2), asked_by = $3", tenant, at, asked_by)


async def keep(server: Server, tenant: Tenant, *, at: datetime, note: Note) -> None:
    """Call ``tenant`` back to where it came from. Raises NotLeaving.

    One that was moving is only read again: by now it may be written on another deployment.
    """
    async with as_owner(server) as connection, connection.transaction():
        # Before it is asked whether the removal has begun: whoever begins it locks this row too.
        await connection.execute("SELECT FROM platform.leaving WHERE tenant = $1 FOR UPDATE", tenant.id)
        if not ground.touched(await connection.execute(_BACK, tenant.id, at)):
            raise NotLeaving(f"{tenant.slug} is not leaving, or is being removed already")
        await connection.execute("DELETE FROM platform.leaving WHERE tenant = $1", tenant.id)
        await note(connection, action="company.kept", tenant=tenant.id, slug=tenant.slug)
        await announcing.announce(connection)


async def find(server: Server, tenant: Tenant) -> Leave | None:
    """How ``tenant`` was sent away, if it was."""
    rows = await _fetch(server, f"{_FIND} WHERE tenant = $1", tenant.id)
    return Leave(**dict(rows[0])) if rows else None


async def due(server: Server, *, at: datetime) -> list[Leave]:
    """Whose time is up, the longest first."""
    return [Leave(**dict(row)) for row in await _fetch(server, _DUE, at)]


def need_owner(asked_by: str) -> None:
    """Whether ``asked_by`` may send a company away without a time in which it could stay. Raises OwnersToSay."""
    if asked_by == OPERATOR:
        raise OwnersToSay("it goes at once when its owner has said so in the console (/console/leaving)")


async def _note(server: Server, what: str, tenant: Tenant, *values: object) -> None:
    await _fetch(server, f"UPDATE platform.leaving SET {what} WHERE tenant = $1", tenant.id, *values)  # noqa: S608


async def _fetch(server: Server, sql: str, *values: object) -> list[asyncpg.Record]:
    async with as_owner(server) as connection:
        return list(await connection.fetch(sql, *values))
