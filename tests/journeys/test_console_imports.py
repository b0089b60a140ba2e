"""Customers come in from a file only after it was looked at, and nothing of it stays behind before."""

import csv
import io
import re
from datetime import datetime
from html import unescape
from secrets import token_hex

import httpx
import pytest
from openpyxl import Workbook

from leumund.customers.records.registering import Record
from leumund.kit import ground
from tests import opened
from tests.journeys.desks import come, said
from tests.journeys.guests import OURS, Form, Guest

AREA = "/console/customers/import"
GOOD = (
    "Kundennummer;Vorname;E-Mail;Telefon\r\n1;Anna;anna@people.example;030 1234567\r\n2;Bert;bert@people.example;\r\n"
)
BAD = (
    "Kundennummer;Vorname;E-Mail;Geburtsdatum\r\n"
    "1;<i>Anna</i>;anna@people.example;01.02.1980\r\n"
    "2;Bert;=2+5;31.02.1980\r\n"
    "1;Clara;clara@people.example;\r\n"
)


async def upload(guest: Guest, content: bytes | str, *, name: str = "kunden.csv") -> httpx.Response:
    """Choose a file and send it to be checked."""
    raw = content.encode() if isinstance(content, str) else content
    guest.answer = await guest.client.post(AREA + "/check", files={"file": (name, raw)}, headers=OURS)
    return guest.answer


async def press(guest: Guest, address: str, *, area: str = AREA, **columns: str) -> httpx.Response:
    """Send the check's form on, to the address of one of its buttons, with other columns where told so."""
    chosen = {
        field: unescape(value)
        for field, value in re.findall(
            r'<select [^>]*name="(column_\w+)"[^>]*>(?:(?!</select>).)*?<option value="([^"]*)" selected',
            guest.page,
            re.S,
        )
    }
    fields = {"kept": Form(guest.page, area).fields["kept"]} | chosen
    guest.answer = await guest.client.post(
        address, files={name: (None, value) for name, value in (fields | columns).items()}, headers=OURS
    )
    return guest.answer


