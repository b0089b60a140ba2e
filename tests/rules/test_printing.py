"""A sheet is printed whole, tagged for screen readers, and alike each time."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pypdf
import pytest

from leumund.kit import printing
from leumund.kit.sheets import Facts, Points, Prose, Quote, Section, Sheet, Table

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WORDING = "Ja, die Linden Energie GmbH darf.\n\n## Wie lange\n\n- ein Jahr\n- oder bis zum Widerruf"
MARKUP = '#eval("1+1") $x^2$ *fett* @anna <b>'


def sheet(*blocks: Any, language: str = "de") -> Sheet:
    return Sheet(
        title="Nachweis",
        language=language,
        issuer="Linden Energie GmbH",
        at=NOON,
        lead="Alles, was geschah.",
        sections=[Section("Verlauf", blocks)],
        foot="SHA-256 0123",
    )


def read(file: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file)).pages)


def roles(file: bytes) -> set[str]:
    """What kinds of elements the structure tree of a PDF names."""

    def walk(element: Any) -> Iterator[str]:
        element = element.get_object()
        if isinstance(element, pypdf.generic.ArrayObject):
            for each in element:
                yield from walk(each)
        elif isinstance(element, pypdf.generic.DictionaryObject):
            if "/S" in element:
                yield element["/S"]
            if "/K" in element:
                yield from walk(element["/K"])

    return {*walk(pypdf.PdfReader(io.BytesIO(file)).trailer["/Root"]["/StructTreeRoot"])}


BLOCKS = [
    (Facts([("Name", "Anna Müller")]), ["Name", "Anna Müller"]),
    (Table(["Zeit", "Stand"], [["12:00", "gegeben"]]), ["Zeit", "Stand", "12:00", "gegeben"]),
    (Table(["Zeit"], [], "Bisher nichts."), ["Bisher nichts."]),
    (Prose(["Ein Satz.", "Noch einer."]), ["Ein Satz.", "Noch einer."]),
    (Points(["eins", "zwei"]), ["eins", "zwei"]),
    (Quote("Fragen per E-Mail", WORDING, "de"), ["Fragen per E-Mail", "darf.", "Wie lange", "ein Jahr", "Widerruf"]),
]


@pytest.mark.parametrize(("block", "words"), BLOCKS, ids=[type(block).__name__ for block, _ in BLOCKS])
def test_every_block_is_printed_with_all_its_words(block: Any, words: list[str]):
    text = read(printing.pdf(sheet(block)))
    for each in ("Nachweis", "Linden Energie GmbH", "Alles, was geschah.", "Verlauf", "SHA-256 0123", *words):
        assert each in text


@pytest.mark.parametrize("language", ["de", "en"])
def test_it_is_tagged_and_says_its_language_and_title(language: str):
    file = printing.pdf(sheet(*(block for block, _ in BLOCKS), language=language))
    reader = pypdf.PdfReader(io.BytesIO(file))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert (root["/Lang"], reader.metadata.title) == (language, "Nachweis")
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/L", "/P"} <= roles(file)


def test_the_same_sheet_is_the_same_file():
    assert printing.pdf(sheet(*BLOCKS[0][:1])) == printing.pdf(sheet(*BLOCKS[0][:1]))


def test_what_somebody_wrote_is_never_markup():
    assert MARKUP in read(printing.pdf(sheet(Prose([MARKUP]))))


@pytest.mark.parametrize(
    "name",
    [
        *("Łukasz Żółć", "Анна", "Άννα", "آنا", "安娜", "😀", "a\u200bb", "\x07", ""),
        # One of these in a comment, and nobody could have read their own data.
        *("Danke ✨", "✨ 😀 安娜", "1️⃣", "〓", "ꜯ", "\ue008", "\x7f", "a\ufeffb", "\ufffe", "\uffff", "\U0010ffff"),
    ],
)
def test_a_name_in_any_script_is_printed(name: str):
    assert pypdf.PdfReader(io.BytesIO(printing.pdf(sheet(Facts([("Name", name)]))))).pages


def test_signs_of_all_scripts_there_are_can_be_printed():
    every = [chr(sign) for sign in range(1, 0x10000, 5) if not 0xD800 <= sign < 0xE000]
    for begin in range(0, len(every), 4096):
        assert printing.pdf(sheet(Prose([" ".join(every[begin : begin + 4096])])))


def test_a_long_story_takes_as_many_pages_as_it_needs():
    rows = [[f"Zeile {n}", "gegeben"] for n in range(400)]
    file = printing.pdf(sheet(Table(["Was", "Stand"], rows)))
    assert len(pypdf.PdfReader(io.BytesIO(file)).pages) > 5
    assert "Zeile 399" in read(file)


@pytest.mark.parametrize("lines", range(38, 46))
def test_the_words_of_a_consent_are_read_on_one_page(lines: int):
    words = "Ja, gern, und zwar so lange, bis ich widerrufe. " * 8 + "Ende."
    filled = Facts([(f"Zeile {number}", "steht da") for number in range(lines)])
    file = printing.pdf(sheet(filled, Quote("Meine Erlaubnis", words, "de")))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file)).pages]
    assert [page for page in pages if "Meine Erlaubnis" in page] == [page for page in pages if "Ende." in page]
