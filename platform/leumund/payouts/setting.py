"""How a company pays: its own account, the way of each kind, its limits and its schedule."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground
from leumund.kit.sealing import Column
from leumund.payouts import rules
from leumund.payouts.rules import Limit

IBAN = Column("payout_setting", "iban_sealed")
_READ = """
SELECT id, holder, iban_sealed, purpose, donation_to, schedule, schedule_day, drafted_until_date FROM payout_setting
"""
_LIMITS = """
SELECT currency, least_cents, four_eyes_batch_cents, four_eyes_payout_cents, most_a_year_cents FROM payout_limit
ORDER BY currency
"""
_BE_THERE = "INSERT INTO payout_setting (id, changed_at) VALUES ($1, 'epoch') ON CONFLICT DO NOTHING"
_LOCK = "SELECT id FROM payout_setting FOR NO KEY UPDATE"


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """``iban`` is the company's own, empty until it is told; ``schedule_day`` is a weekday (1 is Monday) or a day."""

    holder: str = ""
    iban: str = ""
    purpose: str = ""
    donation_to: str = ""
    schedule: str = "none"
    schedule_day: int = 1
    drafted_until_date: date | None = None


async def read() -> Setting:
    """What the company set, or the defaults. One query."""
    rows = await ground.fetch(_READ)
    if not rows:
        return Setting()
    row = rows[0]
    iban = IBAN.tell(row.pop("iban_sealed"), row.pop("id"))
    return Setting(iban=iban, **row)


async def ways() -> Mapping[str, str]:
    """By which way rewards of each kind are paid. One query."""
    rows = await ground.fetch("SELECT kind, way FROM payout_way")
    return {kind: ways[0] for kind, ways in rules.WAYS.items()} | {row["kind"]: row["way"] for row in rows}


async def limits() -> Mapping[str, Limit]:
    """The limits that were set, by currency. One query."""
    return {row.pop("currency"): Limit(**row) for row in await ground.fetch(_LIMITS)}


async def limit(*, currency: str) -> Limit:
    """What holds for ``currency``: what was set, or the defaults. One query."""
    return (await limits()).get(currency) or Limit()


async def owed_currencies() -> list[str]:
    """The currencies in which anything waits to be paid, or was. One query."""
    rows = await ground.fetch("SELECT DISTINCT currency FROM ledger_account WHERE kind = 'reward_available'")
    return [row["currency"] for row in rows]


async def lock() -> UUID:
    """Let nobody else gather payouts or change the settings meanwhile; the id of the settings' row.

    What somebody owes is set off once, whichever ways they are paid by.
    """
    await ground.execute(_BE_THERE, uuid4())
    rows = await ground.fetch(_LOCK)
    row: UUID = rows[0]["id"]
    return row
