"""What is certified of a company that is gone: figures and names of tables, nothing of anybody who was in it.

The JSON is kept in the transaction that erases, so that a certificate is never of something else than what happened;
it is written to files afterwards, as often as it takes.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from leumund.kit.ground import Connection
from leumund.tenancy.moving import tables

_LEAVE = """
SELECT asked_by, asked_at AS taken_offline_at, archive_sha256, unarchived_reason
FROM platform.leaving WHERE tenant = $1
"""
_COUNTS = """
SELECT (SELECT count(*) FROM outbox.job WHERE company_role = $2) AS jobs,
    (SELECT count(*) FROM platform.company_key WHERE tenant = $1) AS keys,
    (SELECT count(*) FROM platform.host WHERE tenant = $1) AS hosts,
    (SELECT count(*) FROM hosting.claim WHERE company_role = $2) AS domains,
    ARRAY(SELECT DISTINCT master FROM platform.company_key WHERE tenant = $1 ORDER BY master) AS masters
"""
_KEEP = "INSERT INTO platform.erasure (tenant, slug, at, certificate) VALUES ($1, $2, $3, $4)"
_UNWRITTEN = "SELECT id, tenant, slug, certificate FROM platform.erasure WHERE written_at IS NULL ORDER BY at, id"
_WRITTEN = "UPDATE platform.erasure SET written_at = $2 WHERE id = $1"


class Named(NamedTuple):
    """What a company is called, for people and in the database."""

    id: UUID
    slug: str
    name: str
    schema_name: str


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """``masters`` names the master keys that open the company's keys in backups; ``rows`` are by table.

    ``twin`` is of its test company, which went with it.
    """

    format: int = 1
    company: str
    company_id: UUID
    slug: str
    schema: str
    asked_by: str | None = None
    taken_offline_at: datetime | None = None
    archive_sha256: str | None = None
    unarchived_reason: str | None = None
    erased_at: datetime
    tables: int
    rows: dict[str, int]
    jobs: int
    keys: int
    hosts: int
    domains: int
    masters: list[str]
    twin: "Certificate | None" = None


class Unwritten(NamedTuple):
    """A certificate that is in no file yet; ``tenant`` is the company there was."""

    id: UUID
    tenant: UUID
    slug: str
    certificate: str


async def drawn_up(owner: asyncpg.Connection, tenant: Named, *, at: datetime) -> Certificate:
    """The certificate of a company that is all there and gone in a moment, in the transaction that erases it."""
    counts = await owner.fetchrow(_COUNTS, tenant.id, tenant.schema_name)
    leave = await owner.fetchrow(_LEAVE, tenant.id)
    assert counts is not None, "a count has a row"
    rows = {
        table.name: await owner.fetchval(f'SELECT count(*) FROM {tenant.schema_name}."{table.name}"')  # noqa: S608
        for table in await tables.of(owner, tenant.schema_name)
    }
    return Certificate(
        company=tenant.name,
        company_id=tenant.id,
        slug=tenant.slug,
        schema=tenant.schema_name,
        erased_at=at,
        tables=len(rows),
        rows=dict(sorted(rows.items())),
        **dict(counts),
        **dict(leave or {}),
    )


async def keep(owner: asyncpg.Connection, certificate: Certificate) -> None:
    """Keep it where nothing of its company is, until it is written."""
    text = msgspec.json.format(msgspec.json.encode(certificate)).decode()
    await owner.execute(_KEEP, certificate.company_id, certificate.slug, certificate.erased_at, text)


async def unwritten(connection: Connection) -> list[Unwritten]:
    """What is in no file yet, the oldest first."""
    return [Unwritten(*row) for row in await connection.fetch(_UNWRITTEN)]


async def written(connection: Connection, one: Unwritten, *, at: datetime) -> None:
    """Note that it is."""
    await connection.execute(_WRITTEN, one.id, at)
