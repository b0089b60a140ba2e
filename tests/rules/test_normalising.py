"""What people and files say is written one way, or refused with a reason; nothing else comes out of it."""

import string
import time
from datetime import date, datetime

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leumund.customers.intake import permitting, reading
from leumund.customers.notation import dialling, normalising
from leumund.customers.records import registering
from leumund.kit import language
from leumund.kit.faults import Refusals, Refused
from tests.conftest import NOON

# Every character there is, with what breaks databases and terminals more often than it would come by itself.
TEXT = st.text(st.one_of(st.characters(), st.sampled_from("\x00\ud800\udfff\u202e \t\n@.+0123456789aä")), max_size=300)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("  Anna.Linde@Example.COM ", "anna.linde@example.com"),
        ("anna+news@example.com", "anna+news@example.com"),
        ("anna@Müller.de", "anna@xn--mller-kva.de"),
        ("anna@xn--mller-kva.de", "anna@xn--mller-kva.de"),
        ("o'neil@example.com", "o'neil@example.com"),
    ],
)
def test_an_address_is_lower_case_with_an_ascii_domain(written: str, stored: str):
    assert normalising.email(written) == stored


@pytest.mark.parametrize(
    "written", ["anna", "anna@", "@example.com", "a b@example.com", "anna@localhost", "ännä@example.com", "a@b..com"]
)
def test_no_mail_reaches_these(written: str):
    with pytest.raises(normalising.NoEmail):
        normalising.email(written)


@pytest.mark.parametrize("written", ["e" + "\u0301" * 48_000 + "@example.com", "a@" + "b" * 250 + ".de"])
def test_what_is_too_long_for_an_address_is_refused_before_it_costs_anything(written: str):
    began = time.process_time()
    with pytest.raises(normalising.NoEmail):
        normalising.email(written)
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("anna.ahorn+self@example.com", "anna.ahorn@example.com"),
        ("anna+a+b@example.com", "anna@example.com"),
        ("annaahorn@example.com", "annaahorn@example.com"),
        ("+49@example.com", "+49@example.com"),
        ("a.n.na+x@gmail.com", "anna@gmail.com"),
        ("an.na@googlemail.com", "anna@gmail.com"),
        ("..@gmail.com", "..@gmail.com"),
    ],
)
def test_what_only_sorts_mail_leads_to_the_same_mailbox(address: str, mailbox: str):
    assert normalising.folded(address) == mailbox


@pytest.mark.parametrize(
    ("written", "country", "stored"),
    [
        ("030 1234567", "DE", "+49301234567"),
        ("(0170) 123-45 67", "DE", "+491701234567"),
        ("0043 1 234567", "DE", "+431234567"),
        ("01 234567", "AT", "+431234567"),
        ("+49 (0)30 1234567", "GB", "+49301234567"),
        ("+390612345678", "DE", "+390612345678"),
    ],
)
def test_a_number_is_read_by_the_persons_country(written: str, country: str, stored: str):
    assert normalising.phone(written, country=country) == stored


@pytest.mark.parametrize("written", ["12", "+4911", "hallo", "+999123456789", "+491234567890123456"])
def test_no_telephone_has_these(written: str):
    with pytest.raises(normalising.NoPhone):
        normalising.phone(written, country="DE")


@given(st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)), st.text(string.digits, max_size=14))
def test_a_number_that_is_not_parsed_would_be_parsed_to_itself(code: int, national: str):
    written = f"+{code}{national}"
    if dialling.is_plain(written):
        number = phonenumbers.parse(written, "DE")
        assert phonenumbers.is_possible_number(number)
        assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == written


@pytest.mark.parametrize("written", ["DE", "de", "Germany", "Deutschland", " deutschland "])
def test_a_country_is_its_code_whatever_it_is_called(written: str):
    assert normalising.country(written) == "DE"


@pytest.mark.parametrize(
    ("written", "stored"), [("USA", "US"), ("Österreich", "AT"), ("uk", "GB"), ("Türkei", "TR"), ("Schweiz", "CH")]
)
def test_countries_have_more_than_one_name(written: str, stored: str):
    assert normalising.country(written) == stored


@pytest.mark.parametrize("written", ["EU", "ZZ", "Preußen", "D", "276"])
def test_these_are_no_countries(written: str):
    with pytest.raises(normalising.NoCountry):
        normalising.country(written)


@pytest.mark.parametrize("written", ["de", "DE", "de-AT", "de_CH", "Deutsch", "german"])
def test_a_language_is_its_code(written: str):
    assert normalising.language(written) == "de"


@pytest.mark.parametrize(
    "written",
    ["2026-11-03", "3.11.2026", "03.11.2026", " 2026-11-03 ", "2026-11-03 00:00:00", "2026-11-03T23:59:59.5+02:00"],
)
def test_a_date_is_read_one_way(written: str):
    assert normalising.day(written, field="birth_date") == date(2026, 11, 3)


def test_a_spreadsheets_own_date_is_one():
    assert normalising.day(datetime(2026, 11, 3, 12), field="birth_date") == date(2026, 11, 3)


@pytest.mark.parametrize(
    "written",
    ["03/11/2026", "3.11.26", "2026-11-31", "2026-11-03abc", "0000-01-01", "45000", "٢٠٢٦-١١-٠٣", "1.1.20266"],
)
def test_a_date_that_could_be_another_is_none(written: str):
    with pytest.raises(normalising.NoDate):
        normalising.day(written, field="birth_date")


