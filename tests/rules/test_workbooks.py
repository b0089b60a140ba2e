"""A workbook holds words as words and figures as figures, and runs nothing."""

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from leumund.kit import workbooks


def read(*rows: list[object]) -> list[list[tuple[Any, str]]]:
    book = load_workbook(io.BytesIO(workbooks.xlsx_of(["Name"], rows)))
    assert book.active is not None
    return [[(cell.value, cell.data_type) for cell in row] for row in book.active.iter_rows(min_row=2)]


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "Anna", "0049", ""])
def test_a_text_stays_a_text(text: str):
    ((cell,),) = read([text])
    assert cell == (text, "s") if text else cell[0] is None


def test_what_no_spreadsheet_takes_is_left_out():
    assert read(["An\x00na\x1b"]) == [[("Anna", "s")]]


def test_figures_and_days_are_figures_and_days():
    ((number, day),) = read([70, date(2026, 5, 3)])
    assert number == (70, "n")
    assert (day[0].date(), day[1]) == (date(2026, 5, 3), "d")
