"""Recover: codes on paper for the day the telephone is gone, each good once and kept as a keyed hash alone."""

import re
from base64 import b32encode
from datetime import datetime
from secrets import token_bytes
from uuid import UUID

from leumund.customers.login.factors import RECOVERY
from leumund.customers.tables import CustomerFactor
from leumund.kit import ground, sealing

_CODES = 8
# 80 bits: nobody guesses one, however often they may try.
_BYTES = 10
_GROUP = 4
_NO_CODE = re.compile(r"[^A-Z2-7]")
_USE = """
UPDATE customer_factor SET used_at = $3
WHERE customer = $1 AND code_hash = $2 AND kind = 'recovery' AND used_at IS NULL AND counts_at <= $3 RETURNING id
"""


async def renew(*, customer: UUID, counts_at: datetime, at: datetime) -> list[str]:
    """New codes in place of all older ones; they are shown now and never again."""
    await ground.execute("DELETE FROM customer_factor WHERE customer = $1 AND kind = 'recovery'", customer)
    fresh = [b32encode(token_bytes(_BYTES)).decode() for _ in range(_CODES)]
    rows = [
        CustomerFactor(
            customer=customer, kind=RECOVERY, code_hash=_hashed(customer, code), created_at=at, counts_at=counts_at
        )
        for code in fresh
    ]
    await CustomerFactor.insert(*rows)
    return [_grouped(code) for code in fresh]


async def use(*, customer: UUID, code: str, at: datetime) -> bool:
    """Whether ``code`` is one of theirs that was not used; it is from now on."""
    return bool(await ground.fetch(_USE, customer, _hashed(customer, _NO_CODE.sub("", code.upper())), at))


def looks_like_one(code: str) -> bool:
    """Whether somebody typed one of these, and not the six digits of an app."""
    return any(letter.isalpha() for letter in code)


def _grouped(code: str) -> str:
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def _hashed(customer: UUID, code: str) -> str:
    return sealing.keyed_hash("recovery code", f"{customer.hex} {code}")
