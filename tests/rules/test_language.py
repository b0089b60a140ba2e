"""A browser or program says which languages it likes, and how much; pages and the API read it alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leumund.kit import language


@pytest.mark.parametrize(
    ("header", "answered"),
    [
        ("", "de"),
        ("fr, it", "de"),
        ("en", "en"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("en;q=0.5, de-AT", "de"),
        ("fr;q=0.9, en;q=0.2, de;q=0.3", "de"),
        ("de;q=0, en;q=0.1", "en"),
        ("*", "de"),
        ("*;q=0.1, en;q=0.2", "en"),
        ("en;q=much, de;q=0.1", "de"),
        ("de, en", "de"),
        ("en, de", "en"),
    ],
)
def test_the_language_liked_best_is_spoken(header: str, answered: str):
    assert language.preferred(header, ("de", "en")) == answered


def test_who_likes_none_of_ours_gets_the_first():
    assert language.preferred("fr, *;q=0.1", ("en", "de")) == "en"


@given(st.text(max_size=700))
def test_no_header_breaks_it(header: str):
    assert language.preferred(header, ("de", "en")) in ("de", "en")
