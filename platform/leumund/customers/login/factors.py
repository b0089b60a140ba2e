"""What a person has beside their mailbox: an authenticator app, passkeys, and codes on paper for when both are gone.

An e-mail is no second factor. What was set up in a session that a mailed link alone had opened counts a day later, and
the person is told at once: until then whoever reads along has gained nothing, and the person can take it away.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec

from leumund.customers.tables import CustomerFactor
from leumund.kit import ground, personal
from leumund.kit.faults import Refused, Unknown
from leumund.kit.personal import PersonKey
from leumund.kit.sealing import Column

COUNTS_AFTER = timedelta(hours=24)
APP, PASSKEY, RECOVERY = "totp", "passkey", "recovery"
SECRET = Column("customer_factor", "secret_sealed")
_NAME = Column("customer_factor", "name_sealed")
_MOST = 6
_LONGEST_NAME = 40
_OF = f"""
SELECT id, customer, kind, name_sealed, secret_sealed, counter, failed_attempts, created_at, counts_at, used_at,
    {personal.brought("factor.customer")} AS held FROM customer_factor factor
WHERE factor.customer = $1 AND factor.kind <> 'recovery' ORDER BY factor.created_at, factor.id
"""  # noqa: S608
_CODES = "SELECT count(*) AS n FROM customer_factor WHERE customer = $1 AND kind = 'recovery' AND used_at IS NULL"


class FactorUnknown(Unknown):
    """No factor of this person has this id."""


class NeedsProof(Refused):
    """A second factor that counts is changed by whoever shows one, and by nobody else."""


class TooMany(Refused):
    """More than anybody carries about."""


class HasApp(Refused):
    """One authenticator app at a time: remove it before another one is set up."""


class Shown(NamedTuple):
    """What a browser showed of a factor: what it is, what its person calls it, and what comes next is held against."""

    kind: str
    name: str
    secret: str
    counter: int


class Factor(msgspec.Struct, frozen=True, kw_only=True):
    """An app or a passkey; ``secret`` is what its codes or signatures are held against."""

    id: UUID
    kind: str
    name: str
    secret: str
    counter: int
    failed_attempts: int
    created_at: datetime
    counts_at: datetime
    used_at: datetime | None

    def counts(self, at: datetime) -> bool:
        return self.counts_at <= at


async def of(*, customer: UUID) -> list[Factor]:
    """The apps and passkeys of a person, oldest first; those that do not count yet are among them."""
    return [_told(row) for row in await ground.fetch(_OF, customer)]


async def counting(*, customer: UUID, at: datetime) -> list[Factor]:
    """Those that count by now."""
    return [factor for factor in await of(customer=customer) if factor.counts(at)]


async def codes_left(*, customer: UUID) -> int:
    """How many recovery codes were not used yet."""
    left: int = (await ground.fetch(_CODES, customer))[0]["n"]
    return left


def require_room(held: list[Factor], *, kind: str) -> None:
    """Nothing, where one more of ``kind`` fits. Raises HasApp, TooMany."""
    if kind == APP and any(factor.kind == APP for factor in held):
        raise HasApp("errors.customers.has_app")
    if len(held) >= _MOST:
        raise TooMany("errors.customers.too_many_factors", most=_MOST)


def require_proof(held: list[Factor], *, proven: bool, at: datetime) -> None:
    """Nothing, for whoever just showed a factor or has none that counts. Raises NeedsProof."""
    if not proven and any(factor.counts(at) for factor in held):
        raise NeedsProof("errors.customers.needs_proof")


async def keep(*, customer: UUID, shown: Shown, counts_at: datetime, at: datetime) -> UUID:
    """Keep a factor that was just shown to work; returns its id."""
    made, key = uuid4(), await personal.key(person=customer)
    await CustomerFactor.insert(
        CustomerFactor(
            id=made,
            customer=customer,
            kind=shown.kind,
            name_sealed=_NAME.keep(_plain(shown.name), made, key=key),
            secret_sealed=SECRET.keep(shown.secret, made, key=key),
            counter=shown.counter,
            created_at=at,
            counts_at=counts_at,
            used_at=None,
        )
    )
    return made


def _told(row: dict[str, Any]) -> Factor:
    key: PersonKey = personal.opened(row["held"], person=row["customer"])
    return Factor(
        id=row["id"],
        kind=row["kind"],
        name=_NAME.tell(row["name_sealed"], row["id"], key=key),
        secret=SECRET.tell(row["secret_sealed"], row["id"], key=key),
        counter=row["counter"],
        failed_attempts=row["failed_attempts"],
        created_at=row["created_at"],
        counts_at=row["counts_at"],
        used_at=row["used_at"],
    )


def _plain(name: str) -> str:
    return " ".join(name.split())[:_LONGEST_NAME]
