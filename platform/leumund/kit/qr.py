"""An address as a QR code that any phone reads, in the brand's colour where it is dark enough."""

import re
from io import BytesIO

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage

from leumund.kit import colours

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
# WCAG's contrast of text is more than scanners need, and keeps a pale brand from being unreadable.
_LEAST_CONTRAST = 4.5
_QUIET_ZONE = 4
_PIXELS = 12


def svg(address: str, *, color: str) -> str:
    """The code as one path on white, a unit a module, quiet zone included."""
    matrix = _matrix(address)
    size = len(matrix)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#ffffff" d="M0 0h{size}v{size}h-{size}z"/><path fill="{_readable(color)}" d="{path}"/></svg>'
    )


def png(address: str, *, color: str) -> bytes:
    """The code as a picture, 12 pixels a module."""
    code = _code(address)
    picture = code.make_image(fill_color=_readable(color), back_color="#ffffff")
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _matrix(address: str) -> list[list[bool]]:
    matrix: list[list[bool]] = _code(address).get_matrix()
    return matrix


def _code(address: str) -> "qrcode.QRCode[PilImage]":
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=_QUIET_ZONE, box_size=_PIXELS, image_factory=PilImage)
    code.add_data(address)
    code.make(fit=True)
    return code


def _readable(color: str) -> str:
    return color if _HEX.fullmatch(color) and colours.contrast(color, "#ffffff") >= _LEAST_CONTRAST else "#000000"
