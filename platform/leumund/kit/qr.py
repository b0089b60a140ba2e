"""An address as a QR code that any phone reads, in the brand's colour where it is dark enough."""

import re
from io import BytesIO

import qrcode
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.image.pil import PilImage

from leumund.kit import colours

# By their pixels a module: for a screen, for a letter, for a printer.
SIZES = {"small": 8, "medium": 16, "large": 32}
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
# WCAG's contrast of text is more than scanners need, and keeps a pale brand from being unreadable.
_LEAST_CONTRAST = 4.5
_QUIET_ZONE = 4
_PIXELS = 12
# What a phone tells apart in print from a hand's breadth away, and what it forgives of scratches then: a third down to
# a fourteenth. Where a code is small, wide modules are worth more than those it can do without.
_LEAST_MODULE_MM = 0.55
_LEVELS = (ERROR_CORRECT_H, ERROR_CORRECT_Q, ERROR_CORRECT_M, ERROR_CORRECT_L)


def svg(address: str, *, color: str, wide_mm: float | None = None) -> str:
    """The code as one path on white, a unit a module, quiet zone included.

    With ``wide_mm``, which it will be in print, it forgives as many faults as that allows.
    """
    matrix = _matrix(address, ERROR_CORRECT_M if wide_mm is None else forgiving(address, wide_mm=wide_mm))
    size = len(matrix)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#ffffff" d="M0 0h{size}v{size}h-{size}z"/><path fill="{_readable(color)}" d="{path}"/></svg>'
    )


def png(address: str, *, color: str, pixels: int = _PIXELS) -> bytes:
    """The code as a picture, so many ``pixels`` a module."""
    code = _code(address, ERROR_CORRECT_M, pixels)
    picture = code.make_image(fill_color=_readable(color), back_color="#ffffff")
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def forgiving(address: str, *, wide_mm: float) -> int:
    """The level of error correction that ``address`` gets where its code is ``wide_mm``, quiet zone included."""
    fitting = (level for level in _LEVELS if wide_mm / len(_matrix(address, level)) >= _LEAST_MODULE_MM)
    return next(fitting, ERROR_CORRECT_L)


def _matrix(address: str, level: int) -> list[list[bool]]:
    matrix: list[list[bool]] = _code(address, level, _PIXELS).get_matrix()
    return matrix


def _code(address: str, level: int, pixels: int) -> "qrcode.QRCode[PilImage]":
    code = qrcode.QRCode(error_correction=level, border=_QUIET_ZONE, box_size=pixels, image_factory=PilImage)
    code.add_data(address)
    code.make(fit=True)
    return code


def _readable(color: str) -> str:
    return color if _HEX.fullmatch(color) and colours.contrast(color, "#ffffff") >= _LEAST_CONTRAST else "#000000"
