"""The chain over one person's events: each hash is taken over all that an event says and over the hash before it.

What lies sealed is in it by a keyed hash alone, so that the chain still holds when the person's key is destroyed.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from leumund.kit import sealing

BEGINNING = ""
# ``controller_id`` is made by the database; it is read for the hash and never written.
COLUMNS = """id, customer, request, served, text, controller, controller_id, purpose, channel, state, source,
    evidence, words_hash, at, position, chain_hash"""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """All that the hash of an event is taken over, beside the one before it."""

    id: UUID
    customer: UUID
    request: UUID | None
    served: UUID | None
    text: UUID
    controller: str
    controller_id: UUID
    purpose: str
    channel: str
    state: str
    source: str
    evidence: Any
    words_hash: str | None
    at: datetime
    position: int


class Head(NamedTuple):
    """Where a person's chain ends: how many events it has, and the hash of the last."""

    position: int
    chain_hash: str


def link(row: Mapping[str, Any]) -> Link:
    """The link in a row that has the COLUMNS."""
    told = {name: row[name] for name in Link.__struct_fields__}
    evidence = msgspec.json.decode(row["evidence"])
    return Link(**told | {"evidence": evidence, "at": row["at"].astimezone(UTC)})


def follow(before: str, each: Link) -> str:
    """The hash of ``each`` after the hash ``before``: SHA-256 over both, in hexadecimal."""
    return sha256(before.encode() + b"\n" + msgspec.json.encode(each, order="sorted")).hexdigest()


def seal_hash(person: UUID, head: Head) -> str:
    """The keyed seal of a head: nobody makes it without the company's index key."""
    return sealing.keyed_hash("head of a consent chain", f"{person} {head.position} {head.chain_hash}")


def words_hash(event: UUID, *, basis: str, address: str) -> str | None:
    """The keyed hash of what an event has sealed; None where it has nothing."""
    if not basis and not address:
        return None
    return sealing.keyed_hash("words of a consent", msgspec.json.encode([event, basis, address]).decode())
