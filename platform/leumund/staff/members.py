"""Find members: who somebody is, and who there is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from leumund.kit import faults, sealing
from leumund.kit.sealing import Column
from leumund.staff import rules
from leumund.staff.tables import StaffMember

_NAME, _EMAIL = Column("staff_member", "name_sealed"), Column("staff_member", "email_sealed")
SEALED = (_NAME.name, _EMAIL.name)
# What ``seen`` asks of a row.
COLUMNS = ("id", *SEALED, "role", "language", "password_hash", "totp_sealed", "disabled_at")
# The SQL that brings a member along for ``take``, where its row is called ``m``.
BROUGHT = f"m.id AS member, m.{_NAME.name}, m.{_EMAIL.name}"


class MemberUnknown(faults.Unknown):
    """Nobody here has this id."""


class Reached(NamedTuple):
    """What a member is called, and where mail reaches them."""

    name: str
    email: str


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A member as others see one: no secret is in it."""

    id: UUID
    email: str
    name: str
    role: str
    language: str
    enrolled: bool
    disabled_at: datetime | None

    @property
    def actor(self) -> str:
        """How logs name this member."""
        return f"staff:{self.id}"

    def may(self, right: str) -> bool:
        """Whether this member may do ``right`` now."""
        return self.disabled_at is None and rules.may(self.role, right)


async def find(*, member: UUID) -> Member:
    """Raises MemberUnknown."""
    row = await StaffMember.select().where(StaffMember.id == member).first()
    if row is None:
        raise MemberUnknown("errors.staff.member_unknown")
    return seen(row)


async def by_address(*, email: str) -> Member | None:
    """Who works here under this address, as mailboxes are written; None for nobody."""
    row = await StaffMember.select().where(StaffMember.email_hash == address_hash(email)).first()
    return None if row is None else seen(row)


async def everybody() -> list[Member]:
    """All members, by name."""
    everyone = [seen(row) for row in await StaffMember.select()]
    return sorted(everyone, key=lambda member: (member.name.casefold(), member.id))


async def names() -> dict[str, str]:
    """What every member is called, by the name logs have for them."""
    return {member.actor: member.name for member in await everybody()}


def seen(row: dict[str, Any]) -> Member:
    """A row with COLUMNS, without its secrets."""
    enrolled = row["password_hash"] is not None and row["totp_sealed"] is not None
    return Member(
        id=row["id"],
        role=row["role"],
        language=row["language"],
        enrolled=enrolled,
        disabled_at=row["disabled_at"],
        **reached(row, member=row["id"])._asdict(),
    )


def reached(row: Mapping[str, Any], *, member: UUID) -> Reached:
    """The name and address in ``row``, which has the columns SEALED of ``member``'s."""
    return Reached(*(column.unseal(row[column.name], member) for column in (_NAME, _EMAIL)))


def take(row: dict[str, Any]) -> str | None:
    """What the member is called whom ``BROUGHT`` brought along, taken out of ``row``; None for nobody."""
    member, seals = row.pop("member"), {name: row.pop(name) for name in SEALED}
    return None if member is None else reached(seals, member=member).name


def sealed(*, member: UUID, name: str, email: str) -> dict[str, Any]:
    """The columns that keep a member's name and address, and find them by it."""
    return {
        _NAME.name: _NAME.seal(name, member),
        _EMAIL.name: _EMAIL.seal(email, member),
        "email_hash": address_hash(email),
    }


def address_hash(email: str) -> str:
    """What a member is found by; it is not what a customer of the same address is found by."""
    return sealing.keyed_hash("address of staff", email)
