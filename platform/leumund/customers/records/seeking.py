"""Seek people by a text: words of a name that all match, a whole address or telephone number, or how a number begins.

Names are under seal, so that no more can be asked of them than whether they contain a word (decision 15).
"""

from typing import NamedTuple

from leumund.company import describing
from leumund.consent import addressing
from leumund.customers.notation import folding, normalising
from leumund.customers.records import keeping
from leumund.kit.faults import Refused

# Whom a text names, of the rows of ``customer``; $1 to $3 are a Sought.
NAMED = "(found_by @> $1::bigint[] OR email_hash = $2 OR lower(external_id) LIKE $3)"
_FEWEST_DIGITS = 5


class Sought(NamedTuple):
    """What a text may name a person by: hashes that all find them, their address's, and how their number begins.

    None names nobody; ``number`` is a pattern, which is ``%`` where the text is empty and everybody is meant.
    """

    found_by: list[int] | None
    email_hash: str | None
    number: str


async def sought(text: str) -> Sought:
    """``text`` as NAMED takes it; a telephone number without prefix is one of the company's country."""
    plain = " ".join(text.split())
    if "@" in plain:
        return Sought(None, addressing.hashed(plain), _beginning(plain))
    found_by = await _phone(plain) or keeping.by_words(folding.words(plain))
    # An empty list would be found in everybody.
    return Sought(found_by or None, None, _beginning(plain))


def _beginning(plain: str) -> str:
    """What LIKE would read as a sign of its own stands for itself."""
    return plain.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


async def _phone(plain: str) -> list[int]:
    """What finds the telephone number that ``plain`` is; nothing where it can be none."""
    if sum(sign.isdigit() for sign in plain) < _FEWEST_DIGITS or any(sign.isalpha() for sign in plain):
        return []
    number = "+" + plain[2:] if plain.startswith("00") else plain
    # Only a number without prefix asks where the company is.
    country = None if number.startswith("+") else await describing.country()
    try:
        return keeping.by_phone(normalising.phone(number, country=country))
    except Refused:
        return []
