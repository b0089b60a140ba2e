"""Bring many customers in at once: every row is taken, or refused with its reason; nobody comes in twice.

A dry run is the real run, undone: it cannot report anything else.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.company import agreeing, describing
from leumund.consent.giving import importing as consents
from leumund.consent.giving.importing import Given
from leumund.customers.intake import permitting, storing
from leumund.customers.intake.repeating import Seen
from leumund.customers.notation import normalising
from leumund.customers.records import registering
from leumund.customers.records.finding import Person
from leumund.customers.records.keeping import Words
from leumund.customers.records.registering import Record
from leumund.kit import ground, turns
from leumund.kit.faults import Refusals, Refused

_CHUNK = 5_000
_DATES = ("birth_date", "customer_since_date")


class RefusedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was not taken: its number in the file (the header is row 1), the field, and the sentence's key."""

    number: int
    field: str
    key: str
    values: dict[str, Any]


class Report(msgspec.Struct, kw_only=True):
    """What became of a file's rows; ``consents`` counts those recorded, not those that stood or were withdrawn."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    consents: int = 0
    refused: list[RefusedRow] = []


class _Row(NamedTuple):
    """A row that says nothing wrong: its number, the person, and the basis of each consent by purpose."""

    number: int
    record: Record
    bases: Mapping[str, str]


class _Import:
    """One file on its way in."""

    def __init__(
        self, *, source: str, actor: str, at: datetime, default_country: str | None, asked_for: set[str]
    ) -> None:
        self._source, self._actor, self._at, self._default_country = source, actor, at, default_country
        self._asked_for = asked_for
        self._seen, self._words = Seen(), Words()
        self.report = Report(refused=[])

    async def read(self, chunk: Sequence[tuple[int, Mapping[str, object]]]) -> list[_Row]:
        """What is good of ``chunk``; the rest is reported."""
        rows = []
        async for number, given in turns.taken(chunk):
            if (row := self._read(number, given)) is not None:
                rows.append(row)
        return rows

    async def store(self, rows: Sequence[_Row]) -> None:
        """Take in who is new, bring up to date who is known, and record their consents."""
        if not rows:
            return
        found = await storing.find([row.record for row in rows])
        matched = [
            (row, people[0] if people else None)
            for place, row in enumerate(rows)
            if self._is_new_here(row, people := found.get(place, []))
        ]
        await self._store(matched)

    def _read(self, number: int, given: Mapping[str, object]) -> _Row | None:
        values = {
            name: value if isinstance(value, str) else _plain(name, value)
            for name, value in given.items()
            if value is not None and value != ""
        }
        if not values:
            return None
        faults: list[Refused] = []
        record, bases = Record(), {}
        try:
            record = registering.read(values, at=self._at, default_country=self._default_country)
        except Refusals as refusals:
            faults.extend(refusals.faults)
        try:
            bases = permitting.bases(values, asked_for=self._asked_for)
        except Refusals as refusals:
            faults.extend(refusals.faults)
        if faults:
            self._refuse(number, faults)
            return None
        return _Row(number, record, bases)

    def _is_new_here(self, row: _Row, people: Sequence[Person]) -> bool:
        try:
            if len(people) > 1:
                raise registering.TwoPeople("errors.customers.two_people", field="external_id")
            found = people[0] if people else None
            if found is not None:
                registering.need_key(found)
            if row.bases:
                permitting.need_address(row.record.email or (found.email if found else None))
            self._seen.take(row.record, found)
        except Refused as fault:
            self._refuse(row.number, [fault])
            return False
        return True

    async def _store(self, matched: Sequence[tuple[_Row, Person | None]]) -> None:
        new = [row for row, found in matched if found is None]
        known = [(row, found) for row, found in matched if found is not None]
        records = [row.record for row in new]
        ids = await storing.insert(records, source=self._source, words=self._words, at=self._at) if new else []
        changes = [(row.record, found) for row, found in known]
        changed = await storing.update(changes, words=self._words, actor=self._actor, at=self._at) if known else 0
        self.report.created += len(new)
        self.report.updated += changed
        self.report.unchanged += len(known) - changed
        given = [each for row, person in zip(new, ids, strict=True) for each in self._given(row, person, None)]
        given += [each for row, found in known for each in self._given(row, found.id, found.email)]
        if given:
            self.report.consents += len(await consents.import_all(given=given, source=self._source))

    def _given(self, row: _Row, person: UUID, known_email: str | None) -> Iterable[Given]:
        email, channel = row.record.email or known_email, permitting.CHANNEL
        for purpose, basis in row.bases.items():
            yield Given(
                customer=person,
                purpose=purpose,
                channel=channel,
                email=email,
                known_by=normalising.of_mailbox(email),
                basis=basis,
                at=self._at,
            )

    def _refuse(self, number: int, faults: Iterable[Refused]) -> None:
        for fault in faults:
            self.report.refused.append(
                RefusedRow(number=number, field=fault.field or "", key=fault.key, values=fault.values)
            )


async def import_rows(
    rows: Iterable[Mapping[str, object]], *, source: str, actor: str, dry_run: bool, at: datetime
) -> Report:
    """Take every good row and report every bad one, and note that ``actor`` did; a ``dry_run`` keeps nothing of it.

    Rows are ``{field: value}`` as reading gives them; empty ones are passed over and counted. A person is found by
    external id or e-mail and then updated; a row that names two different people is refused. What ``rows`` raises
    goes through, and leaves nothing behind when the scope is left by it. A telephone number without prefix is read in
    the row's country, else in the company's. Raises NotAgreed.
    """
    await agreeing.require()
    async with ground.undone() if dry_run else nullcontext():
        asked_for = await consents.askable(channel=permitting.CHANNEL)
        country = await describing.country()
        importing = _Import(source=source, actor=actor, at=at, default_country=country, asked_for=set(asked_for))
        numbered = enumerate(rows, 2)
        read: list[_Row] = []
        while chunk := list(islice(numbered, _CHUNK)):
            # The database stores the rows before while these are looked at; only storing touches the connection.
            read, _ = await asyncio.gather(importing.read(chunk), importing.store(read))
        await importing.store(read)
        await noting.note(actor=actor, action="customers.imported", detail=_figures(importing.report), at=at)
    importing.report.refused.sort(key=lambda refused: refused.number)
    return importing.report


def _figures(report: Report) -> dict[str, int]:
    refused = {row.number for row in report.refused}
    return {"created": report.created, "updated": report.updated, "refused": len(refused)}


def _plain(name: str, value: object) -> object:
    """A spreadsheet's cell as text, a date as it is: a customer number must not become 4711.0."""
    if isinstance(value, date) and name in _DATES:
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
