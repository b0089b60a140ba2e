"""Chains over rows that are only ever added: each row's hash is taken over all of it and over the hash before it.

A chain lies beside its rows, in three tables: ``<name>_link`` has the rows in their order with their hashes,
``<name>_head`` is one row that says where the chain ends, under a keyed hash, and in ``<name>_waiting`` are the rows
that found the head in use, each under a keyed hash of its own.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from leumund.kit import sealing

BEGINNING = ""


class Chained(Protocol):
    """Whatever stands in a chain is known by its id."""

    @property
    def id(self) -> UUID: ...


Row = TypeVar("Row", bound=Chained)


class Head(NamedTuple):
    """Where a chain ends: how many links it has, and the hash of the last."""

    position: int
    chain_hash: str


class Chain(Generic[Row]):
    """A chain over the rows of ``table``, which ``columns`` tell whole; ``at`` is the column of their moment.

    ``row`` makes a row of what ``columns`` brought, and ``written`` is it as bytes, no two rows alike. A seal made for
    ``purpose`` is good for no other chain.
    """

    def __init__(
        self,
        name: str,
        *,
        table: tuple[str, str, str],
        row: Callable[[Mapping[str, Any]], Row],
        written: Callable[[Row], bytes],
        purpose: str,
    ) -> None:
        self.name, self.row, self.written = name, row, written
        self.table, self.columns, self.at = table
        self._purpose = purpose

    def seal_hash(self, head: Head) -> str:
        """The keyed seal of a head: it cannot be made without the company's index key."""
        return sealing.keyed_hash(f"head of the {self._purpose}", f"{head.position} {head.chain_hash}")

    def waiting_hash(self, row: Row) -> str:
        """The keyed seal of a row that waits."""
        return sealing.keyed_hash(f"entry of the {self._purpose}", self.written(row).decode())

    def follow(self, before: str, *, position: int, row: Row) -> str:
        """The hash of ``row`` at ``position`` (from 1) after the hash ``before``."""
        return follow(before, position=position, written=self.written(row))


def follow(before: str, *, position: int, written: bytes) -> str:
    """SHA-256, in hexadecimal, over what was ``written``, its ``position`` and the hash ``before``."""
    return sha256(b"%s\n%d\n%s" % (before.encode(), position, written)).hexdigest()
