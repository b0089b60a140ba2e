"""Write postings as DATEV reads them: an EXTF "Buchungsstapel", header 700, category 21, format 13; no row is read.

Source: DATEV developer portal, "Formate: Header" and "Buchungsstapel". A line of the header, one of headings, and one
for each posting, in 125 columns; CP1252, semicolons, texts in quotes, numbers bare, lines ended as on Windows.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

import msgspec

ENCODING, LINE = "cp1252", "\r\n"
# More than that DATEV does not take from one file.
MOST_LINES = 99_999
_LONGEST_TEXT, _LONGEST_NAME = 60, 30
_REFERENCE = re.compile(r"[^\w$%/-]", re.ASCII)
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f]")
_MOST_CENTS = 999_999_999_999
_BEFORE = (
    "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basis-Umsatz;WKZ Basis-Umsatz;Konto;"
    "Gegenkonto (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;Belegfeld 1;Belegfeld 2;Skonto;Buchungstext;Postensperre;"
    "Diverse Adressnummer;Geschäftspartnerbank;Sachverhalt;Zinssperre;Beleglink"
)
_BETWEEN = (
    "KOST1 - Kostenstelle;KOST2 - Kostenstelle;Kost-Menge;EU-Land u. UStID (Bestimmung);EU-Steuersatz (Bestimmung);"
    "Abw. Versteuerungsart;Sachverhalt L+L;Funktionsergänzung L+L;BU 49 Hauptfunktionstyp;BU 49 Hauptfunktionsnummer;"
    "BU 49 Funktionsergänzung"
)
_AFTER = (
    "Stück;Gewicht;Zahlweise;Forderungsart;Veranlagungsjahr;Zugeordnete Fälligkeit;Skontotyp;Auftragsnummer;"
    "Buchungstyp;USt-Schlüssel (Anzahlungen);EU-Land (Anzahlungen);Sachverhalt L+L (Anzahlungen);"
    "EU-Steuersatz (Anzahlungen);Erlöskonto (Anzahlungen);Herkunft-Kz;Buchungs GUID;KOST-Datum;SEPA-Mandatsreferenz;"
    "Skontosperre;Gesellschaftername;Beteiligtennummer;Identifikationsnummer;Zeichnernummer;Postensperre bis;"
    "Bezeichnung SoBil-Sachverhalt;Kennzeichen SoBil-Buchung;Festschreibung;Leistungsdatum;"
    "Datum Zuord. Steuerperiode;Fälligkeit;Generalumkehr (GU);Steuersatz;Land;Abrechnungsreferenz;BVV-Position;"
    "EU-Land u. UStID (Ursprung);EU-Steuersatz (Ursprung);Abw. Skontokonto"
)
COLUMNS = (
    *_BEFORE.split(";"),
    *(f"Beleginfo - {part} {n}" for n in range(1, 9) for part in ("Art", "Inhalt")),
    *_BETWEEN.split(";"),
    *(part.format(n) for n in range(1, 21) for part in ("Zusatzinformation - Art {}", "Zusatzinformation- Inhalt {}")),
    *_AFTER.split(";"),
)
# By number, from one: what is a text is quoted even where it is empty.
_TEXTS = frozenset(
    {2, 3, 6, 9, 11, 12, 14, 16, 20, *range(21, 37), 37, 38, 40, 42, *range(48, 88), 91, 95, 96, 98, 102, 103}
    | {105, 107, 109, 110, 112, 118, 120, 121, 123}
)


class TooLarge(ValueError):
    """More money than a line of DATEV's holds: ten digits before the comma."""


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    """Whose books a file is for, of which days (within one fiscal year), and whether what is in it is fixed."""

    consultant: int
    client: int
    account_digits: int
    year_begins: date
    first: date
    last: date
    name: str
    currency: str
    fixed: bool
    made_at: datetime


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """``cents`` minor units booked to ``account`` as debit (Soll) and to ``contra`` as credit (Haben)."""

    cents: int
    digits: int
    account: str
    contra: str
    day: date
    reference: str
    text: str


def write(stack: Stack, bookings: Sequence[Booking]) -> bytes:
    """The file, byte for byte. Raises TooLarge."""
    assert len(bookings) <= MOST_LINES, "the caller cuts"
    assert all(stack.first <= each.day <= stack.last for each in bookings), "a file is of its days"
    lines = [_header(stack), ";".join(COLUMNS), *(_line(each, stack) for each in bookings)]
    return LINE.join([*lines, ""]).encode(ENCODING, errors="replace")


def year_begin(day: date, *, month: int) -> date:
    """When the fiscal year of ``day`` began, if years begin with ``month``."""
    return date(day.year if day.month >= month else day.year - 1, month, 1)


def _header(stack: Stack) -> str:
    made = f"{stack.made_at:%Y%m%d%H%M%S}{stack.made_at.microsecond // 1000:03}"
    days = [f"{day:%Y%m%d}" for day in (stack.year_begins, stack.first, stack.last)]
    fields = [
        *(_quoted("EXTF"), "700", "21", _quoted("Buchungsstapel"), "13", made, "", _quoted("RE"), '""', '""'),
        *(str(stack.consultant), str(stack.client), days[0], str(stack.account_digits), days[1], days[2]),
        *(_quoted(stack.name[:_LONGEST_NAME]), '""', "1", "0", _bit(stack.fixed), _quoted(stack.currency)),
        *("", '""', "", "", '""', "", "", '""', '""'),
    ]
    return ";".join(fields)


def _line(each: Booking, stack: Stack) -> str:
    told = {
        1: amount(each.cents, digits=each.digits),
        2: "S",
        3: stack.currency,
        7: each.account,
        8: each.contra,
        10: f"{each.day:%d%m}",
        11: _REFERENCE.sub("", each.reference)[:36],
        14: each.text[:_LONGEST_TEXT],
        114: _bit(stack.fixed),
    }
    return ";".join(_cell(number, told.get(number, "")) for number in range(1, len(COLUMNS) + 1))


def amount(cents: int, *, digits: int) -> str:
    """``25,00``: always two decimals, whatever the currency has. Raises TooLarge."""
    scaled = cents * 100 // 10**digits
    if not 0 < scaled <= _MOST_CENTS:
        raise TooLarge(str(cents))
    return f"{scaled // 100},{scaled % 100:02}"


def cut(bookings: Sequence[Booking]) -> Iterator[Sequence[Booking]]:
    """``bookings`` in parts that a file takes; one empty part where there are none."""
    for first in range(0, max(len(bookings), 1), MOST_LINES):
        yield bookings[first : first + MOST_LINES]


def _cell(number: int, value: str) -> str:
    return _quoted(value) if number in _TEXTS else value


def _quoted(text: str) -> str:
    plain = _UNPRINTED.sub(" ", text).replace('"', '""')
    return f'"{plain}"'


def _bit(value: bool) -> str:
    return "1" if value else "0"