@pytest.mark.parametrize("written", ["2026-11-25", "1.1.3000", date(2027, 1, 1), datetime(2026, 11, 25)])
@pytest.mark.parametrize("way", [normalising.past_day, normalising.birth_day])
def test_what_was_is_not_ahead(way, written: str | date):
    with pytest.raises(normalising.NotThen) as refused:
        way(written, field="birth_date", at=NOON)
    assert (refused.value.key, refused.value.field) == ("errors.customers.date_ahead", "birth_date")


def test_today_has_begun_even_where_the_day_begins_first():
    assert normalising.past_day("2026-11-24", field="birth_date", at=NOON) == date(2026, 11, 24)
    assert normalising.birth_day("1900-01-01", field="birth_date", at=NOON) == date(1900, 1, 1)


def test_nobody_alive_was_born_before_1900():
    with pytest.raises(normalising.NotThen):
        normalising.birth_day("31.12.1899", field="birth_date", at=NOON)
    assert normalising.past_day("31.12.1899", field="customer_since_date", at=NOON) == date(1899, 12, 31)


def test_a_name_is_one_line():
    assert normalising.name(" Anna\r\nBcc:\x00 Maria  ", field="given_name") == "Anna Bcc: Maria"


@pytest.mark.parametrize("say", [normalising.external_id, lambda text: normalising.name(text, field="given_name")])
def test_half_a_character_is_no_text(say):
    with pytest.raises(normalising.NoText):
        say("Anna\ud83d")


def test_a_number_of_the_companys_own_stays_as_it_writes_it():
    assert normalising.external_id(" 00047-B ") == "00047-B"
    with pytest.raises(normalising.NoText):
        normalising.external_id("47\x00")
    with pytest.raises(normalising.TooLong):
        normalising.external_id("4" * 201)


@pytest.mark.parametrize(
    ("headings", "field"),
    [
        (("KD-Nr", "Kd.-Nr.", "Kunden Nr", "Customer No", "customer_no"), "external_id"),
        (("E-Mail Adresse", "EMAIL"), "email"),
        (("Firstname", "Vorname"), "given_name"),
        (("Lastname", "Nachname"), "family_name"),
        (("Handy", "Handynummer", "Telefon mobil"), "phone"),
        (("Country code", "Ländercode", "Land"), "country"),
        (("Sprachcode", "Sprache"), "language"),
        (("geboren am", "Born"), "birth_date"),
        (("since", "Mitglied seit", "Kunde seit"), "customer_since_date"),
    ],
)
def test_a_heading_is_known_by_what_people_write_over_their_columns(headings: tuple[str, ...], field: str):
    for heading in headings:
        assert reading.guess([f" {heading} ", "Bemerkung"]) == {field: f" {heading} "}


@pytest.mark.parametrize(
    "cell",
    [
        "Haken im Kundenkonto am 2024-05-01: „Ja, fragen Sie mich“",
        "Ticked on the paper form, May 2024",
        "Form no. 12: nobody has to agree, and I do",
        "Formular 7, angekreuzt bei „Ja, bis ich widerrufe; wird das nicht erteilt, entsteht kein Nachteil“",
    ],
)
def test_a_basis_says_how_a_consent_was_given(cell: str):
    assert permitting.bases({"survey_consent": cell}, asked_for={"survey"}) == {"survey": cell}


@pytest.mark.parametrize(
    "cell",
    [
        "ja",
        "x",
        "1",
        "true",
        "nein",
        "Nein, danke, auf keinen Fall",
        "nicht erteilt am 2024-05-01",
        "No, not at all",
        "- nein, danke",
        "„Nein, danke“",
        "Kunde hat nicht zugestimmt",
        "Hat am 3.5. telefonisch abgelehnt",
        "Er lehnte am Stand ab",
        "Customer did not consent",
        "She didn't agree on the phone",
        "Signed form without consent",
        "Declined, then refused",
    ],
)
def test_yes_and_no_are_no_basis_and_a_no_never_becomes_a_yes(cell: str):
    with pytest.raises(Refusals) as refused:
        permitting.bases({"survey_consent": cell}, asked_for={"survey"})
    assert isinstance(refused.value.faults[0], permitting.NoBasis)


@pytest.mark.parametrize("cell", ["", "  ", "\n"])
def test_an_empty_cell_is_no_consent(cell: str):
    assert permitting.bases({"survey_consent": cell}, asked_for={"survey"}) == {}


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(reading.FIELDS, TEXT)))
def test_whatever_stands_in_a_cell_is_taken_or_refused_in_words(row: dict[str, str]):
    for read in (
        lambda: registering.read(row, at=NOON, default_country="DE"),
        lambda: permitting.bases(row, asked_for={"survey"}),
    ):
        try:
            read()
        except Refusals as refused:
            for fault in refused.faults:
                assert isinstance(fault, Refused)
                # A report is written to a terminal and to pages: what it quotes can be encoded.
                assert language.text(fault.key, "de", **fault.values).encode()


@given(TEXT, st.sampled_from(["DE", "AT", "GB", "US", None]))
def test_a_telephone_number_fits_its_column(text: str, country: str | None):
    try:
        stored = normalising.phone(text, country=country)
    except normalising.NoPhone:
        return
    assert dialling.E164.fullmatch(stored)


@given(TEXT)
def test_an_address_that_is_taken_is_taken_again_as_it_is(text: str):
    try:
        stored = normalising.email(text)
    except normalising.NoEmail:
        return
    assert normalising.email(stored) == stored
    assert stored.isascii()
