"""Rows of a file that were refused: kept with their cells and the reasons, to be mended and brought again.

Where the row names somebody known it lies under their key, and goes with them.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground, personal
from leumund.kit.faults import Refusals, Refused
from leumund.kit.sealing import Column
from leumund.rewards import buying
from leumund.rewards.buying import CustomerUnknown
from leumund.rewards.purchases import reading
from leumund.rewards.purchases.unfolding import Line

_TOLD = Column("purchase_refusal", "told_sealed")
_KEEP = """
INSERT INTO purchase_refusal (id, import, number, customer, told_sealed, refused_at) VALUES ($1, $2, $3, $4, $5, $6)
"""
_OF = f"""
SELECT r.id, r.number, r.told_sealed, r.customer, {personal.brought("r.customer")} AS kept FROM purchase_refusal r
WHERE r.import = $1 ORDER BY r.number LIMIT $2
"""  # noqa: S608 - names of ours alone


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """The field, the key of the sentence that says what is wrong with it, and what the sentence speaks of."""

    field: str
    key: str
    values: dict[str, Any] = {}


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A row as it stood in the file, and why it was not taken."""

    line: Line
    reasons: list[Reason]

    @property
    def number(self) -> int:
        return self.line.number


def of(line: Line, fault: Refused | Refusals) -> Refusal:
    """``line``, which ``fault`` keeps out."""
    faults = fault.faults if isinstance(fault, Refusals) else (fault,)
    return Refusal(line=line, reasons=[Reason(field=one.field or "", key=one.key, values=one.values) for one in faults])


async def keep(*, into: UUID, refusal: Refusal, at: datetime) -> None:
    """Keep ``refusal`` with its import."""
    row, customer = uuid4(), await _known(refusal.line)
    key = (await personal.keys(people=[customer])).get(customer) if customer else None
    sealed = _TOLD.seal(msgspec.json.encode(refusal).decode(), row, key=key)
    await ground.execute(_KEEP, row, into, refusal.number, customer, sealed, at)


async def listed(*, of: UUID, most: int | None = None) -> Sequence[Refusal]:
    """The refused rows of an import in the order of the file, ``most`` of them. One query."""
    return [_opened(row) for row in await ground.fetch(_OF, of, most)]


def _opened(row: dict[str, Any]) -> Refusal:
    key = personal.opened(row["kept"], person=row["customer"]) if row["customer"] else None
    told = _TOLD.unseal(row["told_sealed"], row["id"], key=personal.under(row["told_sealed"], key))
    return msgspec.json.decode(told, type=Refusal)


async def _known(line: Line) -> UUID | None:
    named = reading.customer(line)
    with suppress(CustomerUnknown):
        return await buying.found(named) if named else None
    return None
