"""Addresses of the web that somebody typed: by TLS, at a name, and without anything hidden in them."""

from typing import NamedTuple
from urllib.parse import urlsplit

import idna

from leumund.kit.faults import Refused

LONGEST = 500
_HTTPS = 443
_LONGEST_HOST = 253


class BadAddress(Refused):
    """No address that we would go to, or send anybody to."""


class Address(NamedTuple):
    """``host`` in lower case and as DNS has it, ``target`` the path with its query as HTTP sends it."""

    host: str
    port: int
    target: str

    def __str__(self) -> str:
        port = "" if self.port == _HTTPS else f":{self.port}"
        return f"https://{self.host}{port}{self.target}"


def read(typed: str, *, field: str, ports: tuple[int, ...] = (_HTTPS,)) -> Address:
    """The address, which has to be of ``https`` at a name with a dot in it, on one of ``ports``. Raises BadAddress.

    Numbers are no names, in whichever notation: they lead to machines that no name is public for. Whoever goes there
    still has to look where the name leads at that moment.
    """
    plain = typed.strip()
    if len(plain) > LONGEST:
        raise BadAddress("errors.web_address.long", field=field, most=LONGEST)
    try:
        parts = urlsplit(plain)
        port = parts.port or _HTTPS
        host = _name(parts.hostname or "")
    except ValueError:
        # Of a port beyond all ports, brackets without an address, or letters no name is written in.
        raise BadAddress("errors.web_address.bad", field=field) from None
    if parts.scheme != "https":
        raise BadAddress("errors.web_address.https", field=field)
    if port not in ports:
        raise BadAddress("errors.web_address.port", field=field, ports=", ".join(map(str, ports)))
    if "@" in parts.netloc or parts.fragment or not _is_sent_as_it_is(plain):
        raise BadAddress("errors.web_address.bad", field=field)
    return Address(host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _name(host: str) -> str:
    """Raises ValueError."""
    name = host.rstrip(".").lower()
    found = name if name.isascii() else idna.encode(name, uts46=True).decode()
    labels = found.split(".")
    plain = all(0 < len(label) < 64 and label.replace("-", "a").isalnum() and label.isascii() for label in labels)
    # Whatever ends like a number is one, in one of the ways there are to write an address.
    if len(labels) < 2 or not plain or len(found) > _LONGEST_HOST or labels[-1][0].isdigit():
        raise ValueError(host)
    return found


def _is_sent_as_it_is(plain: str) -> bool:
    """Whether nobody between us and there reads another address out of it."""
    _, _, behind = plain.partition("://")
    _, _, target = behind.partition("/")
    return not any(each.isspace() or each == "\\" or not each.isprintable() for each in plain) and target.isascii()
