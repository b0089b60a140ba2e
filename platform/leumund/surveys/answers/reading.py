"""Read past answers from CSV and XLSX: what a column means is told or guessed, and every bad row is named.

A row without a mark, or with one that stands for none, is no answer and no fault: it is counted apart.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from itertools import islice

import msgspec

from leumund.customers.intake import columns
from leumund.customers.intake import reading as files
from leumund.customers.intake.columns import NoSuchColumn
from leumund.customers.intake.importing import RefusedRow
from leumund.customers.intake.reading import AT_THE_MACHINE, TooManyRows
from leumund.customers.intake.repeating import RepeatedInFile
from leumund.customers.notation import normalising
from leumund.kit import free_text
from leumund.kit.faults import Refused
from leumund.surveys.answers import supplementing
from leumund.surveys.answers.importing import PastAnswer
from leumund.surveys.answers.supplementing import Beside, Supplement

MOST_ROWS = 1_000_000
_NEEDED = ("ref", "score")
_HEADERS = {
    "ref": ("id", "answer id", "response id", "respondent", "antwort-nr"),
    "external_id": ("customer id", "customer number", "kundennummer", "kunden-nr"),
    "score": ("nps", "rating", "bewertung", "likely to recommend"),
    "comment": ("reason", "kommentar", "grund"),
    "language": ("sprache",),
    "answered_at": ("date", "answered", "datum"),
    "weight": ("gewicht",),
}
FIELDS = tuple(_HEADERS)
# What numeric(12, 10) holds.
_WEIGHT_STEP, _WEIGHT_BELOW = Decimal("1e-10"), 100


class NoScore(Refused):
    """Not a mark from 0 to 10."""


class NoRef(Refused):
    """Nothing names this answer, so it could come in twice."""


class NoWeight(Refused):
    """Not a sampling weight above 0 and below 100."""


class NoMoment(Refused):
    """Nobody says when this was answered."""


class Past(msgspec.Struct, kw_only=True):
    """What stands in a file: its answers, how many rows hold none, and the rows that are wrong."""

    answers: list[PastAnswer]
    blank: int
    refused: list[RefusedRow]


class Otherwise(msgspec.Struct, frozen=True, kw_only=True):
    """What a file does not say itself: its answers' language, and their day where it has no dates."""

    language: str
    answered_on: date | None = None


def read(
    content: bytes,
    *,
    otherwise: Otherwise,
    mapping: Mapping[str, str] | None = None,
    blanks: Collection[str] = (),
    beside: Beside | None = None,
) -> Past:
    """The file's answers; ``mapping`` gives a field's column and ``blanks`` the marks that stand for no answer.

    Raises NotReadable, TooManyRows, NoSuchColumn, and what ``supplementing.require`` does.
    """
    headers, filled = files.numbered(content, limits=AT_THE_MACHINE)
    rows = list(islice(filled, MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise TooManyRows("errors.customers.too_many_rows", field="file", most=MOST_ROWS)
    places = _places(headers, mapping or {})
    more = _more(headers, beside)
    past, seen = Past(answers=[], blank=0, refused=[]), set[str]()
    for number, values in rows:
        given = {field: text for field, place in places.items() if (text := _cell(values, place))}
        if given.get("score", "") in ("", *blanks):
            past.blank += bool(given)
            continue
        try:
            answer = _answer(given, otherwise, more(values))
            if answer.ref in seen:
                raise RepeatedInFile("errors.customers.repeated_in_file", field="ref", value=answer.ref)
        except Refused as fault:
            field = fault.field or ""
            past.refused.append(RefusedRow(number=number, field=field, key=fault.key, values=fault.values))
            continue
        seen.add(answer.ref)
        past.answers.append(answer)
    return past


def _places(headers: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    places = columns.places(headers, mapping=mapping, fields=_HEADERS)
    for field in _NEEDED:
        if field not in places:
            raise NoSuchColumn("errors.surveys.no_column_for", field=field, name=field)
    return places


def _more(headers: Sequence[str], beside: Beside | None) -> Callable[[Sequence[object]], Supplement]:
    """What reads the rest of a row."""
    if beside is None:
        return lambda _: Supplement()
    supplementing.require(beside)
    for field, column in (*beside.marks.items(), *beside.facts.items()):
        if column not in headers:
            raise NoSuchColumn("errors.customers.no_such_column", field=field, column=column)
    places = {column: headers.index(column) for column in (*beside.marks.values(), *beside.facts.values())}
    return lambda values: supplementing.read(lambda column: _cell(values, places[column]), beside=beside)


def _cell(values: Sequence[object], place: int) -> str:
    """A cell as text; a spreadsheet's 9.0 is a 9."""
    value = values[place] if place < len(values) else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _answer(given: Mapping[str, str], otherwise: Otherwise, more: Supplement) -> PastAnswer:
    if "ref" not in given:
        raise NoRef("errors.surveys.no_ref", field="ref")
    return PastAnswer(
        ref=_named(given["ref"], "ref"),
        external_id=_named(given["external_id"], "external_id") if "external_id" in given else None,
        score=_score(given["score"]),
        comment=free_text.checked(given.get("comment", ""), field="comment"),
        language=normalising.language(given["language"]) if "language" in given else otherwise.language,
        answered_at=_moment(given.get("answered_at", ""), otherwise.answered_on),
        weight=_weight(given["weight"]) if "weight" in given else None,
        marks=more.marks,
        facts=more.facts,
    )


def _named(text: str, field: str) -> str:
    try:
        return normalising.external_id(text)
    except Refused as fault:
        fault.field = field
        raise


def _score(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 <= int(text[:3]) <= 10 or len(text) > 2:
        raise NoScore("errors.surveys.no_score", field="score", value=text[:40])
    return int(text)


def _moment(text: str, answered_on: date | None) -> datetime:
    """A day without a time of day is its noon, which is the same day nearly everywhere."""
    day = answered_on
    if text:
        try:
            moment = datetime.fromisoformat(text)
            if moment.time() != time() or moment.tzinfo:
                return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            day = moment.date()
        except ValueError:
            day = normalising.day(text, field="answered_at")
    if day is None:
        raise NoMoment("errors.surveys.no_moment", field="answered_at")
    return datetime.combine(day, time(12), UTC)


def _weight(text: str) -> Decimal:
    try:
        weight = Decimal(text.replace(",", "."))
        if weight.is_finite() and 0 < (exact := weight.quantize(_WEIGHT_STEP)) < _WEIGHT_BELOW:
            return exact
    except InvalidOperation:
        pass
    raise NoWeight("errors.surveys.no_weight", field="weight", value=text[:40])
