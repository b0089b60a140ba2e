"""A page of the company's own, read from an address as it was typed: https, one exact host, one plain path.

Whatever a browser could understand otherwise than we do is no page: another scheme, a name before the host, a port, a
path that climbs or hides what it means (OWASP ASVS 3.7.2).
"""

import re
from typing import NamedTuple
from urllib.parse import unquote

import idna

from leumund.kit.faults import Refused

LONGEST = 400
_BEGINS = "https://"
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
# Of RFC 3986 what means the same to everybody, percent signs included.
_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")
_QUERY = re.compile(r"[A-Za-z0-9._~!$'()*+,;=:@%/?&-]*")
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# We add these ourselves.
_OURS = frozenset({"leumund", "c", "lang"})


class NoPage(Refused):
    """Not the address of a page; the sentence says what is wrong with it."""


class Page(NamedTuple):
    """Where a page is: ``query`` is empty or begins with its question mark."""

    host: str
    path: str
    query: str = ""

    @property
    def url(self) -> str:
        return f"{_BEGINS}{self.host}{self.path}{self.query}"


def read(typed: str, *, field: str) -> Page:
    """The page at ``typed``. Raises NoPage."""
    address = typed.strip()
    if len(address) > LONGEST:
        raise NoPage("errors.links.long", field=field, longest=LONGEST)
    if not address.lower().startswith(_BEGINS):
        raise NoPage("errors.links.https", field=field)
    rest = address[len(_BEGINS) :]
    host, slash, rest = rest.partition("/")
    path, mark, query = f"/{rest}".partition("?")
    if not slash and "?" in host:
        raise NoPage("errors.links.path", field=field)
    return Page(_host(host, field), _path(path, field), _query(query, field) if mark else "")


def _host(host: str, field: str) -> str:
    try:
        name = idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        name = ""
    if not _HOST.fullmatch(name) or len(name) > 253:
        raise NoPage("errors.links.host", field=field)
    return name


def _path(path: str, field: str) -> str:
    plain = unquote(path)
    steps = plain.split("/")
    climbs = "." in steps or ".." in steps or "//" in path
    # What stands behind a percent sign must not be a sign that means something in a path.
    hides = _PERCENT.search(path) or "\\" in plain or plain.count("/") != path.count("/") or not plain.isprintable()
    if not _PATH.fullmatch(path) or climbs or hides or "%25" in path:
        raise NoPage("errors.links.path", field=field)
    return path


def _query(query: str, field: str) -> str:
    names = {unquote(part.partition("=")[0]) for part in query.split("&")}
    if not query or not _QUERY.fullmatch(query) or _PERCENT.search(query) or names & _OURS:
        raise NoPage("errors.links.query", field=field)
    return f"?{query}"
