"""Addresses of our own pages that keep the language a visitor chose, since nothing is stored on a device."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


def asked(path: str, query: str) -> str:
    """An address from its path and its query, as it came in."""
    return urlunsplit(("", "", path, query, ""))


def spoken(address: str, *, language: str) -> str:
    """``address`` with ``lang`` set to ``language`` where it is a path of ours; any other address as it is."""
    if not address.startswith("/"):
        return address
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "lang"]
    return urlunsplit(("", "", parts.path, urlencode([*query, ("lang", language)]), parts.fragment))
