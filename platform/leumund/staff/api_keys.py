"""Keys for the company's systems: shown once, stored as a digest, revoked for good."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.kit import faults, ground, tokens
from leumund.staff.tables import StaffApiKey

_PREFIX = "lk_"
# Keys of test companies say so, that nobody sends one where it counts.
_TRYING = "lk_test_"
_USED_EVERY = timedelta(minutes=1)
_REVOKE = "UPDATE staff_api_key SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id"


# What a key may open; a system gets what it needs and no more.
SCOPES = (
    "customers.read",
    "customers.write",
    "consents.write",
    "purchases.read",
    "purchases.write",
    "surveys.write",
    "referrals.read",
    "rewards.read",
    "payouts.read",
)


class NameTaken(faults.Refused):
    """Two keys of one name could not be told apart in the log."""


class NoScope(faults.Refused):
    """A key that opens nothing, or something there is not."""


class KeyUnknown(faults.Unknown):
    """There is no such key, or it is revoked."""


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key as it is listed; nothing leads from here back to the key itself."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class Created(msgspec.Struct, frozen=True, kw_only=True):
    """A new key; ``key`` is told now and never again."""

    id: UUID
    key: str


async def create(*, name: str, scopes: Collection[str], actor: str, at: datetime) -> Created:
    """Make a key for ``scopes``, some of SCOPES, that starts with ``lk_``: it is known when it turns up somewhere.

    Of a test company it starts with ``lk_test_``.

    Raises NameTaken, NoScope.
    """
    if not scopes or not set(scopes) <= set(SCOPES):
        raise NoScope("errors.staff.key_scopes", field="scopes")
    created = Created(id=uuid4(), key=(_TRYING if ground.current().is_twin else _PREFIX) + tokens.fresh())
    row = StaffApiKey(
        id=created.id,
        name=name.strip(),
        token_hash=tokens.digest(created.key),
        scopes=[scope for scope in SCOPES if scope in scopes],
        created_at=at,
    )
    if not await StaffApiKey.insert(row).on_conflict(target=StaffApiKey.name, action="DO NOTHING"):
        raise NameTaken("errors.staff.key_name_taken", field="name", name=name.strip())
    detail = {"scopes": ", ".join(row.scopes)}
    await noting.note(actor=actor, action="key.created", subject=created.id, detail=detail, at=at)
    return created


async def recognise(*, token: str, at: datetime) -> ApiKey | None:
    """The key behind ``token``; None when it is revoked or never was."""
    found = (StaffApiKey.token_hash == tokens.digest(token)) & StaffApiKey.revoked_at.is_null()
    row = await StaffApiKey.select().where(found).first()
    if row is None:
        return None
    is_stale = row["used_at"] is None or at - row["used_at"] >= _USED_EVERY
    if is_stale and not ground.is_readonly():
        await StaffApiKey.update(used_at=at).where(StaffApiKey.id == row["id"])
    return msgspec.convert(row, ApiKey)


def is_of_other_mode(token: str, *, is_twin: bool) -> bool:
    """Whether what opens nothing here looks like a key of a test company in a live one, or the other way round."""
    return token.startswith(_PREFIX) and token.startswith(_TRYING) is not is_twin


async def revoke(*, key: UUID, actor: str, at: datetime) -> None:
    """Make a key worthless from now on. Raises KeyUnknown."""
    if not await ground.fetch(_REVOKE, key, at):
        raise KeyUnknown("errors.staff.key_unknown")
    await noting.note(actor=actor, action="key.revoked", subject=key, at=at)


async def find(*, key: UUID) -> ApiKey:
    """A key that still opens something. Raises KeyUnknown."""
    row = await StaffApiKey.select().where((StaffApiKey.id == key) & StaffApiKey.revoked_at.is_null()).first()
    if row is None:
        raise KeyUnknown("errors.staff.key_unknown")
    return msgspec.convert(row, ApiKey)


async def every() -> list[ApiKey]:
    """All keys, revoked ones too, the newest first."""
    rows = await StaffApiKey.select().order_by(StaffApiKey.created_at, ascending=False)
    return msgspec.convert(rows, list[ApiKey])
