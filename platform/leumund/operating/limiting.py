"""Limit how often one place may fail to sign in as an operator: counted as for a company's staff, in our own table."""

from datetime import datetime
from hashlib import sha256
from hmac import digest

from leumund.kit import knocking
from leumund.operating.office import Desk

_TABLE = "operator_attempt"


async def count(desk: Desk, *, peer: str, at: datetime) -> None:
    """Count a try of ``peer`` before it is looked at. Raises knocking.TooOften."""
    await knocking.count(desk.connection, table=_TABLE, place=_hashed(desk, peer), at=at)


async def give_back(desk: Desk, *, peer: str) -> None:
    """A try that got in was no failure."""
    await knocking.give_back(desk.connection, table=_TABLE, place=_hashed(desk, peer))


def _hashed(desk: Desk, peer: str) -> str:
    return digest(desk.key, f"operator_attempt {peer}".encode(), sha256).hex()
