"""Customers come in from files: every row is taken or refused with its reason, and nobody comes in twice."""

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.audit import listing
from leumund.company import describing
from leumund.consent import checking
from leumund.consent.evidence import reading as consents
from leumund.consent.giving import requesting
from leumund.consent.giving.requesting import Offered
from leumund.consent.stopping import suppressing, withdrawing
from leumund.customers.intake import columns, importing, reading
from leumund.customers.intake.importing import Report
from leumund.customers.records import finding, registering
from leumund.customers.records.registering import Record
from leumund.kit import ground, language
from leumund.kit.ground import Ground
from tests import opened
from tests.conftest import NOON
from tests.rooms import segmented, whole

HOUR = timedelta(hours=1)
ANNA, BERT = "anna@example.com", "bert@example.com"
BASIS = "Haken im Kundenkonto am 2024-05-01: „Ja, fragen Sie mich.“"
HEADER = "Kundennummer;E-Mail;Vorname;Nachname;Telefon;Land;Geburtsdatum"


@pytest.fixture
async def inside(inside: Ground) -> Ground:
    """The company says where it is: in Germany."""
    await describing.describe(profile=whole.PROFILE, at=NOON)
    return inside


async def bring(rows: Any, *, dry_run: bool = False, at: datetime = NOON) -> Report:
    return await importing.import_rows(rows, source="file", actor="system:test", dry_run=dry_run, at=at)


async def bring_file(text: str, *, encoding: str = "utf-8", **mapping: str) -> Report:
    return await bring(reading.read(text.encode(encoding), mapping=mapping))


async def anna() -> finding.Person:
    return await numbered("1")


async def numbered(external_id: str) -> finding.Person:
    """Whom the company knows by this number of its own, and nobody else."""
    (person,) = (await finding.search(text=external_id)).rows
    assert person.external_id == external_id
    return person


