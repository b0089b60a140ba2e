"""Note what operators do; the table takes new entries and lets none be changed."""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.kit.ground import Connection

_NOTE = "INSERT INTO platform.operator_entry (at, actor, action, tenant, slug, subject) VALUES ($1, $2, $3, $4, $5, $6)"


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry is about: a company, a row such as a job or an account, both or neither."""

    tenant: UUID | None = None
    slug: str | None = None
    subject: UUID | None = None


async def note(connection: Connection, *, actor: str, action: str, at: datetime, about: About | None = None) -> None:
    """Note ``action`` (``company.closed``) by ``actor``: ``operator:<id>``, or one of kit.actors.

    Over the connection that does it, the operator's role's or the owner's, so that one is not without the other.
    """
    about = about or About()
    await connection.execute(_NOTE, at, actor, action, about.tenant, about.slug, about.subject)
