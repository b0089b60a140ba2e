"""A name is found in every spelling people type, word by word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leumund.customers.notation import folding


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Müller", ["müller", "MUELLER", "Mueller", "muller", "mu\u0308ller"]),
        ("Mueller", ["Müller", "mueller"]),
        ("Groß", ["gross", "GROSS", "groß"]),
        ("Renée", ["renee", "Renée", "RENÉE"]),
        ("O'Neil", ["oneil", "O’Neil", "O`NEIL"]),
        ("Anna-Lena", ["anna", "Lena", "anna lena", "Lena-Anna"]),
        ("Łukasz", ["lukasz"]),
        ("Søren", ["soren", "Soeren"]),
        ("İlker", ["ilker", "İlker"]),
        ("von der Heide", ["heide von"]),
        ("Straße 1", ["strasse", "1"]),
    ],
)
def test_a_name_is_found_however_it_is_typed(name: str, typed: list[str]):
    found = folding.spellings(name)
    assert [text for text in typed if not set(folding.words(text)) <= found] == []


@pytest.mark.parametrize(("name", "typed"), [("Müller", "mül"), ("Linde", "lind"), ("Anna", "anna linde")])
def test_a_part_of_a_word_finds_nobody(name: str, typed: str):
    assert not set(folding.words(typed)) <= folding.spellings(name)


def test_what_has_no_word_names_nothing():
    assert folding.words(" -- ' !!! ") == []


@given(st.text(max_size=60))
def test_whoever_types_a_whole_name_finds_it(name: str):
    assert set(folding.words(name)) <= folding.spellings(name)
