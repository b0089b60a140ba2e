"""What a form proves of where it came from: which page, which step, and of the peer a network and a browser.

Of how a browser calls itself a few words of ours are kept: all of it tells one device from another, and anybody may
write into it what they like.
"""

import re
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from litestar import Request

from leumund.kit import tokens

_KEPT_BITS_V4, _KEPT_BITS_V6 = 24, 48
# In this order: most call themselves by the names of others too.
_BROWSERS = ("Edg", "OPR", "SamsungBrowser", "Firefox", "FxiOS", "CriOS", "Chrome", "Safari")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")


def of(request: Request[Any, Any, Any], *, page: str) -> dict[str, object]:
    """Evidence for a consent's record: the page, and the shortened address and browser of who sent it."""
    return {
        "page": page,
        "peer": shortened(request.client.host if request.client else ""),
        "browser": browser(request.headers.get("user-agent", "")),
    }


def token(request: Request[Any, Any, Any]) -> str:
    """The digest of the token at the end of the address, which is good once and for one request alone."""
    return tokens.digest(request.url.path.rpartition("/")[2])


def browser(agent: str) -> str:
    """The family of a browser with its first number, and of its system, such as ``Firefox 133, Windows``."""
    family = next((found for name in _BROWSERS if (found := re.search(rf"{name}/([0-9]{{1,4}})\b", agent))), None)
    told = [f"{family[0].partition('/')[0]} {family[1]}"] if family else []
    return ", ".join(told + [name for name in _SYSTEMS if name in agent][:1])


def shortened(host: str) -> str:
    """``host`` without what tells one household from another; empty when it is no address."""
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    bits = _KEPT_BITS_V4 if isinstance(address, IPv4Address) else _KEPT_BITS_V6
    return str(ip_network((address, bits), strict=False))
