"""What is printed is read from paper by a phone, cut where it says, and read aloud to whoever cannot see it."""

from io import BytesIO

import msgspec
import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from leumund.kit import colours, places, printed, qr
from leumund.kit.printed import BLEED_MM, PRODUCTS, Printed
from leumund.theming import themes, tokens

LINK = "https://freunde.linden-energie.example/r/abcdefghjk"
LOGO = (places.tenants() / "linden" / "logo.svg").read_text("utf-8")
THEMES = sorted(themes.all_themes())
# How many codes are on a product.
CODES = {"cards-a4": 10, "stand-a6": 2, "stand-long": 2}
LINDENS = Printed(
    language="de",
    issuer="Linden Energie",
    logo=LOGO,
    wordmark=False,
    title="Gute Energie teilt man gern",
    lead="Scannen, in Ruhe lesen und wechseln. Wer wechselt, bekommt 25 € auf sein Konto.",
    leads_to=LINK,
    code_alt="QR-Code, führt zu freunde.linden-energie.example/r/abcdefghjk",
    address="freunde.linden-energie.example/r/anna-m",
    spoken="tornado-sombrero-kiwi-7",
    spoken_label="Code:",
    disclosure="Werbung: Wer diesen Link weitergibt, bekommt 50 € Prämie, wenn Sie über ihn Kundin oder Kunde werden.",
    foot="Linden Energie GmbH, Am Lindenwerk 7, 10249 Berlin",
    brand="#1d6144",
    brand_ink="#ffffff",
)
_MM = 72 / 25.4


def drawn(pdf: bytes, *, dpi: int) -> Image.Image:
    """The first page on paper, as a camera sees it that looks straight at it."""
    picture: Image.Image = pypdfium2.PdfDocument(pdf)[0].render(scale=dpi / 72).to_pil()
    return picture


def codes(picture: Image.Image) -> list[str]:
    return [str(code.text) for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)]


def worn(theme: str) -> Printed:
    by = tokens.tuned(theme=theme, tokens={})
    return msgspec.structs.replace(
        LINDENS, brand=by["color-brand"], brand_ink=by["color-brand-ink"], serif=by["font-display"] == "serif"
    )


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_phone_reads_it_off_paper(product: str, theme: str):
    seen = drawn(printed.pdf(product, worn(theme)), dpi=150)
    for picture in (seen, seen.convert("L")):
        assert codes(picture) == [LINK] * CODES.get(product, 1)


@pytest.mark.parametrize("product", [product for product in PRODUCTS if product != "poster-a3"])
def test_a_phone_that_trembles_reads_it_too(product: str):
    """At 300 dots an inch and a little out of focus; A3 is the same as A4, and four million dots more."""
    blurred = drawn(printed.pdf(product, LINDENS), dpi=300).filter(ImageFilter.GaussianBlur(2))
    assert codes(blurred) == [LINK] * CODES.get(product, 1)


@pytest.mark.parametrize("brand", ["#ffe600", "#767676", "#f4a6c0", "#000000"])
def test_a_pale_brand_hides_no_code(brand: str):
    pale = msgspec.structs.replace(LINDENS, brand=brand, brand_ink=colours.ink_on(brand))
    assert codes(drawn(printed.pdf("card", pale), dpi=150)) == [LINK]


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_printer_is_told_where_it_is_cut_and_how_far_colour_goes(product: str):
    made = PRODUCTS[product]
    (page,) = pypdf.PdfReader(BytesIO(printed.pdf(product, LINDENS))).pages
    trim, bleed, media = page.trimbox, page.bleedbox, page.mediabox
    assert [float(trim.width), float(trim.height)] == pytest.approx(
        [made.width_mm * _MM, made.height_mm * _MM], abs=0.1
    )
    over = BLEED_MM if made.bleeds else 0
    for edge, sign in (("left", 1), ("bottom", 1), ("right", -1), ("top", -1)):
        gone = (float(getattr(trim, edge)) - float(getattr(bleed, edge))) * sign
        assert gone == pytest.approx(over * _MM, abs=0.1), edge
        # Marks stand beyond the colour.
        beyond = (float(getattr(bleed, edge)) - float(getattr(media, edge))) * sign
        assert beyond == pytest.approx(6 * _MM if made.marks and made.bleeds else 0, abs=0.1), edge


