"""What an archive of a company is: a tar within an age file, whose first member says what the others are.

``age -d -i key company.tar.age | tar -x`` opens it with the tools anybody has. The order of the members is fixed, so
that it is read as a stream: manifest, keys, the tables, each after those it refers to, and the jobs that wait.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from leumund.kit.vaults import KEY_BYTES

FORMAT = 1
MANIFEST, KEYS, JOBS = "manifest.json", "keys.json", "jobs.copy"
MOST_BYTES = 4 << 20  # Of a member that is read in one piece; a manifest has a line for each column.
JOB_COLUMNS = ("id", "kind", "subject", "due_at", "bulk", "enqueued_at", "attempts", "state", "fault")

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Count = Annotated[int, msgspec.Meta(ge=0)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows of one table as PostgreSQL's COPY writes them as text, UTF-8 and UTC; ``sha256`` is of these bytes."""

    name: str
    columns: list[str]
    rows: Count
    bytes: Count
    sha256: Sha256


class Key(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key of the company itself, wrapped by nothing but the archive: the other deployment has another master key."""

    purpose: Annotated[str, msgspec.Meta(pattern="^(data|index)$")]
    version: Annotated[int, msgspec.Meta(ge=1, le=65_535)]
    key: Annotated[bytes, msgspec.Meta(min_length=KEY_BYTES, max_length=KEY_BYTES)]
    writes_at: Moment


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose archive it is, what made it and what is in it; ``domains`` are claims, to be proven again elsewhere."""

    format: int
    product: str
    tenant_version: Annotated[int, msgspec.Meta(ge=1)]
    company: UUID
    slug: str
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    hosts: list[str]
    domains: list[str]
    made_at: Moment
    tables: list[Part]
    jobs: Part


def member(table: str) -> str:
    """The name of a table's member."""
    return f"tables/{table}.copy"
