"""The books as people read them: what each posting was for and whom it concerned, and what programs cost."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from leumund.customers.records import naming
from leumund.kit import ground
from leumund.ledger import causes
from leumund.ledger.balancing import NOBODY, Flow
from leumund.ledger.causes import Cause
from leumund.ledger.listing import Line

_PERSON = naming.sealed("p", as_="person")
_SUBJECTS = f"""
SELECT w.id AS subject, w.referral, w.kind, {_PERSON}
FROM reward w JOIN customer p ON p.id = w.beneficiary WHERE w.id = ANY ($1)
UNION ALL SELECT o.id, NULL, o.way, {_PERSON}
FROM payout o JOIN customer p ON p.id = o.beneficiary WHERE o.id = ANY ($1)
"""  # noqa: S608 - a constant of ours


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A posting, what it was for, and the person, nameless who was erased; without a referral for a payout."""

    line: Line
    cause: Cause
    person: UUID | None = None
    name: str = ""
    referral: UUID | None = None


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What one program gave in one currency, in minor units: ``granted`` less what came back before its release."""

    program: UUID
    currency: str
    granted_cents: int
    taken_back_cents: int
    expired_cents: int

    @property
    def cost_cents(self) -> int:
        """What is left of it for people."""
        return self.granted_cents - self.taken_back_cents - self.expired_cents


async def entries(*, lines: Sequence[Line]) -> list[Entry]:
    """``lines`` with what they were for. One query."""
    read = [(line, causes.read(line.cause)) for line in lines]
    rows = await ground.fetch(_SUBJECTS, [cause.subject for _, cause in read if cause.subject])
    known = {row["subject"]: row for row in rows}
    return [_entry(line, cause, known.get(cause.subject)) for line, cause in read]


def costs(moved: Sequence[Flow]) -> list[Cost]:
    """What each program cost after all that ``moved``, by currency."""
    pairs = sorted({(flow.program, flow.currency) for flow in moved if flow.program != NOBODY})
    return [_cost(program, currency, moved) for program, currency in pairs]


def _entry(line: Line, cause: Cause, row: Mapping[str, Any] | None) -> Entry:
    if row is None:
        return Entry(line=line, cause=cause)
    told = dict(row)
    named = naming.take(told, as_="person")
    return Entry(line=line, cause=cause, person=told["person_id"], name=named.shown, referral=told["referral"])


def _cost(program: UUID, currency: str, moved: Sequence[Flow]) -> Cost:
    def held(kind: str) -> int:
        ours = [flow for flow in moved if flow.currency == currency]
        given = sum(flow.cents for flow in ours if (flow.credit_kind, flow.credit_program) == (kind, program))
        return given - sum(flow.cents for flow in ours if (flow.debit_kind, flow.debit_program) == (kind, program))

    return Cost(
        program=program,
        currency=currency,
        granted_cents=-held("program_budget"),
        taken_back_cents=held("clawback"),
        expired_cents=held("expired"),
    )
