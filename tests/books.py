"""The books account by account, as no page shows them."""

from leumund.ledger import balancing
from leumund.ledger.balancing import Line


async def lines() -> list[Line]:
    """Every account that ever moved, with what it holds."""
    kinds = sorted({balance.kind for balance in await balancing.by_kind()})
    return [line for kind in kinds for line in await balancing.of_kind(kind=kind)]
