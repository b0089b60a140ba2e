"""Purchases come in from a file after it was looked at, and what was refused of it can be mended and brought again."""

import csv
import io
import re
from collections.abc import Awaitable, Callable
from functools import partial
from html import unescape
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest

from leumund.customers.records.registering import Record
from leumund.kit import clock, ground
from leumund.rewards.purchases import taking
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.journeys import test_console_imports
from tests.journeys.desks import come, recommended, said
from tests.journeys.guests import OURS, Form, Guest

AREA = "/console/purchases"
press = partial(test_console_imports.press, area=AREA)
HEAD = "Kundennummer;E-Mail;Bestellnummer;Betrag;Kaufdatum\r\n"
TODAY = f"{clock.now().astimezone(ZoneInfo('Europe/Berlin')):%d.%m.%Y}"
GOOD = HEAD + f";bert@people.example;B-1;1.234,56 EUR;{TODAY}\r\nK-7;;B-2;10,00;2026-11-20\r\n"
BAD = HEAD + "K-7;;B-1;=1+1;20.11.2026\r\nK-9;;B-2;<b>;gestern\r\n-K-7;;B-3;1;20.11.2026\r\nK-7;;B-4;1;20.11.2026\r\n"
Desk = Callable[..., Awaitable[Guest]]


async def upload(guest: Guest, content: str | bytes, *, name: str = "einkaeufe.csv") -> httpx.Response:
    """Choose a file and send it to be checked."""
    raw = content.encode() if isinstance(content, str) else content
    guest.answer = await guest.client.post(AREA + "/check", files={"file": (name, raw)}, headers=OURS)
    return guest.answer


async def bring(guest: Guest, content: str) -> UUID:
    """Check a file and have it taken; returns the import, whose page is open then."""
    await upload(guest, content)
    answer = await press(guest, AREA)
    assert answer.status_code in (201, 303), answer.text
    address = answer.headers["location"]
    await guest.open(address)
    return UUID(address.rpartition("/")[2])


async def work(deployment: Deployment, tenant: Tenant, brought: UUID) -> None:
    """What a worker does with it."""
    inside = partial(deployment.scopes.inside, tenant)
    for _ in range(50):
        await taking.go_on(inside, brought, clock.now())


@pytest.fixture
async def known(deployment: Deployment, birke: Tenant) -> None:
    """Anna recommended Bert, and K-7 is a customer."""
    await recommended(deployment, birke, cents=100)
    await come(deployment, birke, Record(external_id="K-7"))


@pytest.mark.usefixtures("known")
async def test_a_file_is_looked_at_taken_by_a_job_and_told_of(deployment: Deployment, birke: Tenant, desk: Desk):
    guest = await desk(role="marketing")
    await upload(guest, GOOD)
    words = said(guest.page)
    assert "neue Einkäufe 2" in words
    assert "davon empfohlen 1 von 1 Empfehler" in words
    async with deployment.scopes.reading(birke):
        assert await ground.fetch("SELECT FROM purchase_import") == []
    brought = await bring(guest, GOOD)
    assert "wartet" in said(guest.page)
    assert "0 von 2 Zeilen" in said(guest.page)
    await work(deployment, birke, brought)
    await guest.open(f"{AREA}/{brought}")
    assert "übernommen 2" in said(guest.page)
    assert "fertig" in said(guest.page)
    await guest.open(AREA)
    assert "fertig" in said(guest.page)
    async with deployment.scopes.reading(birke):
        rows = await ground.fetch("SELECT order_id, cents FROM conversion WHERE order_id LIKE 'B-%' ORDER BY 1")
        noted = await ground.fetch("SELECT action FROM audit_entry WHERE action LIKE 'purchases.%' ORDER BY 1")
        assert await ground.fetch("SELECT FROM purchase_part") == []
    assert [(row["order_id"], row["cents"]) for row in rows] == [("B-1", 123_456), ("B-2", 1_000)]
    assert [row["action"] for row in noted] == ["purchases.brought", "purchases.imported"]