def told(report: Report) -> list[tuple[int, str, str]]:
    """Number, field and reason of each refused row; the reason has a sentence."""
    for row in report.refused:
        assert language.text(row.key, "de", **row.values)
    return [(row.number, row.field, row.key.rpartition(".")[2]) for row in report.refused]


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(content: bytes, changed: Mapping[str, bytes]) -> bytes:
    """A workbook with other parts in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *changed}:
            new.writestr(name, changed[name] if name in changed else old.read(name))
    return out.getvalue()


# Made once: a workbook holds the time it was made at.
SHEET = workbook(["id", "email"], ["1", ANNA], ["2", BERT])

# Files


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
async def test_a_csv_is_read_as_it_comes(inside: Ground, delimiter: str, encoding: str):
    out = io.StringIO()
    write = csv.writer(out, delimiter=delimiter).writerow
    write(HEADER.split(";"))
    write(["1", " Anna@Example.com", "Anna\nMaria", "Müller; geb. Groß, €", "030 1234567", "Österreich", "3.11.1980"])
    report = await bring_file(out.getvalue(), encoding=encoding)
    assert (report.created, told(report)) == (1, [])
    person = await anna()
    assert (person.email, person.name) == (ANNA, "Anna Maria Müller; geb. Groß, €")
    assert (person.phone, person.country, person.birth_date) == ("+43301234567", "AT", date(1980, 11, 3))


async def test_a_spreadsheet_is_read_by_its_values(inside: Ground):
    sheet = workbook(
        ["Kundennummer", "E-Mail", "Telefon", "Geburtsdatum", "Name"],
        [4711.0, ANNA, "030 1234567", datetime(1980, 11, 3), True],
        [],
        [datetime(2026, 1, 2), BERT, None, "3.11.1980", 12.5],
        [None, "nobody", None, None, None],
    )
    report = await bring(reading.read(sheet))
    assert (report.created, told(report)) == (2, [(5, "email", "no_email")])
    person = await numbered("4711")
    assert (person.birth_date, person.family_name) == (date(1980, 11, 3), "True")
    assert (await numbered("2026-01-02 00:00:00")).email == BERT


async def test_a_formula_counts_as_what_it_came_to(inside: Ground):
    sheet = workbook(["id", "email"], ["1", "=A2"])
    with zipfile.ZipFile(io.BytesIO(sheet)) as packed:
        cells = packed.read("xl/worksheets/sheet1.xml").replace(b"<v></v>", b"<v>anna@example.com</v>")
        cells = cells.replace(b"<v />", b"<v>anna@example.com</v>").replace(b'r="B2"', b'r="B2" t="str"')
    await bring(reading.read(repacked(sheet, {"xl/worksheets/sheet1.xml": cells})))
    assert (await anna()).email == ANNA


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_entities_are_not_unfolded(name: str):
    sheet = workbook(["id", "email"], ["1", ANNA])
    with zipfile.ZipFile(io.BytesIO(sheet)) as packed:
        text = packed.read(name).decode()
    evil = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    head, _, body = text.partition("?>") if text.startswith("<?xml") else ("", "", text)
    bomb = f"{head}{'?>' if head else ''}{evil}{body}".replace(ANNA, "&b;&c;").encode()
    with pytest.raises(reading.NotReadable):
        list(reading.read(repacked(sheet, {name: bomb})))


@pytest.mark.parametrize(("name", "megabytes"), [("xl/media/image.png", 501), ("xl/sharedStrings.xml", 101)])
def test_what_unpacks_to_too_much_is_not_unpacked(name: str, megabytes: int):
    bomb = repacked(workbook(["id"], ["1"]), {name: b" " * megabytes * 1_000_000})
    assert len(bomb) < 2_000_000
    with pytest.raises(reading.NotReadable, match="file_too_large"):
        list(reading.read(bomb))


def test_a_form_takes_less_than_the_machine():
    swollen = repacked(SHEET, {"xl/media/image.png": b"<" * 51_000_000})
    assert len(list(reading.read(swollen))) == 2
    with pytest.raises(reading.NotReadable, match="file_too_large"):
        list(reading.read(swollen, limits=reading.IN_A_FORM))


def sheet_of(rows: bytes) -> bytes:
    """A workbook whose only sheet holds ``rows`` as XML."""
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = b'<worksheet xmlns="' + space + b'"><sheetData>' + rows + b"</sheetData></worksheet>"
    return repacked(SHEET, {"xl/worksheets/sheet1.xml": sheet})


def inline(text: bytes) -> bytes:
    return b'<row><c t="inlineStr"><is><t>' + text + b"</t></is></c></row>"


def test_a_small_file_of_very_many_rows_is_not_read_to_its_end():
    bomb = sheet_of(inline(b"id") + inline(b"1") * 1_000)
    assert len(bomb) < 20_000
    assert len(list(reading.read(bomb, limits=reading.Limits(rows=1_000, unpacked_bytes=1_000_000)))) == 1_000
    with pytest.raises(reading.TooManyRows) as refused:
        list(reading.read(bomb, limits=reading.Limits(rows=999, unpacked_bytes=1_000_000)))
    assert refused.value.values == {"most": 999}
    assert reading.IN_A_FORM.rows == 200_000


def test_a_cell_of_megabytes_is_not_read_at_all():
    bomb = sheet_of(inline(b"id") + inline(b"1" * 40_000_000))
    assert len(bomb) < 200_000
    tracemalloc.start()
    with pytest.raises(reading.NotReadable, match="file_too_large"):
        list(reading.read(bomb, limits=reading.IN_A_FORM))
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "content",
    [b"PK", b"PK\x03\x04 and no more", b'id,email\n1,"never closed', b"id,email\n1,\x00", b"i\x00d\x00,\x00", b""],
)
def test_what_is_no_file_of_customers_is_said_to_be_none(content: bytes):
    with pytest.raises((reading.NotReadable, columns.NoSuchColumn)):
        list(reading.read(content))


@given(st.data())
@settings(max_examples=60)
def test_a_broken_spreadsheet_is_read_or_refused(data: st.DataObject):
    sheet = bytearray(SHEET)
    for _ in range(data.draw(st.integers(1, 20))):
        sheet[data.draw(st.integers(4, len(sheet) - 1))] = data.draw(st.integers(0, 255))
    try:
        list(reading.read(bytes(sheet)))
    except (reading.NotReadable, columns.NoSuchColumn):
        return


async def test_a_mapping_says_what_a_header_does_not(inside: Ground):
    await bring_file("Nr,Adresse,Extra\n1,anna@example.com,x\n", external_id="Nr", email="Adresse")
    assert (await anna()).email == ANNA


@pytest.mark.parametrize("mapping", [{"email": "Adresse"}, {}])
async def test_a_column_that_is_not_there_is_named(inside: Ground, mapping: dict[str, str]):
    with pytest.raises(columns.NoSuchColumn):
        await bring_file("Nummer,Vorname\n1,Anna\n", **mapping)


# Rows


async def test_every_refused_row_is_named_with_its_reason_and_its_number(inside: Ground):
    report = await bring_file(
        f"{HEADER}\n"
        "1;anna@example.com;Anna;Linde;030 1234567;DE;1980-11-03\n"
        ";;;;;;\n"
        ";;Niemand;;;;\n"
        "2;anna;Bert;;12;Preußen;3.11.80\n"
        "3;ANNA@example.com;;;;;\n"
        "1;other@example.com;;;;;\n"
        f"4;clara@example.com;{'x' * 201};;;;\n"
        "5;clara@example.com;Clara;;;;\n"
    )
    assert (report.created, report.updated, report.unchanged) == (2, 0, 0)
    assert told(report) == [
        (4, "email", "nobody_named"),
        (5, "email", "no_email"),
        (5, "country", "no_country"),
        (5, "phone", "no_phone"),
        (5, "birth_date", "no_date"),
        (6, "email", "repeated_in_file"),
        (7, "external_id", "repeated_in_file"),
        (8, "given_name", "too_long"),
    ]


async def test_a_row_from_the_future_is_refused_beside_its_dates(inside: Ground):
    report = await bring(
        [
            {"external_id": "1", "birth_date": "2045-05-01", "customer_since_date": "1.1.2027"},
            {"external_id": "2", "birth_date": "1.5.1845", "customer_since_date": "1.5.1845"},
        ]
    )
    assert report.created == 0
    assert told(report) == [
        (2, "birth_date", "date_ahead"),
        (2, "customer_since_date", "date_ahead"),
        (3, "birth_date", "born_too_early"),
    ]


async def test_a_telephone_number_is_read_by_the_rows_country_else_by_the_companys(inside: Ground):
    rows = [
        {"external_id": "1", "phone": "01 234567", "country": "Österreich"},
        {"external_id": "2", "phone": "030 1234567"},
    ]
    await bring(rows)
    phones = [person.phone for person in await opened.people()]
    assert phones == ["+431234567", "+49301234567"]


async def test_an_austrian_companys_numbers_are_austrian_however_they_come_in(inside: Ground):
    await describing.describe(profile=msgspec.structs.replace(whole.PROFILE, country="AT"), at=NOON)
    await bring([{"external_id": "1", "phone": "01 234567"}])
    await registering.register(record=Record(external_id="2", phone="01 234568"), source="api", at=NOON)
    phones = [person.phone for person in await opened.people()]
    assert phones == ["+431234567", "+431234568"]


async def test_an_import_is_noted_with_its_actor_and_figures_and_a_dry_run_is_not(inside: Ground):
    rows = [{"external_id": "1", "email": ANNA}, {"external_id": "2", "email": "no", "phone": "no"}]
    await bring(rows, dry_run=True)
    await bring(rows)
    noted = await ground.fetch("SELECT actor, detail FROM audit_entry WHERE action = 'customers.imported'")
    assert [(each["actor"], msgspec.json.decode(each["detail"])) for each in noted] == [
        ("system:test", {"created": 1, "updated": 0, "refused": 1})
    ]


async def test_the_same_file_again_changes_nothing(inside: Ground):
    text = f"{HEADER}\n1;anna@example.com;Anna;Linde;030 1234567;DE;3.11.1980\n;bert@example.com;Bert;;;;\n"
    assert (await bring_file(text)).created == 2
    before = await ground.fetch("SELECT * FROM customer ORDER BY id")
    report = await bring(reading.read(text.encode()), at=NOON + HOUR)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)
    assert await ground.fetch("SELECT * FROM customer ORDER BY id") == before


async def test_a_known_person_is_found_by_either_name_and_only_what_is_said_changes(inside: Ground):
    await bring([{"external_id": "1", "email": ANNA, "given_name": "Anna", "phone": "030 1234567"}])
    for row in ({"external_id": "1", "family_name": "Linde"}, {"email": ANNA.upper(), "family_name": "Eiche"}):
        report = await bring([row], at=NOON + HOUR)
        assert (report.created, report.updated) == (0, 1)
    person = await anna()
    assert (person.name, person.phone, person.email) == ("Anna Eiche", "+49301234567", ANNA)


async def test_a_lead_becomes_a_customer_by_being_reported(inside: Ground):
    await registering.register(record=Record(email=BERT), source="landing", stage="lead", at=NOON)
    assert (await bring([{"email": BERT}])).updated == 1
    person = await finding.by_email(email=BERT)
    assert person is not None
    assert (person.stage, person.source) == ("customer", "landing")


async def test_a_row_that_names_two_people_is_refused(inside: Ground):
    await bring([{"external_id": "1", "email": ANNA}, {"external_id": "2", "email": BERT}])
    report = await bring([{"external_id": "1", "email": BERT}])
    assert told(report) == [(2, "external_id", "two_people")]
    assert (await anna()).email == ANNA


@pytest.mark.parametrize("chunk", [1, 2, 5_000])
async def test_a_person_named_twice_by_an_old_and_a_new_name_is_taken_once(
    inside: Ground, monkeypatch: pytest.MonkeyPatch, chunk: int
):
    monkeypatch.setattr(importing, "_CHUNK", chunk)
    await bring([{"external_id": "1", "email": ANNA}])
    report = await bring([{"external_id": "1", "email": "new@example.com"}, {"email": ANNA}, {"external_id": "9"}])
    assert told(report) == [(3, "email", "repeated_in_file")]
    assert (report.created, report.updated, (await anna()).email) == (1, 1, "new@example.com")


@pytest.mark.parametrize("chunk", [2, 5_000])
async def test_a_dry_run_reports_what_the_run_reports_and_keeps_nothing(
    inside: Ground, monkeypatch: pytest.MonkeyPatch, chunk: int
):
    monkeypatch.setattr(importing, "_CHUNK", chunk)
    await whole.company(at=NOON)
    await bring([{"external_id": "1", "email": ANNA}, {"external_id": "2"}])
    before = await everything()
    rows = [
        {"external_id": "1", "given_name": "Anna", "survey_consent": BASIS},
        {"external_id": "2", "survey_consent": BASIS},
        {"external_id": "3", "email": ANNA},
        {"external_id": "4", "email": "d@example.com", "recommendation_consent": BASIS},
        {"external_id": "4", "email": "e@example.com"},
        {"external_id": "5", "country": "Preußen"},
        {"external_id": "2"},
    ]
    dry = await bring(rows, dry_run=True)
    assert await everything() == before
    assert dry == await bring(rows)
    assert (dry.created, dry.updated, dry.unchanged, dry.consents) == (1, 1, 1, 2)
    assert [number for number, *_ in told(dry)] == [3, 4, 6, 7]


async def everything() -> list[Any]:
    return [await ground.fetch(f"SELECT * FROM {table} ORDER BY id") for table in ("customer", "consent_event")]


async def test_nothing_is_half_done_when_reading_fails_in_the_middle(inside: Ground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importing, "_CHUNK", 2)

    def breaking() -> Iterator[dict[str, object]]:
        yield from ({"external_id": str(number)} for number in range(7))
        raise reading.NotReadable("errors.customers.not_readable", field="file")

    with pytest.raises(reading.NotReadable):
        async with ground.savepoint():
            await bring(breaking())
    assert await ground.fetch("SELECT FROM customer") == []


async def test_an_import_beside_a_fault_of_the_database_stops_as_a_whole(
    inside: Ground, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(importing, "_CHUNK", 1)
    await ground.execute("SET LOCAL transaction_read_only = on")
    with pytest.raises(Exception, match="read-only"):
        await bring([{"external_id": str(number)} for number in range(5)])


# Consents


async def may(who: UUID, purpose: str = "survey", email: str = ANNA) -> bool:
    return await checking.allowed(customer=who, email=email, purpose=purpose, channel="email")


async def test_a_consent_comes_with_its_row_and_keeps_its_basis(inside: Ground):
    await whole.company(at=NOON)
    report = await bring_file(
        f"id;email;Einwilligung Umfrage;Einwilligung Empfehlung\n1;Anna@example.com;{BASIS};\n2;bert@example.com;;\n"
    )
    assert (report.created, report.consents) == (2, 1)
    person = await anna()
    assert await may(person.id)
    assert not await may(person.id, "recommendation")
    (event,) = await consents.story(customer=person.id)
    assert (event.state, event.source, event.wording) == ("given", "file", "Ja, survey.")
    assert event.evidence["basis"] == BASIS
    assert (event.evidence["imported"], len(event.evidence["address"])) == (True, 64)
    # Given for this address, it does not follow to another (§ 7 UWG).
    assert not await may(person.id, email="other@example.com")


async def test_a_consent_to_be_evaluated_comes_with_its_row_and_is_refused_where_nobody_asks_for_it(inside: Ground):
    await whole.company(at=NOON)
    row = {"external_id": "1", "email": ANNA, "profile_consent": BASIS}
    assert told(await bring([row])) == [(2, "profile_consent", "purpose_unknown")]
    await segmented.offer_profiling(at=NOON)
    assert (await bring_file(f"id;email;Einwilligung Profil\n1;{ANNA};{BASIS}\n")).consents == 1
    assert await may((await anna()).id, "profile")
    assert not await may((await anna()).id)


async def test_a_known_persons_consent_is_for_the_address_they_have(inside: Ground):
    await whole.company(at=NOON)
    await bring([{"external_id": "1", "email": ANNA}])
    assert (await bring([{"external_id": "1", "survey_consent": BASIS}])).consents == 1
    assert await may((await anna()).id)


async def test_the_same_consent_again_is_not_recorded_twice(inside: Ground):
    await whole.company(at=NOON)
    rows = [{"external_id": "1", "email": ANNA, "survey_consent": BASIS, "recommendation_consent": BASIS}]
    assert [(await bring(rows)).consents for _ in range(2)] == [2, 0]


@pytest.mark.parametrize("email", ["anna+crm@example.com", "Anna+a+b@EXAMPLE.com"])
async def test_a_stop_of_a_mailbox_holds_for_what_only_sorts_its_mail(inside: Ground, email: str):
    await whole.company(at=NOON)
    rows = [{"external_id": "2", "email": email, "survey_consent": BASIS, "recommendation_consent": BASIS}]
    assert (await bring(rows, dry_run=True)).consents == 2
    await suppressing.suppress(email=ANNA, purpose="survey", reason="withdrawal", at=NOON)
    assert (await bring(rows, dry_run=True)).consents == 1
    await suppressing.suppress(email=ANNA, reason="objection", at=NOON)
    assert (await bring(rows)).consents == 0


async def test_a_row_whose_consent_cannot_be_kept_is_refused_whole(inside: Ground):
    await whole.company(at=NOON)
    report = await bring(
        [
            {"external_id": "1", "email": ANNA, "survey_consent": "ja"},
            {"external_id": "2", "email": BERT, "survey_consent": "nein", "recommendation_consent": "x" * 3000},
            {"external_id": "3", "survey_consent": BASIS},
        ]
    )
    assert told(report) == [
        (2, "survey_consent", "no_basis"),
        (3, "survey_consent", "no_basis"),
        (3, "recommendation_consent", "too_long"),
        (4, "email", "consent_without_email"),
    ]
    assert (report.created, report.consents) == (0, 0)


async def test_a_purpose_nobody_published_a_text_for_is_refused(inside: Ground):
    report = await bring([{"external_id": "1", "email": ANNA, "survey_consent": BASIS}, {"external_id": "2"}])
    assert told(report) == [(2, "survey_consent", "purpose_unknown")]
    assert report.created == 1


async def test_an_import_comes_over_no_withdrawal_no_refusal_and_no_stop(inside: Ground):
    await whole.company(at=NOON)
    people = {name: await whole.person(f"{name}@example.com", at=NOON) for name in ("wd", "refused", "stop", "one")}
    await withdrawing.withdraw(customer=people["wd"], email="wd@example.com", source="portal", at=NOON)
    await requesting.request(
        customer=people["refused"],
        email="refused@example.com",
        offered=Offered(boxes={"survey": False}, language="de", source="landing"),
        at=NOON,
    )
    await suppressing.suppress(email="stop@example.com", reason="complaint", at=NOON)
    await suppressing.suppress(email="one@example.com", purpose="survey", reason="objection", at=NOON)
    rows = [
        {"email": f"{name}@example.com", "survey_consent": BASIS, "recommendation_consent": BASIS} for name in people
    ]
    report = await bring(rows, at=NOON + HOUR)
    assert (report.unchanged, told(report)) == (4, [])
    allowed = {
        (name, purpose)
        for name, who in people.items()
        for purpose in ("survey", "recommendation")
        if await may(who, purpose, f"{name}@example.com")
    }
    assert allowed == {("refused", "recommendation"), ("one", "recommendation")}
    assert report.consents == 2


async def test_a_stop_outlives_the_record_it_was_said_by(inside: Ground):
    await whole.company(at=NOON)
    gone = await whole.person(ANNA, at=NOON)
    await withdrawing.withdraw(customer=gone, email=ANNA, source="portal", at=NOON)
    await ground.execute("DELETE FROM customer WHERE id = $1", gone)
    report = await bring([{"external_id": "1", "email": ANNA, "survey_consent": BASIS}])
    assert (report.created, report.consents) == (1, 0)
    assert not await may((await anna()).id)


# Anything at all

CELL = st.one_of(
    st.text(st.one_of(st.characters(), st.sampled_from("\x00\ud800\udfff@.+049 \n")), max_size=60),
    st.sampled_from([ANNA, "+49301234567", "DE", "2026-11-03", BASIS, "1"]),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(st.lists(st.dictionaries(st.sampled_from(reading.FIELDS), CELL), max_size=6))
@settings(max_examples=150)
async def test_whatever_stands_in_a_cell_is_stored_or_reported(inside: Ground, rows: list[dict[str, object]]):
    dry = await bring(rows, dry_run=True)
    real = await bring(rows, dry_run=True)
    assert (dry, told(dry)) == (real, told(real))
    said = {number for number, row in enumerate(rows, 2) if any(value not in (None, "") for value in row.values())}
    refused = {row.number for row in dry.refused}
    assert refused <= said
    assert dry.created + dry.updated + dry.unchanged == len(said - refused)


async def test_what_changed_of_a_person_is_noted_masked_and_what_stayed_is_not(inside: Ground):
    first = Record(external_id="K-1", email="anna@amsel.example", phone="+49301234567", given_name="Anna")
    anna = (await registering.register(record=first, source="test", at=NOON)).id
    await registering.register(record=first, source="test", at=NOON)
    assert (await listing.page(subject=anna)).rows == []
    moved = Record(external_id="K-1", email="anna@birke.example", given_name="Anna")
    await registering.register(record=moved, source="test", at=NOON)
    rows = [{"external_id": "K-1", "phone": "+49307654321"}]
    await importing.import_rows(rows, source="test", actor="staff:x", dry_run=False, at=NOON)
    noted = {entry.actor: entry.changes for entry in (await listing.page(subject=anna)).rows}
    assert noted == {
        "system:test": {"email": ["a…@a…", "a…@b…"]},
        "staff:x": {"phone": ["…67", "…21"]},
    }
