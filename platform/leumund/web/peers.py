"""Where a request comes from, as far as one household or office goes."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from litestar import Request

# What a provider gives one customer; counting single addresses would give everybody 2^72 tries.
_ONE_CUSTOMERS_BITS_V6 = 56


def place(request: Request[Any, Any, Any]) -> str:
    """The address of the peer, of IPv6 the network; the same text for whatever is no address."""
    return place_of(request.client.host if request.client else "")


def place_of(host: str) -> str:
    """As ``place``, of the ``host`` a request comes from."""
    try:
        address = ip_address(host)
    except ValueError:
        return "nowhere"
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), _ONE_CUSTOMERS_BITS_V6), strict=False))
