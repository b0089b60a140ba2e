"""Reserve people for one deed at a time: whoever decides by what they said sees what was said a moment ago."""

from collections.abc import Sequence
from uuid import UUID

from leumund.kit import ground

_RESERVE = "SELECT FROM customer WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE"


async def reserve(*, people: Sequence[UUID]) -> None:
    """Let nobody else who reserves any of ``people`` go on until this is done.

    To be called before anything else of theirs is locked, so that no two wait for each other.
    """
    await ground.execute(_RESERVE, list(people))
