"""A file of purchases is read as whoever wrote it meant it, and of its columns only those that were chosen are kept."""

import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from leumund.kit.faults import Refusals
from leumund.rewards.purchases import reading, unfolding
from leumund.rewards.purchases.reading import Here
from tests.conftest import NOON
from tests.rooms import brought


def test_a_spreadsheets_numbers_and_days_are_read_as_they_are_shown():
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in (
        ["Kundennummer", "Bestellnummer", "Betrag", "Kaufdatum"],
        [4711, 815.0, 1234.5, datetime(2026, 11, 20, 14, 5)],
        [4711, "A-2", 0.1 + 0.2, date(2026, 11, 23)],
        [4711, "A-3", 1234.567, "23.11.2026"],
    ):
        book.active.append(row)
    book.save(out)
    headers, _ = unfolding.glimpse(out.getvalue(), rows=0)
    lines = list(unfolding.lines(out.getvalue(), mapping=unfolding.guess(headers)))
    told = [[line.cells[unfolding.FIELDS.index(field)] for field in unfolding.NEEDED] for line in lines]
    assert told[:2] == [["815", "1234.50", "2026-11-20 14:05:00"], ["A-2", "0.30", "2026-11-23"]]
    assert lines[0].cells[0] == "4711"
    here = Here(zone=ZoneInfo("Europe/Berlin"), currency="EUR", at=NOON)
    assert reading.purchase(lines[0], here).order.cents == 123_450
    with pytest.raises(Refusals):
        reading.purchase(lines[2], here)


def test_columns_nobody_chose_are_not_kept():
    (line,) = brought.lines("K-7;;A-1;1;23.11.2026;Darmspiegelung", head=f"{brought.HEAD};Artikel")
    assert "Darmspiegelung" not in line.cells


def test_a_row_we_made_harmless_for_spreadsheets_is_read_as_it_was_meant():
    (line,) = brought.lines("'+49-7;;A-1;1;23.11.2026")
    assert line.cells[0] == "+49-7"
