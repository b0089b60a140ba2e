"""Which currencies there are."""

from functools import cache

from babel.core import get_global
from babel.numbers import get_territory_currencies


@cache
def known() -> frozenset[str]:
    """The ISO 4217 codes that are money somewhere today."""
    territories = get_global("territory_currencies")
    return frozenset(code for territory in territories for code in get_territory_currencies(territory))
