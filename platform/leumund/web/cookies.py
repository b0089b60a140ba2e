"""A session's cookie: sent back only over TLS, only to this host, from its own pages alone, never shown to a script."""

from litestar.datastructures import Cookie


def kept(name: str, token: str) -> Cookie:
    """A cookie that ends with the browser; the server ends the session sooner."""
    return _cookie(name, token)


def ended(name: str) -> Cookie:
    """What makes the browser forget it."""
    cookie = _cookie(name, "")
    cookie.max_age = 0
    return cookie


def _cookie(name: str, value: str) -> Cookie:
    assert name.startswith("__Host-"), "the browser holds a name that begins so to this host, to TLS and to all paths"
    return Cookie(key=name, value=value, path="/", secure=True, httponly=True, samesite="strict")
