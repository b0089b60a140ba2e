"""What a file of people's keys is: a tar within an age file, company after company, and at the end none.

Each company's keys lie in it as they lie in the database, sealed by its data key, which the master key wraps; with them
come the wrapped keys that open them, since data keys take turns between one backup and the next, and the tombstones.
"""

from typing import Annotated
from uuid import UUID

import msgspec

from leumund.tenancy.keys.wrapping import Wrapped
from leumund.tenancy.moving.archive import Moment, Part

FORMAT = 1
BEGIN = "people.json"
TABLES = {
    "person_key": ("id", "key_sealed"),
    "erasure_tombstone": ("person_hash", "rule", "erased_at"),
}


class Begin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When it was made: whoever came later is not in it."""

    format: int
    made_at: Moment


class Company(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One company, its wrapped keys, and its rows: the parts follow in this order."""

    company: UUID
    slug: str
    keys: list[Wrapped]
    parts: Annotated[list[Part], msgspec.Meta(min_length=len(TABLES), max_length=len(TABLES))]


class Next(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The company that comes, or None: then the file is whole."""

    company: Company | None


def about(number: int) -> str:
    """The member that tells what comes as ``number``, from 1."""
    return f"{number}/company.json"


def rows(number: int, table: str) -> str:
    """The member with its rows of ``table``."""
    return f"{number}/{table}.copy"
