"""Limit how often one place may fail to sign in: counted in the company's rows, which all processes share.

The place is kept as a keyed hash; once its window has ended it counts for nothing, and goes in the night.
"""

from datetime import datetime

from leumund.kit import ground, knocking, sealing

_TABLE = "staff_attempt"


async def count(*, peer: str, at: datetime) -> None:
    """Count a try of ``peer`` before it is looked at. Raises knocking.TooOften."""
    await knocking.count(ground.current().connection, table=_TABLE, place=_hashed(peer), at=at)


async def give_back(*, peer: str) -> None:
    """A try that got in was no failure."""
    await knocking.give_back(ground.current().connection, table=_TABLE, place=_hashed(peer))


def _hashed(peer: str) -> str:
    return sealing.keyed_hash("staff_attempt", peer)
