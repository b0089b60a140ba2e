"""Where links may lead is read from an address in one way, and whatever a browser could read otherwise is none."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.referrals import pages
from leumund.referrals.pages import NoPage, Page

EVIL = [
    "", "shop.example", "http://shop.example/", "//evil.example", "\\\\evil.example", "https:evil.example",
    "https:/evil.example", "https:\\\\evil.example", "javascript:alert(1)", "data:text/html,x", "ftp://shop.example/",
    "https://", "https://localhost/", "https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://shop/",
    "https://shop.example:8443/", "https://shop.example@evil.example/", "https://shop.example:pw@evil.example/",
    "https://shop.example\\@evil.example/", "https://shop.example\\.evil.example/", "https://evil.example\\",
    "https://shop.example#@evil.example/", "https://shop.example?@evil.example/", "https://shop.example/#x",
    "https://shop.example%2eevil.example/", "https://shop.example%00.evil.example/", "https://shop_example.example/",
    "https://shop.example/a/../b", "https://shop.example/..", "https://shop.example/./a", "https://shop.example//evil",
    "https://shop.example/%2e%2e/admin", "https://shop.example/a%2fb", "https://shop.example/a%5cb",
    "https://shop.example/a\\b", "https://shop.example/%252e%252e/", "https://shop.example/%", "https://shop.example/%zz",
    "https://shop.example/a b", "https://shop.example/a\r\nlocation: https://evil.example", "https://shop.example/\tb",
    "https://shop.example/%0d%0aset-cookie:a=b", "https://shop.example/a\u2028b", "https://shop.example/\x00",
    "https://shop.example/?", "https://shop.example/?leumund=x", "https://shop.example/?a=1&c=2",
    "https://shop.example/?%6ceumund=x", "https://shop.example/?a=\r\nx", "https://shop.example/?a=1#b",
    "https://-shop.example/", "https://shop..example/", "https://.example/", "https://" + "a" * 64 + ".example/",
    "https://shop.example/" + "a" * 400,
]  # fmt: skip


@pytest.mark.parametrize("typed", EVIL)
def test_what_is_no_plain_page_is_refused_by_its_field(typed: str):
    with pytest.raises(NoPage) as refused:
        pages.read(typed, field="url")
    assert refused.value.field == "url"


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        ("https://shop.example", Page("shop.example", "/")),
        (" HTTPS://Shop.Example/Angebote/ ", Page("shop.example", "/Angebote/")),
        ("https://www.shop.example/a/b?x=1&y=%C3%BC", Page("www.shop.example", "/a/b", "?x=1&y=%C3%BC")),
        ("https://bücher.example/%C3%BC", Page("xn--bcher-kva.example", "/%C3%BC")),
    ],
)
def test_a_plain_page_is_read_as_it_is(typed: str, page: Page):
    assert pages.read(typed, field="url") == page
    assert pages.read(page.url, field="url") == page, "and once more"


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="htps:/\\.@?#%[]aAe0 \r\nü-_;", max_size=30).map("https://shop.example".__add__))
def test_whatever_is_taken_is_understood_alike_by_everybody(typed: str):
    try:
        page = pages.read(typed, field="url")
    except NoPage:
        return
    parts = urlsplit(page.url)
    assert (parts.scheme, parts.hostname, parts.netloc) == ("https", page.host, page.host)
    assert (parts.username, parts.port, parts.fragment) == (None, None, "")
    assert page.url.isascii()
    assert page.url.isprintable()
    assert page.host.startswith("shop.example")
