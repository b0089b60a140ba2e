"""A company claims a domain, drops it again, and says which one its links lead to.

As the company's own role, which reaches its own claims and of these may change the order alone: whose they are, their
tokens and what was proven is the database's and the worker's to say. A claim is in nobody's way until it is proven, and
one that goes takes the host it proved with it, in the same transaction. Each change is noted in the company's log, in
the name of whoever brings the note along.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from leumund.kit import ground, outbox, twins
from leumund.kit.faults import Refused, Unknown
from leumund.tenancy import announcing

KIND = "domains.prove"
MOST = 20
_ADD = """
INSERT INTO hosting.claim (name, slot)
SELECT $1, min(free) FROM generate_series(1, 20) AS free WHERE free NOT IN (SELECT slot FROM hosting.own_claims())
ON CONFLICT DO NOTHING
"""


class ClaimUnknown(Unknown):
    """This company claims no such domain."""


class AlreadyClaimed(Refused):
    """It stands in this company's list."""


class TooMany(Refused):
    """The list is full."""


class Note(Protocol):
    """Notes what was done, in the name of whoever did it."""

    async def __call__(self, *, action: str, subject: UUID, detail: Mapping[str, object]) -> object: ...


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A domain a company wants; served from ``verified_at`` on. ``fault`` is why the last look proved nothing.

    ``missing_since`` is set while a proof that once was there is not; ``due_at`` is when the worker looks again.
    """

    id: UUID
    name: str
    token: str
    place: int
    claimed_at: datetime
    verified_at: datetime | None
    method: str | None
    checked_at: datetime | None
    fault: str | None
    missing_since: datetime | None
    due_at: datetime | None


_EVERY = """
SELECT id, name, token, place, claimed_at, verified_at, method, checked_at, fault, missing_since, due_at
FROM hosting.own_claims()
"""


async def claim(*, name: str, at: datetime, note: Note) -> UUID:
    """Put ``name``, as ``naming.stored`` returns it, on the company's list.

    Raises AlreadyClaimed, TooMany, twins.NotInTwin.
    """
    twins.refuse(field="name")
    standing = await every()
    # Whoever claims at the same moment may take the free place; then the next one is ours.
    while name not in {each.name for each in standing}:
        if len(standing) >= MOST:
            raise TooMany("errors.domains.too_many", field="name", most=MOST)
        if await ground.execute(_ADD, name):
            claim = (await named(name=name)).id
            await _look_at(claim, at)
            await note(action="domain.claimed", subject=claim, detail={"domain": name})
            return claim
        standing = await every()
    raise AlreadyClaimed("errors.domains.already_claimed", field="name")


async def drop(*, claim: UUID, note: Note) -> str:
    """Take a domain from the list, so that it is served no more, and tell its name. Raises ClaimUnknown."""
    found = await find(claim=claim)
    await ground.fetch("SELECT hosting.drop_claim($1)", claim)
    await announcing.announce(ground.current().connection)
    await note(action="domain.dropped", subject=claim, detail={"domain": found.name})
    return found.name


async def prefer(*, claim: UUID, note: Note) -> None:
    """Have links lead to this domain as soon as it is proven. Raises ClaimUnknown."""
    found = await find(claim=claim)
    await ground.fetch("SELECT hosting.prefer_claim($1)", claim)
    await announcing.announce(ground.current().connection)
    await note(action="domain.preferred", subject=claim, detail={"domain": found.name})


async def check(*, claim: UUID, at: datetime) -> None:
    """Have the worker look at once. Raises ClaimUnknown."""
    await find(claim=claim)
    await _look_at(claim, at)


async def find(*, claim: UUID) -> Claim:
    """One of the company's claims. Raises ClaimUnknown."""
    rows = await ground.fetch(_EVERY + " WHERE id = $1", claim)
    if not rows:
        raise ClaimUnknown("errors.domains.unknown")
    return Claim(**rows[0])


async def named(*, name: str) -> Claim:
    """The company's claim of ``name``. Raises ClaimUnknown."""
    rows = await ground.fetch(_EVERY + " WHERE name = $1", name)
    if not rows:
        raise ClaimUnknown("errors.domains.unknown")
    return Claim(**rows[0])


async def every() -> list[Claim]:
    """The company's claims in its order."""
    return [Claim(**row) for row in await ground.fetch(_EVERY + " ORDER BY place, name")]


def leading(claims: Sequence[Claim]) -> UUID | None:
    """Which of a company's ``claims``, in its order, its links lead to; None where that is the host we gave."""
    return next((claim.id for claim in claims if claim.verified_at is not None), None)


async def _look_at(claim: UUID, at: datetime) -> None:
    # How long a look takes is up to the servers of whoever claims, so it is none for the hand that is kept free.
    await outbox.enqueue(kind=KIND, subject=claim, due_at=at, bulk=True)