def test_colour_goes_over_the_edge_and_marks_stand_clear_of_it():
    picture = drawn(printed.pdf("card", LINDENS), dpi=300)
    dot = 300 / 25.4
    below = int((9 + 55 + 2) * dot)
    assert picture.getpixel((picture.width // 2, below)) == (0x1D, 0x61, 0x44)
    assert picture.getpixel((picture.width // 2, int((9 + 55 + 4) * dot))) == (255, 255, 255)
    corner = picture.crop((int(9 * dot) - 2, 0, int(9 * dot) + 3, int(5 * dot))).convert("L")
    assert corner.getextrema()[0] < 128, "a mark stands above the left edge"


@pytest.mark.parametrize("product", PRODUCTS)
def test_it_is_tagged_and_brings_its_fonts_along(product: str):
    reader = pypdf.PdfReader(BytesIO(printed.pdf(product, LINDENS)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("de")
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert reader.pdf_header == "%PDF-1.7"
    fonts = [each.get_object() for each in reader.pages[0]["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & descriptor.keys()


@pytest.mark.parametrize("product", PRODUCTS)
def test_it_says_where_to_go_what_to_say_and_who_earns(product: str):
    (page,) = pypdf.PdfReader(BytesIO(printed.pdf(product, LINDENS))).pages
    said = "".join(page.extract_text().split())
    for part in (LINDENS.address, LINDENS.spoken, LINDENS.disclosure, LINDENS.title):
        assert "".join(part.split()) in said, part


@pytest.mark.parametrize("product", PRODUCTS)
def test_nothing_that_is_said_is_cut_off(product: str):
    """However long a company's words are: every letter keeps two millimetres from the edge it is cut at."""
    long = msgspec.structs.replace(
        LINDENS,
        issuer="Vereinigte Elektrizitätswerke und Nahwärmegenossenschaft Oberlausitz",
        title="Donaudampfschifffahrtsgesellschaft: gute Energie teilt man gern, mit Nachbarn und Freunden",
        lead=LINDENS.lead * 2,
        address="empfehlen.vereinigte-elektrizitaetswerke-oberlausitz.example/r/abcdefghjk",
        spoken="baguette-ukulele-sandwich-9",
        disclosure=LINDENS.disclosure * 2,
    )
    made, pdf = PRODUCTS[product], printed.pdf(product, long)
    page = pypdf.PdfReader(BytesIO(pdf)).pages[0]
    drawn_page = pypdfium2.PdfDocument(pdf)[0]
    text = drawn_page.get_textpage()
    trim, room = page.trimbox, 2 * _MM
    across, upward = (
        [float(trim.left) + room, float(trim.right) - room],
        [float(trim.bottom) + room, float(trim.top) - room],
    )
    for place in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(place)
        assert across[0] <= left <= right <= across[1], (made.kind, text.get_text_range(place, 1))
        assert upward[0] <= bottom <= top <= upward[1], (made.kind, text.get_text_range(place, 1))


def test_a_code_forgives_more_the_larger_it_is():
    levels = [qr.forgiving(LINK, wide_mm=wide) for wide in (15, 24, 29, 88)]
    # L, M, Q and H are 1, 0, 3 and 2 in the library.
    assert [[1, 0, 3, 2].index(level) for level in levels] == sorted([1, 0, 3, 2].index(level) for level in levels)
    assert levels[0] == 1
    assert levels[-1] == 2


def test_pictures_come_in_three_sizes():
    wide = [Image.open(BytesIO(qr.png(LINK, color="#1d6144", pixels=pixels))).width for pixels in qr.SIZES.values()]
    assert wide == sorted(wide)
    assert wide[0] >= 256
    assert wide[-1] >= 1_000
