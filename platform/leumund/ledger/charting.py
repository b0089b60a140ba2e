"""Say which of the company's own accounts each kind of ours is, and whose books these are at the tax adviser's."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.kit.faults import Refusals, Refused

KINDS = (
    *("program_budget", "reward_pending", "reward_available", "payout_in_transit", "paid_out", "clawback", "expired"),
)
_ACCOUNT = re.compile(r"[1-9][0-9]{3,7}")
_BOUNDS = {"consultant": (1001, 9_999_999), "client": (1, 99_999), "account_digits": (4, 8), "year_begins": (1, 12)}
_KEEP_PRACTICE = """
INSERT INTO ledger_practice (consultant, client, account_digits, year_begins, changed_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET consultant = excluded.consultant, client = excluded.client,
    account_digits = excluded.account_digits, year_begins = excluded.year_begins, changed_at = excluded.changed_at
"""
_KEEP_CHART = """
INSERT INTO ledger_chart (kind, currency, account, changed_at)
SELECT kind, currency, account, $4 FROM unnest($1::text[], $2::text[], $3::text[]) AS told (kind, currency, account)
ON CONFLICT (kind, currency) DO UPDATE SET account = excluded.account, changed_at = excluded.changed_at
"""


class Unfit(Refused):
    """A number that is none, or out of what the format takes."""


class Practice(msgspec.Struct, frozen=True, kw_only=True):
    """The adviser's number and the company's there, how long accounts' numbers are, and the year's first month."""

    consultant: int
    client: int
    account_digits: int = 4
    year_begins: int = 1


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What was told of the company's books: None before anything was, and accounts by kind and currency."""

    practice: Practice | None
    accounts: Mapping[tuple[str, str], str]


async def setup() -> Setup:
    """What is known so far. Two queries."""
    rows = await ground.fetch("SELECT consultant, client, account_digits, year_begins FROM ledger_practice")
    chart = await ground.fetch("SELECT kind, currency, account FROM ledger_chart")
    return Setup(
        practice=Practice(**rows[0]) if rows else None,
        accounts={(row["kind"], row["currency"]): row["account"] for row in chart},
    )


async def chart(*, sent: Mapping[str, str], currencies: list[str], actor: str, at: datetime) -> None:
    """Keep what a form told: numbers of the practice, and ``account_<kind>_<currency>`` where there is one.

    Raises Refusals, of Unfit ones by their fields.
    """
    faults = list(_faults(sent, currencies))
    if faults:
        raise Refusals(faults)
    await ground.execute(_KEEP_PRACTICE, *(int(sent[name]) for name in _BOUNDS), at)
    told = [(kind, currency, sent.get(field(kind, currency), "")) for currency in currencies for kind in KINDS]
    kept = [each for each in told if each[2]]
    await ground.execute("DELETE FROM ledger_chart")
    if kept:
        await ground.execute(_KEEP_CHART, *(list(part) for part in zip(*kept, strict=True)), at)
    await noting.note(actor=actor, action="ledger.charted", detail={"accounts": len(kept)}, at=at)


def field(kind: str, currency: str) -> str:
    """What the field of an account is called."""
    return f"account_{kind}_{currency}"


def _faults(sent: Mapping[str, str], currencies: list[str]) -> Iterator[Refused]:
    for name, (least, most) in _BOUNDS.items():
        text = sent.get(name, "")
        if not (text.isascii() and text.isdecimal() and len(text) < 8 and least <= int(text) <= most):
            yield Unfit(f"errors.ledger.{name}", field=name, least=least, most=most)
    digits = sent.get("account_digits", "")
    for currency in currencies:
        for kind in KINDS:
            account = sent.get(field(kind, currency), "")
            if account and (not _ACCOUNT.fullmatch(account) or str(len(account)) != digits):
                yield Unfit("errors.ledger.account", field=field(kind, currency), digits=digits or "4")
