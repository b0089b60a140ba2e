"""Static files of the themes, listed once: a name from outside is looked up and never becomes a path."""

import gzip
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from leumund.kit import places
from leumund.theming.looks import DEFAULT_THEME

# A file of any other kind does not ship; the list is what browsers may be told.
_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
}


class Asset(msgspec.Struct, frozen=True):
    """A static file: its bytes, the same by gzip, their kind, the first 16 hex digits of their SHA-256, its address."""

    body: bytes
    squeezed: bytes
    content_type: str
    digest: str
    address: str


@cache
def _shipped() -> Mapping[tuple[str, str], Asset]:
    files = (path for path in sorted(places.themes().glob("*/static/*")) if path.suffix in _CONTENT_TYPES)
    return {(path.parent.parent.name, path.name): _read(path) for path in files}


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:16]
    address = f"/theme/{path.parent.parent.name}/{path.name}?v={digest}"
    return Asset(
        body=body,
        squeezed=gzip.compress(body, mtime=0),
        content_type=_CONTENT_TYPES[path.suffix],
        digest=digest,
        address=address,
    )


def find(*, theme: str, name: str) -> Asset | None:
    """The file ``name`` of exactly this theme, as ``/theme/<theme>/<name>`` asks for it, or None."""
    return _shipped().get((theme, name))


def worn(*, theme: str, name: str) -> Asset:
    """The file ``name`` as ``theme`` wears it: its own, else the plain theme's; no theme's name is our fault."""
    asset = find(theme=theme, name=name) or find(theme=DEFAULT_THEME, name=name)
    assert asset is not None, f"no theme ships {name}"
    return asset
