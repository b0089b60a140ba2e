"""What a form proves of where it came from: which page, which step, and no more of the peer than a network."""

from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from litestar import Request

_KEPT_BITS_V4, _KEPT_BITS_V6 = 24, 48


def of(request: Request[Any, Any, Any], *, page: str) -> dict[str, object]:
    """Evidence for a consent's record (law.md 3): the page and the shortened address of who sent it."""
    return {"page": page, "peer": shortened(request.client.host if request.client else "")}


def shortened(host: str) -> str:
    """``host`` without what tells one household from another; empty when it is no address."""
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    bits = _KEPT_BITS_V4 if isinstance(address, IPv4Address) else _KEPT_BITS_V6
    return str(ip_network((address, bits), strict=False))
