"""Print what hands a link on: posters, business cards, stands for a table and stickers, in the brand.

Colour runs 3 mm over the edge, and the file says where it is cut (TrimBox) and how far colour goes (BleedBox): what a
printer needs. A code is as robust as its size allows.
"""

from io import BytesIO
from typing import NamedTuple

import msgspec
import pypdf
from pypdf.generic import RectangleObject

from leumund.kit import qr, typesetting

BLEED_MM = 3
_POINTS_A_MM = 72 / 25.4
# Typst's own header: the writer would say 1.3, of which tags know nothing.
_HEADER = "%PDF-1.7"


class Product(NamedTuple):
    """Something to be printed: its size when cut, how wide its code is, and whether marks say where to cut."""

    kind: str
    width_mm: float
    height_mm: float
    code_mm: float
    marks: bool = True
    # Several on one sheet, which is not cut itself.
    bleeds: bool = True


PRODUCTS = {
    "poster-a4": Product("poster", 210, 297, 88, marks=False),
    "poster-a3": Product("poster", 297, 420, 124, marks=False),
    "card": Product("card", 85, 55, 29),
    "cards-a4": Product("cards", 210, 297, 29, bleeds=False),
    "stand-a6": Product("stand", 148, 210, 52),
    "stand-long": Product("stand", 210, 198, 50),
    "sticker": Product("sticker", 70, 70, 33),
}


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on a product; colours as #rrggbb, ``logo`` as SVG that was checked, or None.

    ``leads_to`` is what the code holds, ``address`` the same as people type it, ``spoken`` as they say it, or empty.
    """

    language: str
    issuer: str
    logo: str | None
    wordmark: bool
    title: str
    lead: str
    leads_to: str
    code_alt: str
    address: str
    spoken: str
    spoken_label: str
    disclosure: str
    foot: str
    brand: str
    brand_ink: str
    serif: bool = False
    ink: str = "#181c21"
    muted: str = "#565e68"


def pdf(product: str, printed: Printed) -> bytes:
    """The file of one of PRODUCTS: tagged, its fonts within it; some ten milliseconds."""
    made = PRODUCTS[product]
    told = msgspec.to_builtins(printed) | {
        "kind": made.kind,
        "width": made.width_mm,
        "height": made.height_mm,
        "marks": made.marks,
        "code_mm": made.code_mm,
        "font": "Libertinus Serif" if printed.serif else "DejaVu Sans",
        "code": qr.svg(printed.leads_to, color=printed.brand, wide_mm=made.code_mm),
    }
    return _boxed(typesetting.pdf("printed", told), bleeds=made.bleeds)


def _boxed(whole: bytes, *, bleeds: bool) -> bytes:
    """The same file, which says how far colour goes beyond where it is cut; Typst says the latter alone."""
    if not bleeds:
        return whole
    writer, out = pypdf.PdfWriter(clone_from=BytesIO(whole)), BytesIO()
    writer.pdf_header = _HEADER
    for page in writer.pages:
        trim, over = page.trimbox, BLEED_MM * _POINTS_A_MM
        page.bleedbox = RectangleObject((trim.left - over, trim.bottom - over, trim.right + over, trim.top + over))
    writer.write(out)
    return out.getvalue()
