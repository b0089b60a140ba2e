"""What becomes of a company stands in the operators' log when it has happened, and only then.

The entry is written over the connection that does it and commits with it: whoever is killed leaves both or neither.
"""

from typing import Protocol
from uuid import UUID

from leumund.kit.ground import Connection


class Note(Protocol):
    """Notes ``action`` (``company.moving``), in the name of whoever brings it along."""

    async def __call__(self, connection: Connection, *, action: str, tenant: UUID, slug: str) -> None: ...
