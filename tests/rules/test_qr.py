"""A share link drawn in a brand's colour is read back by a decoder that knows nothing of our encoder."""

import re

import pytest
from PIL import Image

from leumund.kit import places, qr
from leumund.theming import tokens
from tests import eyes

ADDRESSES = (
    "https://linden.leumund.example/r/abcdefghjk",
    "http://birke.localhost:8000/r/z9y8x7w6v5",
    "https://empfehlen.a-long-own-domain-of-a-company.example/r/abcdefghjkmnpqrs",
)
BRANDS = (
    "#1d6144",
    "#c4341a",
    "#1f5fa8",
    "#000000",
    "#5b2a86",
    "#b3005e",
    "#767676",
    "#ffe600",
    "#ffffff",
    "#d9e86a",
    "red",
)
_PIXELS_A_MODULE = 8


def drawn(svg: str) -> Image.Image:
    """Our SVG as pixels: its modules are unit squares, so that no renderer is needed to draw them."""
    size = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])  # type: ignore[index]  # no match fails the test
    grounds = re.findall(r'<path fill="(#[0-9a-f]{6})" d="([^"]+)"', svg)
    assert len(grounds) == 2
    (paper, whole), (ink, modules) = grounds
    assert (paper, whole) == ("#ffffff", f"M0 0h{size}v{size}h-{size}z")
    picture = Image.new("RGB", (size, size), paper)
    squares = re.findall(r"M(\d+) (\d+)h1v1h-1z", modules)
    assert "".join(f"M{x} {y}h1v1h-1z" for x, y in squares) == modules, "nothing but squares"
    for x, y in squares:
        picture.paste(ink, (int(x), int(y), int(x) + 1, int(y) + 1))
    return picture.resize((size * _PIXELS_A_MODULE,) * 2, Image.Resampling.NEAREST)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("brand", BRANDS)
def test_both_drawings_lead_to_the_share_link(address: str, brand: str):
    assert eyes.decoded(qr.png(address, color=brand)) == address
    assert eyes.read(drawn(qr.svg(address, color=brand))) == address


@pytest.mark.parametrize("theme", ["plain", "hearth", "birch"])
def test_each_theme_draws_in_its_brand(theme: str):
    brand = tokens.tuned(theme=theme, tokens={})["color-brand"]
    assert f'fill="{brand}"' in qr.svg(ADDRESSES[0], color=brand)
    assert (places.themes() / theme).is_dir()


@pytest.mark.parametrize("pale", ["#ffe600", "#ffffff", "red", '#000"/><script>', "url(#a)", ""])
def test_a_colour_no_phone_could_read_becomes_black(pale: str):
    assert re.findall(r'fill="([^"]*)"', qr.svg(ADDRESSES[0], color=pale)) == ["#ffffff", "#000000"]


def test_a_quiet_zone_of_four_modules_stands_around_it():
    """ISO/IEC 18004 asks for four; a code glued to a dark page would be read by nobody."""
    squares = re.findall(r"M(\d+) (\d+)h1", qr.svg(ADDRESSES[0], color="#000000"))
    assert min(min(int(x), int(y)) for x, y in squares) == 4