async def kept(deployment, tenant) -> dict[str, int]:
    """How much the company's tables hold, except who is signed in."""
    async with deployment.scopes.reading(tenant):
        return {
            table: (await ground.fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"]
            for table in ("customer", "consent_event", "consent_request", "message", "audit_entry")
        }


async def test_a_check_keeps_nothing_and_the_import_keeps_all(deployment, birke, desk):
    guest = await desk()
    before = await kept(deployment, birke)
    answer = await upload(guest, GOOD)
    assert answer.status_code == 200
    assert "2 Personen übernehmen" in said(guest.page)
    assert await kept(deployment, birke) == before
    answer = await press(guest, AREA)
    assert answer.status_code == 200
    assert "Übernommen" in guest.page
    async with deployment.scopes.reading(birke):
        people = await opened.people()
        noted = await ground.fetch("SELECT actor, detail FROM audit_entry WHERE action = 'customers.imported'")
    assert [person.given_name for person in people] == ["Anna", "Bert"]
    assert people[0].phone == "+49301234567"
    assert len(noted) == 1
    assert "anna" not in noted[0]["detail"]


async def test_the_same_file_twice_brings_nobody_in_twice(deployment, birke, desk):
    guest = await desk()
    for _ in range(2):
        await upload(guest, GOOD)
        await press(guest, AREA)
    await upload(guest, GOOD)
    assert "Diese Datei enthält nichts Neues." in guest.page
    assert (await kept(deployment, birke))["customer"] == 2


async def test_a_spreadsheet_comes_in_as_well(deployment, birke, desk):
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in (["Kundennummer", "E-Mail", "Vorname"], [4711, "anna@people.example", "Anna"]):
        book.active.append(row)
    book.save(out)
    guest = await desk()
    await upload(guest, out.getvalue(), name="kunden.xlsx")
    assert "1 Person übernehmen" in said(guest.page)
    await press(guest, AREA)
    async with deployment.scopes.reading(birke):
        assert (await ground.fetch("SELECT external_id FROM customer"))[0]["external_id"] == "4711"


async def test_every_refused_row_is_named_by_number_field_and_reason(deployment, birke, desk):
    guest = await desk()
    await upload(guest, BAD)
    words = said(guest.page)
    assert "Zeile 3 E-Mail „=2+5“ ist keine E-Mail-Adresse." in words
    assert "Zeile 3 Geburtsdatum „31.02.1980“ ist kein eindeutiges Datum." in words
    assert "Zeile 4 Kundennummer „1“ steht weiter oben schon in der Datei." in words
    assert "<i>Anna</i>" not in guest.page
    assert "&lt;i&gt;Anna&lt;/i&gt;" in guest.page
    await press(guest, AREA)
    assert "Zeile 3" in said(guest.page)
    assert (await kept(deployment, birke))["customer"] == 1


async def test_the_first_rows_are_shown_as_a_person_writes_them(desk):
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in (["E-Mail", "Geburtsdatum"], [], ["anna@people.example", datetime(1990, 5, 1)]):
        book.active.append(row)
    book.save(out)
    guest = await desk()
    await upload(guest, out.getvalue(), name="kunden.xlsx")
    assert "<td>1990-05-01</td>" in guest.page
    assert "<td></td>" not in guest.page


async def test_without_a_naming_column_the_page_asks_for_it(desk):
    guest = await desk()
    await upload(guest, "Vorname;Ort\r\nAnna;Bonn\r\n")
    assert "Welche Spalte nennt Ihre Kunden?" in guest.page
    assert "Passt alles?" not in guest.page


@pytest.mark.parametrize("content", ["", "\ufeff", "\r\n"])
async def test_an_empty_file_is_told_so(desk, content: str):
    guest = await desk()
    answer = await upload(guest, content)
    assert answer.status_code == 422
    assert "Diese Datei ist leer." in guest.page


async def test_a_row_with_two_faults_is_one_row_that_was_left_out(desk):
    guest = await desk()
    await upload(guest, BAD)
    assert "Zeilen mit Fehlern 2" in said(guest.page)
    await press(guest, AREA)
    assert "Was nicht übernommen wurde" in guest.page
    assert "Was nicht übernommen wird" not in guest.page


async def test_the_whole_report_comes_as_a_table_of_its_own(desk):
    guest = await desk()
    rows = "".join(f"{n};=cmd|{n}\r\n" for n in range(120))
    await upload(guest, "Kundennummer;E-Mail\r\n" + rows)
    assert "50 von 120 stehen hier" in said(guest.page)
    answer = await press(guest, AREA + "/report")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    table = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert table[0] == ["Zeile", "Feld", "Grund"]
    assert len(table) == 121
    assert not [cell for row in table for cell in row if cell.startswith(("=", "+", "-", "@"))]


async def test_columns_nobody_could_guess_are_chosen_by_hand(deployment, birke, desk):
    guest = await desk()
    answer = await upload(guest, "Wer;Wohin\r\nAnna;anna@people.example\r\n")
    assert answer.status_code == 422
    assert "Spalte mit E-Mail-Adressen oder Kundennummern" in guest.page
    await press(guest, AREA + "/check", column_email="Wohin", column_given_name="Wer")
    assert "1 Person übernehmen" in said(guest.page)
    await press(guest, AREA)
    async with deployment.scopes.reading(birke):
        (anna,) = await opened.people()
    assert (anna.given_name, anna.email) == ("Anna", "anna@people.example")


async def test_a_column_guessed_wrongly_can_be_left_out(deployment, birke, desk):
    await come(deployment, birke, Record(email="anna@people.example", given_name="Anna"))
    guest = await desk()
    await upload(guest, "E-Mail;Vorname\r\nanna@people.example;Falsch\r\n")
    await press(guest, AREA + "/check", column_given_name="")
    assert "Diese Datei enthält nichts Neues." in guest.page


async def test_what_is_no_table_is_refused_next_to_the_field(desk):
    guest = await desk()
    for content in (b"", b"\0\0\0", b"PK\x03\x04 not a book", b"x" * 5_000_001):
        answer = await upload(guest, content)
        assert answer.status_code == 422, content[:20]
        assert 'id="file-wrong"' in guest.page


async def test_a_text_that_is_called_a_spreadsheet_is_refused(desk):
    guest = await desk()
    answer = await upload(guest, GOOD, name="kunden.XLSX")
    assert answer.status_code == 422
    assert "Diese Datei lässt sich nicht lesen." in guest.page


async def test_the_page_says_what_a_consents_cell_must_hold(desk):
    guest = await desk()
    await guest.open(AREA)
    assert "in Worten, wie und wann" in guest.page


async def test_the_largest_file_that_is_looked_at_can_also_be_taken(deployment, birke, desk):
    noise = ";".join(token_hex(45_000) for _ in range(55))
    headers = ";".join(f"Spalte {n}" for n in range(55))
    guest = await desk()
    answer = await upload(guest, f"E-Mail;{headers}\r\nanna@people.example;{noise}\r\n")
    assert len(answer.content) > 3_000_000
    answer = await press(guest, AREA)
    assert answer.status_code == 200
    assert (await kept(deployment, birke))["customer"] == 1


async def test_what_one_member_was_given_to_carry_no_other_can_bring(deployment, birke, desk):
    anna, mallory = await desk(name="Anna"), await desk(name="Mallory")
    await upload(anna, GOOD)
    sealed = Form(anna.page, AREA).fields["kept"]
    assert "anna@people.example" not in sealed
    forged = ["", "nonsense", sealed[:-8] + "AAAAAAA=", sealed]
    for text in forged:
        answer = await mallory.client.post(AREA, files={"kept": (None, text)}, headers=OURS)
        assert answer.status_code == 422
    assert (await kept(deployment, birke))["customer"] == 0


async def test_the_page_and_the_form_work_in_english(desk):
    guest = await desk()
    await guest.open(AREA + "?lang=en")
    assert "Check the file" in guest.page
    assert f'action="{AREA}/check?lang=en"' in guest.page
