"""Step: one person goes on in an occasion, from where they are to the next wait or to the end, in one transaction.

The run's row is locked and moves on with what was done, so that a killed worker leaves both or neither. When a step is
due is reckoned from when the one before it was, not from when a worker got round to it. All mail goes through the gate
at the moment it is sent.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from leumund.company import describing
from leumund.company import rules as company_rules
from leumund.customers.records import reserving
from leumund.kit import ground, outbox
from leumund.messages import sending
from leumund.messages.sending import Mail
from leumund.occasions import carding, checking, defining, permitting, reading, resting, rules, stopping
from leumund.occasions.defining import Definition, Step

KIND = "occasions.step"
TOO_LATE, CONTROL = "too_late", "control"
STOP_ALL = """
UPDATE occasion_run SET state = 'stopped', reason = $2, ended_at = $3 WHERE occasion = $1 AND state = 'waiting'
"""
_LOCK = """
SELECT r.id, r.occasion, r.customer, r.position, r.due_at, r.began_at, v.definition, v.texts, c.language, c.held,
    (SELECT s.state FROM occasion_state s WHERE s.occasion = r.occasion ORDER BY s.position DESC LIMIT 1)
        AS occasion_state
FROM occasion_run r JOIN occasion_version v ON v.id = r.version JOIN customer c ON c.id = r.customer
WHERE r.id = $1 AND r.state = 'waiting' FOR UPDATE OF r
"""
_WHOSE = "SELECT customer FROM occasion_run WHERE id = $1"
_MOVE = "UPDATE occasion_run SET position = $2, due_at = $3 WHERE id = $1"
_END = "UPDATE occasion_run SET state = $2, reason = $3, position = $4, ended_at = $5 WHERE id = $1"
_NOTE = """
INSERT INTO occasion_step (run, position, kind, message, reason, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (run, position) DO NOTHING
"""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A person on their way, with all it takes to go on; ``texts`` are by step and language."""

    id: UUID
    occasion: UUID
    customer: UUID
    position: int
    due_at: datetime
    began_at: datetime
    definition: Definition
    texts: Mapping[int, Mapping[str, Any]]
    language: str | None
    held: str | None
    occasion_state: str


async def step(*, run: UUID, at: datetime) -> None:
    """Go on with ``run``; nothing for one that is over, not due yet, or rests with its occasion."""
    found = await _lock(run)
    if found is None or found.due_at > at or found.occasion_state == "paused":
        return
    if found.held is not None:
        await _end(found, found.position, at, reason=found.held)
        return
    if not await permitting.may_go_on(segment=found.definition.segment, customer=found.customer):
        await _end(found, found.position, at, reason=permitting.NO_CONSENT)
        return
    zone = await reading.zone()
    if (morning := resting.open_at(at, await resting.nights(), zone)) > at:
        await outbox.enqueue(kind=KIND, subject=run, due_at=morning, bulk=True)
        return
    await _go_on(found, zone, at)


async def _go_on(run: Run, zone: ZoneInfo, at: datetime) -> None:
    steps = run.definition.steps
    for position in range(run.position, len(steps)):
        one = steps[position]
        if one.kind == "wait":
            due = rules.later(run.due_at, one.days, run.definition.hour, zone)
            await ground.execute(_MOVE, run.id, position + 1, due)
            await outbox.enqueue(kind=KIND, subject=run.id, due_at=due, bulk=True)
            return
        if one.kind == "stop":
            if stops := await stopping.reason(run=run, step=one):
                await _end(run, position, at, reason=stops)
                return
        else:
            message, reason = await _do(run, position, one, at)
            await ground.execute(_NOTE, run.id, position, one.kind, message, reason, at)
    await _end(run, len(steps), at)


async def _do(run: Run, position: int, one: Step, at: datetime) -> tuple[UUID | None, str | None]:
    """The mail that was queued, or why nothing was done."""
    if rules.is_late(run.due_at, at):
        return None, TOO_LATE
    if await permitting.unhappy(purpose=run.definition.purpose, people=[run.customer]):
        return None, permitting.DETRACTOR
    if one.kind == "card":
        return None, await carding.make(run=run.id, position=position, customer=run.customer, step=one, at=at)
    return await _write(run, position, at), None


async def _write(run: Run, position: int, at: datetime) -> UUID:
    texts = run.texts[position]
    spoken = [each for each in reading.spoken(await describing.profile()) if each in texts] or [*texts]
    language = company_rules.language_for(run.language, spoken=spoken)
    mail = Mail(customer=run.customer, subject_id=run.id, language=language, text=UUID(str(texts[language])))
    queued = await sending.queue_all(kind=checking.KIND, mails=[mail], purpose=run.definition.purpose, at=at)
    return queued[0]


async def _end(run: Run, position: int, at: datetime, *, reason: str | None = None) -> None:
    await ground.execute(_END, run.id, "stopped" if reason else "done", reason, position, at)


async def _lock(run: UUID) -> Run | None:
    # Whoever answers in this moment is waited for, or takes what is sent now back.
    await reserving.reserve(people=[row["customer"] for row in await ground.fetch(_WHOSE, run)])
    rows = await ground.fetch(_LOCK, run)
    if not rows:
        return None
    row = rows[0]
    definition, texts = defining.read(row.pop("definition")), defining.texts(row.pop("texts"))
    return Run(**row, definition=definition, texts=texts)