@pytest.mark.usefixtures("known")
async def test_refused_rows_come_back_as_a_file_that_can_be_mended(deployment: Deployment, birke: Tenant, desk: Desk):
    guest = await desk()
    await upload(guest, BAD)
    words = said(guest.page)
    assert "Zeile 2 Betrag : „=1+1“ ist kein eindeutiger Betrag." in words
    assert "Zeile 3 Betrag : „<b>“ ist kein eindeutiger Betrag. Kaufdatum : „gestern“ ist kein" in words
    assert "Zeile 4 Kunde : Diese Person ist nicht bekannt." in words
    assert "davon 1 ohne bekannten Kunden" in words
    before = await press(guest, AREA + "/report")
    brought = await bring(guest, BAD)
    await work(deployment, birke, brought)
    await guest.open(f"{AREA}/{brought}")
    assert "Zeile 2 Betrag : „=1+1“ ist kein eindeutiger Betrag." in said(guest.page)
    answer = await guest.client.post(f"{AREA}/{brought}/refused", headers=OURS)
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.text == before.text, "what was foreseen is what came"
    table = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert [row["Zeile"] for row in table] == ["2", "3", "4"]
    assert not [cell for row in table for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    mended = answer.text.replace("'=1+1", "1,00").replace("<b>;;gestern", "2;;20.11.2026").replace("K-9", "K-7")
    await come(deployment, birke, Record(external_id="-K-7"))
    again = await bring(guest, mended)
    await work(deployment, birke, again)
    await guest.open(f"{AREA}/{again}")
    assert "übernommen 3" in said(guest.page)
    async with deployment.scopes.reading(birke):
        taken = await ground.fetch("SELECT detail FROM audit_entry WHERE action = 'purchases.refusals_taken'")
    assert [row["detail"] for row in taken] == ['{"rows": 3}']


@pytest.mark.usefixtures("known")
async def test_one_file_at_a_time_and_one_that_waits_can_be_canceled(desk: Desk, deployment: Deployment, birke: Tenant):
    guest = await desk()
    first = await bring(guest, GOOD)
    await upload(guest, GOOD)
    answer = await press(guest, AREA)
    assert answer.status_code == 409
    assert "Es wird gerade eine andere Datei übernommen." in said(guest.page)
    answer = await guest.client.post(f"{AREA}/{first}/cancellation", headers=OURS)
    await guest.open(f"{AREA}/{first}")
    assert "abgebrochen" in said(guest.page)
    second = await bring(guest, GOOD)
    await work(deployment, birke, second)
    answer = await guest.client.post(f"{AREA}/{second}/cancellation", headers=OURS)
    assert answer.status_code == 409
    assert "lässt sich nicht mehr abbrechen" in said(answer.text)


async def test_the_template_is_known_by_its_own_headers_in_both_languages(desk: Desk):
    guest = await desk()
    for language in ("de", "en"):
        answer = await guest.open(f"{AREA}/template.csv?lang={language}")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        await upload(guest, answer.text)
        chosen = re.findall(r'<select id="column_\w+"(?:(?!</select>).)*? selected>([^<]*)<', guest.page, re.S)
        heads = next(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";" if language == "de" else ","))
        assert [unescape(each) for each in chosen] == heads
        assert "Unter den Überschriften steht noch keine Zeile." in said(guest.page)


@pytest.mark.usefixtures("known")
async def test_a_column_nobody_could_guess_is_asked_for(desk: Desk):
    guest = await desk()
    answer = await upload(guest, "Wer;Was;Wie viel;Wann\r\nK-7;B-1;1;20.11.2026\r\n")
    assert answer.status_code == 422
    assert "Was steht in welcher Spalte?" in guest.page
    wrong = re.findall(r'id="(\w+)-wrong"', guest.page)
    assert wrong == ["external_id", "order_id", "amount", "occurred_at"], "all of them at once"
    await press(
        guest,
        AREA + "/check",
        column_external_id="Wer",
        column_order_id="Was",
        column_amount="Wie viel",
        column_occurred_at="Wann",
    )
    assert "1 Einkauf übernehmen" in said(guest.page)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("separator", [";", ",", "\t"])
async def test_separators_and_encodings_are_recognised(desk: Desk, separator: str):
    guest = await desk()
    text = separator.join(("Kundennummer", "Bestellnummer", "Betrag", "Währung", "Datum")) + "\r\n"
    text += separator.join(("K-7", "B-1", "1.00", "EUR", "20.11.2026"))
    for content in (text.encode("utf-8-sig"), text.encode("cp1252")):
        await upload(guest, content)
        assert "1 Einkauf übernehmen" in said(guest.page)


async def test_who_may_not_bring_purchases_has_no_way_there(desk: Desk):
    for role in ("viewer", "support", "accounting", "privacy_officer"):
        guest = await desk(role=role, name=role)
        answer = await guest.open(AREA)
        assert answer.status_code == 403
        assert f'href="{AREA}"' not in guest.page


async def test_what_is_no_table_is_refused_next_to_the_field(desk: Desk):
    guest = await desk()
    for content in (b"", b"\0\0\0", b"PK\x03\x04 not a book", b"x" * 5_000_001):
        answer = await upload(guest, content)
        assert answer.status_code == 422, content[:20]
        assert 'id="file-wrong"' in guest.page
    assert Form(guest.page, AREA + "/check")
