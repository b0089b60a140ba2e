"""What it costs to let a hundred thousand invitations through the gate and queue them, beside the bare inserts."""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from leumund.customers.intake import importing
from leumund.demo.staging import Stage
from leumund.kit import clock, ground
from leumund.messages import sending
from leumund.messages.gate import gating
from leumund.messages.sending import Mail
from leumund.tenancy.directory import Tenant

_PEOPLE, _CHUNK = 100_000, 2_000
_PURPOSE, _QUESTION = "survey", "Wie wahrscheinlich empfehlen Sie uns?"
_MESSAGES = """
INSERT INTO message (id, customer, kind, purpose, basis, subject_id, question, language, message_id, created_at)
SELECT id, customer, 'survey_invitation', 'survey', 'consent', id, $3, 'de', '<' || id || '@bare>', $4
FROM unnest($1::uuid[], $2::uuid[]) AS mail (id, customer)
"""
_JOBS = """
INSERT INTO outbox.job (kind, subject, due_at, bulk)
SELECT 'messages.send', subject, $2, true FROM unnest($1::uuid[]) AS subject
"""


async def measure(stage: Stage, linden: Tenant) -> None:
    """Print how many a minute, for one core, and how that compares."""
    found = await people(stage, linden)
    begun, worked = time.perf_counter(), time.process_time()
    async with stage.deployment.scopes.inside(linden):
        let_through = await _gate_and_queue(found, clock.now())
    gated, worked = time.perf_counter() - begun, time.process_time() - worked
    assert let_through == _PEOPLE, let_through
    begun = time.perf_counter()
    async with stage.deployment.scopes.inside(linden):
        await _bare(list(found), clock.now())
    bare = time.perf_counter() - begun
    print(
        f"gate and enqueue: {60 * _PEOPLE / gated:,.0f} messages/min, bare inserts of the same rows "
        f"{60 * _PEOPLE / bare:,.0f}/min, ratio {bare / gated:.3f}; {1e6 * worked / _PEOPLE:.0f} µs of this process's "
        f"own time a message"
    )


async def _gate_and_queue(people: Mapping[UUID, str], at: datetime) -> int:
    """As invitations are made, some at a time: every one of them asked about, and queued with its job."""
    passed = 0
    for some in _chunks(list(people)):
        addresses = {person: people[person] for person in some}
        reasons = await gating.hindrances(purpose=_PURPOSE, addresses=addresses, at=at)
        mails = [
            Mail(customer=person, subject_id=person, question=_QUESTION, language="de")
            for person in some
            if person not in reasons
        ]
        await sending.queue_all(kind="survey_invitation", mails=mails, purpose=_PURPOSE, at=at)
        passed += len(mails)
    return passed


async def _bare(people: Sequence[UUID], at: datetime) -> None:
    for some in _chunks(people):
        ids = [uuid4() for _ in some]
        await ground.execute(_MESSAGES, ids, list(some), _QUESTION, at)
        await ground.execute(_JOBS, ids, at)


async def people(stage: Stage, linden: Tenant) -> dict[UUID, str]:
    """Customers who agreed to surveys, by their addresses' hashes."""
    rows = [
        {"external_id": f"B{number}", "email": f"person{number}@people.example", "survey_consent": "asked on the phone"}
        for number in range(_PEOPLE)
    ]
    async with stage.deployment.scopes.inside(linden):
        await importing.import_rows(rows, source="bench", actor="system:bench", dry_run=False, at=clock.now())
        found = await ground.fetch("SELECT id, email_hash FROM customer WHERE source = 'bench'")
        return {row["id"]: row["email_hash"] for row in found}


def _chunks(people: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for begin in range(0, len(people), _CHUNK):
        yield people[begin : begin + _CHUNK]
