"""Which logos we show: SVG made of drawing and nothing else; anything that could act, load or style is refused."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from leumund.kit import faults

LARGEST_BYTES = 12_000

_SPACE = "{http://www.w3.org/2000/svg}"
_DRAWN = frozenset(["svg", "g", "defs", "title", "desc", "linearGradient", "radialGradient", "stop"]) | frozenset(
    ["path", "circle", "ellipse", "rect", "line", "polyline", "polygon"]
)
_PLACED = frozenset(["viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry"])
_SHAPED = frozenset(["d", "points", "transform", "clip-rule", "id", "role", "aria-label"])
_FILLED = frozenset(["fill", "fill-rule", "fill-opacity", "opacity", "offset", "stop-color", "stop-opacity"])
_STROKED = frozenset(["stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-opacity"]) | frozenset(
    ["stroke-dasharray", "gradientUnits", "gradientTransform"]
)
_SAID = _PLACED | _SHAPED | _FILLED | _STROKED
_LOCAL_PAINT = re.compile(r"url\(#[A-Za-z][A-Za-z0-9_-]*\)")
# A processing instruction is no element and would slip through: <?xml-stylesheet?> loads.
_INSTRUCTION = re.compile(r"<\?(?!xml\s)")


class NotALogo(faults.Refused):
    """The file is no SVG we would show."""


def check(svg: str) -> None:
    """Nothing, when ``svg`` may be shown as a company's logo. Raises NotALogo."""
    if len(svg.encode()) > LARGEST_BYTES:
        raise NotALogo("errors.theming.logo_large", field="logo", largest=LARGEST_BYTES)
    try:
        drawing = ElementTree.fromstring(svg, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        raise NotALogo("errors.theming.logo_unread", field="logo") from None
    if _INSTRUCTION.search(svg):
        raise NotALogo("errors.theming.logo_strange", field="logo", given="<?")
    for fault in _strange(drawing):
        raise NotALogo("errors.theming.logo_strange", field="logo", given=fault)


def _strange(drawing: Element) -> Iterator[str]:
    if drawing.tag != f"{_SPACE}svg":
        yield str(drawing.tag)
    for element in drawing.iter():
        if str(element.tag).removeprefix(_SPACE) not in _DRAWN:
            yield str(element.tag).removeprefix(_SPACE)
        yield from (name for name, value in element.attrib.items() if name not in _SAID or _reaches_out(value))


def _reaches_out(value: str) -> bool:
    rest = _LOCAL_PAINT.sub("", value).lower()
    return "url(" in rest or "\\" in rest or ":" in rest
