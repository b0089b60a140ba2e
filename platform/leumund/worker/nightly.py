"""Every night each open company's rows are tidied: what lapsed is marked as such, and what is used up is let go.

The night's work is a job like any other, with its retries, its dead letter and its mark. One statement finds whose
night has not been yet and adds their jobs: of two workers at once one comes too late, a killed one leaves both or
neither, and a company whose job fails is in no other's way.
"""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import structlog

from leumund.audit import watching
from leumund.consent.evidence import verifying
from leumund.consent.giving import expiring
from leumund.customers.login import clearing as customers
from leumund.customers.records import remembering
from leumund.events import clearing as events
from leumund.insight import proving
from leumund.kit import clearing, clock, ground, outbox
from leumund.kit.ground import Connection
from leumund.messages.gate import pacing
from leumund.occasions import planning
from leumund.payouts import scheduling, stocking
from leumund.payouts.stripe import clearing as stripe_events
from leumund.payouts.stripe import reconciling as stripe_books
from leumund.privacy.cases import clearing as cases
from leumund.privacy.cases import reminding
from leumund.privacy.forgetting import erasing, lapsing, retaining
from leumund.privacy.rights import restricting
from leumund.privacy.texts import noticing
from leumund.programs import clearing as programs
from leumund.referrals import clearing as referrals
from leumund.rewards import drawing
from leumund.rewards import reminding as reviews
from leumund.rewards.purchases import clearing as purchases
from leumund.scoring import keeping as scores
from leumund.scoring import training
from leumund.segmenting import refreshing
from leumund.staff import clearing as staff
from leumund.surveys.answers import mixing
from leumund.surveys.asking import dropping_in
from leumund.surveys.caring import reminding as caring
from leumund.surveys.figures import tallying
from leumund.tenancy.directory import STATE, TWINS_COMPANY, State
from leumund.worker import rounds

KIND = "nightly.tidy"
log = structlog.get_logger()
# Nights begin at two o'clock UTC, three or four in Berlin, when least else is going on.
_BEGINS = timedelta(hours=2)
_LOOK_SECONDS = 60.0
_PLAN = f"""
WITH begun AS (
    INSERT INTO outbox.night AS night (tenant, night_date)
    SELECT t.id, $1 FROM tenant t {TWINS_COMPANY} LEFT JOIN outbox.night last ON last.tenant = t.id
    WHERE {STATE} = $3 AND (last.night_date IS NULL OR last.night_date < $1)
    ON CONFLICT (tenant) DO UPDATE SET night_date = excluded.night_date WHERE night.night_date < excluded.night_date
    RETURNING tenant
)
INSERT INTO outbox.job (company_role, kind, subject, bulk)
SELECT tenant.schema_name, $2, tenant.id, true FROM begun JOIN tenant ON tenant.id = begun.tenant
"""  # noqa: S608 - words of ours


async def watch(pool: asyncpg.Pool, stop: asyncio.Event) -> None:
    """Plan each night as it comes, until ``stop`` is set."""

    async def look(connection: Connection) -> None:
        if planned := await plan(connection, at=clock.now()):
            log.info("night_planned", companies=planned)

    await rounds.go(pool, stop, look, every_seconds=_LOOK_SECONDS, what="nights")


async def plan(connection: Connection, *, at: datetime) -> int:
    """Add a job for every open company whose night at ``at`` was not planned yet; how many those were."""
    return ground.touched(await connection.execute(_PLAN, (at - _BEGINS).date(), KIND, State.OPEN))


async def tidy(company: UUID, at: datetime) -> None:
    """The night's work inside one company."""
    # First, for it only reads, and nobody waits for what the rest of the night holds.
    await verifying.verify_and_note(at=at)
    unconfirmed = await retaining.before("unconfirmed", at=at)
    await expiring.expire(before=unconfirmed, at=at)
    await programs.clear(before=unconfirmed)
    await referrals.clear(before=unconfirmed)
    await customers.clear(at=at)
    await staff.clear(at=at)
    await pacing.clear(at=at)
    await dropping_in.clear(at=at)
    await cases.clear(at=at)
    await events.clear(at=at)
    await mixing.mix(at=at)
    await mixing.let_go(at=at)
    await reminding.remind(at=at)
    await caring.remind(at=at)
    await reviews.remind(at=at)
    answers, marks = [await retaining.before(each, at=at) for each in ("repeats", "marks")]
    await clearing.clear(answers_before=answers, marks_before=marks)
    await _let_go(at)
    await _set_going(company, at)
    if untrue := await noticing.untrue():
        log.warning("texts_drifted", company=str(company), texts=untrue)
    # Last, so that what was noted tonight is looked at as well.
    verdict = await watching.watch(at=at)
    # In the worker's own log stands where the chain ends: an older database put in this one's place ends earlier.
    told = log.error if verdict.faults else log.info
    told("audit_verified", company=str(company), entries=verdict.position, ends=verdict.chain_hash)


async def _set_going(company: UUID, at: datetime) -> None:
    """What takes long, or comes for many, has jobs of its own; what is due of money is gathered."""
    await outbox.enqueue(kind=tallying.KIND, subject=company, due_at=at, bulk=True)
    await scores.begin(at=at)
    if await training.due(at=at):
        await outbox.enqueue(kind=training.KIND, subject=company, due_at=at, bulk=True)
    await outbox.enqueue(kind=refreshing.KIND, subject=company, due_at=at, bulk=True)
    # Millions of postings take minutes to look at.
    await outbox.enqueue(kind=proving.KIND, subject=company, due_at=at, bulk=True)
    await stripe_books.enqueue(company=company, at=at)
    await stripe_events.clear(at=at)
    await remembering.remember()
    await planning.enqueue(at=at)
    await scheduling.draft_due(at=at)
    await drawing.draw_for_waiting(at=at)
    await stocking.warn(at=at)


async def prove(company: UUID, at: datetime) -> None:
    """Look at the company's books; where they end stands in the worker's own log as well."""
    verdict = await proving.prove(at=at)
    told = log.error if verdict.faults else log.info
    told("ledger_verified", company=str(company), postings=verdict.postings, ends=verdict.chain_hash)


async def _let_go(at: datetime) -> None:
    """What is kept for long enough goes; each person who goes has a job of their own."""
    await restricting.end_due(at=at)
    await retaining.retain(at=at)
    await lapsing.forget_addresses(at=at)
    await lapsing.enqueue(at=at)
    await erasing.enqueue_due(at=at)
    await purchases.clear(at=at)
    # Whom an older backup brought back.
    await erasing.again(at=at)
