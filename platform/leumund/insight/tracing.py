"""Find the people and referrals that entries of the audit log are about, while they are here."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import ground

_ADVOCATE = naming.sealed("a", as_="person")
# A conversion stands on its referral's page, a message on its recipient's.
_TRACE = f"""
SELECT r.id AS entry, 'referral' AS kind, r.id, {_ADVOCATE}
FROM referral r JOIN customer a ON a.id = r.advocate WHERE r.id = ANY ($1)
UNION ALL SELECT c.id, 'referral', r.id, {_ADVOCATE}
FROM conversion c JOIN referral r ON r.id = c.referral JOIN customer a ON a.id = r.advocate WHERE c.id = ANY ($1)
UNION ALL SELECT a.id, 'customer', a.id, {_ADVOCATE} FROM customer a WHERE a.id = ANY ($1)
UNION ALL SELECT m.id, 'customer', a.id, {_ADVOCATE}
FROM message m JOIN customer a ON a.id = m.customer WHERE m.id = ANY ($1)
"""  # noqa: S608
# Whoever asks what was done about a person means what they did as well.
_SUBJECTS = """
SELECT a.id FROM customer a WHERE a.id = ANY ($1)
UNION SELECT r.id FROM referral r WHERE r.advocate = ANY ($1) OR r.friend = ANY ($1)
UNION SELECT c.id FROM conversion c JOIN referral r ON r.id = c.referral
    WHERE r.advocate = ANY ($1) OR r.friend = ANY ($1)
UNION SELECT m.id FROM message m WHERE m.customer = ANY ($1)
"""


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """A ``referral`` or ``customer`` by its id, and the name of the advocate or the customer."""

    kind: str
    id: UUID
    name: str


async def trace(*, subjects: Collection[UUID]) -> dict[UUID, Trace]:
    """What each of ``subjects`` leads to; who was erased leads nowhere."""
    rows = await ground.fetch(_TRACE, list(subjects))
    return {row["entry"]: _trace(row) for row in rows}


async def subjects_of(*, customers: Collection[UUID]) -> list[UUID]:
    """All ids by which entries may be about ``customers``: their own, their referrals', purchases' and mails'."""
    return [row["id"] for row in await ground.fetch(_SUBJECTS, list(customers))]


def _trace(row: dict[str, Any]) -> Trace:
    return Trace(kind=row["kind"], id=row["id"], name=naming.take(row, as_="person").shown)
