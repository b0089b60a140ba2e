"""What it costs to ask a hundred thousand customers by a wave, up to the mails' jobs, beside bare inserts."""

import resource
import time
from uuid import UUID

from leumund.demo.staging import Stage
from leumund.kit import clock, ground
from leumund.surveys.asking import counting, inviting, listing, planning
from leumund.surveys.asking.planning import Plan
from leumund.tenancy.directory import Tenant
from tests.bench import gating

_BARE = """
WITH asked AS (
    INSERT INTO survey_invitation (survey, customer, invited_at, expires_at)
    SELECT (SELECT id FROM survey WHERE key = 'nps' ORDER BY version DESC LIMIT 1), id, $1::timestamptz,
        $1::timestamptz + interval '30 days' FROM customer WHERE source = 'bench' RETURNING id, customer
), mailed AS (
    INSERT INTO message (customer, kind, purpose, basis, subject_id, question, language, message_id, created_at)
    SELECT customer, 'survey_invitation', 'survey', 'consent', id, 'Wie wahrscheinlich empfehlen Sie uns?', 'de',
        '<' || id || '@bare>', $1::timestamptz FROM asked RETURNING id
)
INSERT INTO outbox.job (kind, subject, due_at, bulk) SELECT 'messages.send', id, $1::timestamptz, true FROM mailed
"""


async def measure(stage: Stage, linden: Tenant) -> None:
    """Print how long each part takes, how that compares, and that memory does not grow with the people."""
    people, at = len(await gating.people(stage, linden)), clock.now()
    async with stage.deployment.scopes.inside(linden):
        plan = Plan(key="nps", languages=["de", "en"])
        wave = await planning.plan(plan=plan, actor="system:bench", at=at)
        begun = time.perf_counter()
        due = await counting.due(wave=await listing.find(wave=wave), at=at)
        counted = time.perf_counter() - begun
        await planning.release(wave=wave, actor="system:bench", at=at)
    memory, begun, jobs = _peak_mib(), time.perf_counter(), 0
    while not await _asked(stage, linden, wave):
        async with stage.deployment.scopes.inside(linden):
            await inviting.go_on(wave=wave, at=at)
        jobs += 1
    asked, grown = time.perf_counter() - begun, _peak_mib() - memory
    async with stage.deployment.scopes.reading(linden):
        begun = time.perf_counter()
        progress = await counting.progress(wave=await listing.find(wave=wave))
        read = time.perf_counter() - begun
    assert sum(course.asked for course in progress.channels) == people == due.people, "everybody was asked"
    begun = time.perf_counter()
    async with stage.deployment.scopes.inside(linden), ground.sweeping(minutes=10):
        await ground.execute(_BARE, at)
    bare = time.perf_counter() - begun
    print(
        f"asking by a wave: {people:,} people in {asked:.1f} s ({jobs} jobs), the same rows by one "
        f"bare statement {bare:.1f} s, ratio {bare / asked:.3f}; preview {counted:.2f} s, progress {read:.2f} s; "
        f"peak memory +{grown:.0f} MiB"
    )


async def _asked(stage: Stage, linden: Tenant, wave: UUID) -> bool:
    async with stage.deployment.scopes.reading(linden):
        return (await listing.find(wave=wave)).asked_at is not None


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
