"""Find a case: all there is of one, or the row under a lock for whoever moves it on."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import ground, personal
from leumund.kit.faults import Overtaken, Unknown
from leumund.kit.personal import PersonKey
from leumund.privacy.cases import rules
from leumund.privacy.cases.rules import Came, Extension, Kind, Outcome, Refusal, State
from leumund.privacy.cases.tables import ANSWER, EXTENSION, PROOF, WORDS
from leumund.staff import members

_PLAIN = (
    "c.id, c.kind, c.state, c.came, c.customer, c.subject, c.language, c.received_at, c.due_date, c.identified_at, "
    "c.identified_by, c.taken_at, c.worker, c.extended_at, c.extension_reason, c.closed_at, c.outcome, "
    "c.refusal_reason, c.copy_until, c.copy_opened_at, c.reminded_days"
)
_SEALED = (WORDS, PROOF, EXTENSION, ANSWER)
_FIND = f"""
SELECT {_PLAIN}, {", ".join(f"c.{column.name}" for column in _SEALED)}, {personal.brought("c.customer")} AS key_sealed,
       {naming.sealed("p", as_="person", resting=True)}, {members.BROUGHT}
FROM rights_case c LEFT JOIN customer p ON p.id = c.customer LEFT JOIN staff_member m ON m.id = c.worker
WHERE c.id = $1
"""  # noqa: S608 - names of ours alone
_STORY = "SELECT at, actor, what, detail FROM rights_event WHERE rights_case = $1 ORDER BY position"

_OF = "SELECT id FROM rights_case WHERE customer = ANY ($1)"


class CaseUnknown(Unknown):
    """There is no such case."""


class NotNow(Overtaken):
    """The case has moved on, or is not that far yet."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a case."""

    at: datetime
    actor: str
    what: str
    detail: dict[str, Any]


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of a case, without anybody's words or name."""

    id: UUID
    kind: Kind
    state: State
    came: Came
    customer: UUID | None
    subject: UUID | None
    language: str
    received_at: datetime
    due_date: date
    identified_at: datetime | None
    identified_by: str | None
    taken_at: datetime | None
    worker: UUID | None
    extended_at: datetime | None
    extension_reason: Extension | None
    closed_at: datetime | None
    outcome: Outcome | None
    refusal_reason: Refusal | None
    copy_until: datetime | None
    copy_opened_at: datetime | None
    reminded_days: int | None

    @property
    def is_open(self) -> bool:
        return self.state in rules.OPEN


class Case(Open, frozen=True, kw_only=True):
    """All there is of a case; ``name`` is empty while nobody knows who is asking."""

    name: str
    email: str | None
    worker_name: str | None
    words: str
    proof: str
    extension: str
    answer: str


async def cases_of(*, customers: Collection[UUID]) -> list[UUID]:
    """The ids of all cases of ``customers``, open and closed."""
    return [row["id"] for row in await ground.fetch(_OF, list(customers))]


async def find(*, case: UUID) -> Case:
    """Raises CaseUnknown."""
    rows = await ground.fetch(_FIND, case)
    if not rows:
        raise CaseUnknown("errors.rights.case_unknown")
    return _case(rows[0])


async def plain(*, case: UUID) -> Open:
    """The facts alone. Raises CaseUnknown."""
    return await _plain(case, "")


async def story(*, case: UUID) -> list[Step]:
    """What happened, in order."""
    rows = await ground.fetch(_STORY, case)
    return [Step(**row | {"detail": msgspec.json.decode(row["detail"])}) for row in rows]


async def locked(*, case: UUID, to: State | None = None) -> Open:
    """The case, which nobody else moves on until this transaction ends; ``to`` is what it is about to become.

    Raises CaseUnknown, and NotNow where that step is not the next one; without ``to``, where the case is closed.
    """
    found = await _plain(case, "FOR UPDATE")
    if found.state not in (rules.before(to) if to else rules.OPEN):
        raise NotNow("errors.rights.not_now", field="form")
    return found


async def key_of(customer: UUID | None) -> PersonKey | None:
    """What to seal words with about ``customer``; None, the company's key, for nobody known. Raises personal.Gone."""
    return None if customer is None else await personal.key(person=customer)


async def _plain(case: UUID, lock: str) -> Open:
    rows = await ground.fetch(f"SELECT {_PLAIN} FROM rights_case c WHERE c.id = $1 {lock}", case)  # noqa: S608
    if not rows:
        raise CaseUnknown("errors.rights.case_unknown")
    return Open(**rows[0])


def _case(row: dict[str, Any]) -> Case:
    person, kept, worker = naming.take(row, as_="person"), row.pop("key_sealed"), members.take(row)
    row.pop("person_id")
    # Of nobody known there is no key, and the words lie under the company's.
    key = personal.opened(kept, person=row["customer"]) if row["customer"] else None
    told = {column.name: column.tell(row.pop(column.name), row["id"], key=key) for column in _SEALED}
    return Case(
        name=person.shown,
        email=person.email,
        worker_name=worker,
        words=told[WORDS.name],
        proof=told[PROOF.name],
        extension=told[EXTENSION.name],
        answer=told[ANSWER.name],
        **row,
    )
