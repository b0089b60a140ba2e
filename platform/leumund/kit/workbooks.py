"""Rows as an Excel workbook, in which every word is a word and does nothing."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell


def xlsx_of(head: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    """One sheet, its head on top and in sight; numbers and days as such, all else as text, which no formula is."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"

    def cell(value: object) -> Cell:
        if isinstance(value, int | float):
            return WriteOnlyCell(sheet, value=value)
        if isinstance(value, date):
            return WriteOnlyCell(sheet, value=datetime.combine(value, time()))
        made = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", str(value)))
        # A text that begins like a formula would otherwise be one.
        made.data_type = "s"
        return made

    for line in (head, *rows):
        sheet.append([cell(value) for value in line])
    content = BytesIO()
    book.save(content)
    return content.getvalue()
