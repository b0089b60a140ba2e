"""A file for a spreadsheet is read back as it was written, and computes nothing wherever it is opened."""

import csv
import io

import pytest

from leumund.kit import spreadsheets

HARMLESS = ["", "Anna", "O'Hara; Linden, Berlin", 'sagte "ja"', "zwei\nZeilen", "ß€😀", "a=1"]
# What a cell becomes a formula by: its first sign, or a separator of the other language before one.
ATTACKS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "x;=1+1",
    "x,=1+1",
    'x";=1+1;"',
    "x\n=1",
    "x\t=1",
]


@pytest.mark.parametrize(("language", "separator"), [("de", ";"), ("en", ",")])
def test_what_is_harmless_is_read_back(language: str, separator: str):
    written = spreadsheets.csv_of(["a"] * len(HARMLESS), [HARMLESS], language=language)
    lines = list(csv.reader(io.StringIO(written.removeprefix("\ufeff"), newline=""), delimiter=separator))
    assert lines[1] == HARMLESS


@pytest.mark.parametrize("opened", [";", ","])
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_cell_is_a_formula_in_whatever_country_it_is_opened(attack: str, language: str, opened: str):
    written = spreadsheets.csv_of(["a", "b"], [[attack, "last"]], language=language).removeprefix("\ufeff")
    cells = [cell for line in csv.reader(io.StringIO(written, newline=""), delimiter=opened) for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "＝", "\t", "\r", "\n"))]


def test_without_any_of_this_it_would_be_one():
    out = io.StringIO()
    csv.writer(out, delimiter=",").writerow(["x;=1+1", "last"])
    assert "=1+1,last" in next(csv.reader([out.getvalue()], delimiter=";"))[1]
