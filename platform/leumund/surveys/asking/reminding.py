"""Remind whoever has not answered: once or twice, past the same gate, and nobody who answered, withdrew or rests.

A reminder is a mail like any other: the company's limits count it, and it keeps the distance between two messages that
the person's own consent promises.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from leumund.kit import ground, outbox
from leumund.surveys.asking import arranging, judging, listing, putting, rules, withholding
from leumund.surveys.asking.listing import Wave
from leumund.surveys.asking.rules import Reason

KIND = "surveys.remind"
_CHUNK = 2_000
# Held until they are reminded: whoever answers in this moment is waited for, or waits.
_DUE = """
SELECT id, customer FROM survey_invitation
WHERE wave = $1 AND answered_at IS NULL AND reminders < $2 AND expires_at > $3 ORDER BY id LIMIT $4 FOR UPDATE
"""
# The link opens for nobody who moved to another mailbox, and whom the first mail never reached is reminded of nothing.
_FACTS = """
SELECT c.id, c.email_hash, c.language, CASE
    WHEN c.held IS NOT NULL THEN 'at_rest'
    WHEN c.email_hash IS NULL OR bool_or(m.address_hash <> c.email_hash) THEN 'no_address'
    WHEN bool_or(m.state = 'failed' OR r.message IS NOT NULL) THEN 'bounced'
    WHEN NOT coalesce(bool_or(m.state = 'sent'), false) THEN 'unsent'
    WHEN max(m.sent_at) + make_interval(days => coalesce(max(promise.days), 0)) > $3 THEN 'promised'
    END AS reason
FROM unnest($1::uuid[], $2::uuid[]) AS asked (invitation, person)
JOIN customer c ON c.id = asked.person
LEFT JOIN message m ON m.customer = c.id AND m.subject_id = asked.invitation
LEFT JOIN mail_return r ON r.message = m.id AND r.kind = 'permanent'
LEFT JOIN LATERAL (
    SELECT (t.data -> 'purpose' ->> 'frequency_days')::integer AS days
    FROM consent_event e JOIN consent_text t ON t.id = e.text
    WHERE e.customer = c.id AND e.purpose = $4 AND e.channel = 'email' AND e.state = 'given' ORDER BY e.at DESC LIMIT 1
) promise ON true
GROUP BY c.id
"""
_REMINDED = """
UPDATE survey_invitation SET reminders = $2, reminded_at = CASE WHEN customer = ANY ($3) THEN $4 ELSE reminded_at END
WHERE id = ANY ($1)
"""


async def remember(*, wave: Wave, after: datetime) -> None:
    """Come back to the wave for its next reminder after ``after``, where there is one."""
    asked = wave.asked_at or after
    step = _step(wave, asked, after) + 1
    if step <= wave.reminders:
        due_at = asked + timedelta(days=step * wave.remind_after_days)
        await outbox.enqueue(kind=KIND, subject=wave.id, due_at=due_at, bulk=True)


async def remind(*, wave: UUID, at: datetime) -> None:
    """Remind the next few of whoever has not answered, and leave a job for the others. A worker's deed."""
    found = await listing.find(wave=wave)
    if found.ended_at is not None or found.asked_at is None:
        return
    step = min(found.reminders, _step(found, found.asked_at, at))
    due = await ground.fetch(_DUE, wave, step, at, _CHUNK)
    if not due:
        await remember(wave=found, after=at)
        return
    await _remind(found, step, {row["customer"]: row["id"] for row in due}, at)
    await outbox.enqueue(kind=KIND, subject=wave, due_at=at, bulk=True)


def _step(wave: Wave, asked: datetime, at: datetime) -> int:
    """Which reminder it is time for; a worker that comes late sends the last one alone."""
    return (at - asked) // timedelta(days=wave.remind_after_days)


async def _remind(wave: Wave, step: int, invitations: Mapping[UUID, UUID], at: datetime) -> None:
    facts = await ground.fetch(_FACTS, list(invitations.values()), list(invitations), at, rules.PURPOSE)
    held: dict[UUID, Reason] = {row["id"]: row["reason"] for row in facts if row["reason"]}
    left = {row["id"]: row for row in facts if row["id"] not in held}
    held |= await judging.gated(addresses={person: row["email_hash"] for person, row in left.items()}, at=at)
    reminded = {person: row["language"] for person, row in left.items() if person not in held}
    await _write(wave, {person: invitations[person] for person in reminded}, reminded, at)
    await withholding.note(wave=wave.id, key=wave.key, step=step, reasons=held, at=at)
    await ground.execute(_REMINDED, list(invitations.values()), step, list(reminded), at)


async def _write(wave: Wave, invitations: Mapping[UUID, UUID], wished: Mapping[UUID, Any], at: datetime) -> None:
    if invitations:
        asking = wave.asking(link_days=(await arranging.limits()).link_days, at=at)
        people = putting.spoken(wished, wave.languages)
        await putting.mail(kind="survey_reminder", asking=asking, invitations=invitations, people=people, at=at)
