"""Take part: accept the terms, choose freely what to hear of, and confirm by the button behind the mail's link."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.consent.evidence.serving import Served
from leumund.consent.giving import requesting
from leumund.consent.giving.requesting import Offered
from leumund.customers.notation import normalising
from leumund.customers.segments import reading
from leumund.kit import ground
from leumund.messages import sending
from leumund.messages.gate import pacing
from leumund.programs import offering
from leumund.programs.offering import NoProgram
from leumund.programs.offers import Offer

SOURCE = "participation"
# Whoever comes back confirms anew: an earlier yes was to earlier terms, and ended.
_ASK = """
INSERT INTO participation (program, version, customer, terms, requested_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (program, customer) DO UPDATE
SET version = $2, terms = $4, requested_at = $5, confirmed_at = NULL, ended_at = NULL
WHERE participation.confirmed_at IS NULL OR participation.ended_at IS NOT NULL
"""
_CONFIRM = """
UPDATE participation SET confirmed_at = coalesce(confirmed_at, $3) WHERE id = (
    SELECT id FROM participation WHERE customer = $1 AND ended_at IS NULL AND requested_at >= $2
    ORDER BY requested_at LIMIT 1)
RETURNING program
"""
_TAKES_PART = "SELECT FROM participation WHERE customer = $1 AND confirmed_at IS NOT NULL AND ended_at IS NULL"
_PROGRAMS = "SELECT program FROM participation WHERE customer = $1 AND confirmed_at IS NOT NULL AND ended_at IS NULL"
_MAY_JOIN = f"""
SELECT FROM customer WHERE id = $1 AND held IS NULL AND (stage = 'customer' OR EXISTS ({_TAKES_PART}))
"""
_TOOK_PART = "SELECT FROM participation WHERE customer = $1 AND confirmed_at IS NOT NULL"


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody filled in; ``consents`` says of every offered purpose whether its box was ticked; none has to be.

    ``served`` is the form as they were shown it.
    """

    language: str
    terms: UUID
    consents: Mapping[str, bool] = {}
    evidence: Mapping[str, object] = {}
    served: Served | None = None

    def offered(self, *, source: str) -> Offered:
        """What has to be confirmed of it."""
        told = {**self.evidence, "terms": str(self.terms)}
        return Offered(boxes=self.consents, language=self.language, source=source, evidence=told, served=self.served)


async def join(*, customer: UUID, email: str, form: Form, at: datetime, program: str | None = None) -> UUID | None:
    """Ask to take part in the ``program`` called so, else in the one that runs; returns the request the mail confirms.

    Raises NoProgram, also where the program is for others.

    None where there is nothing to confirm: they take part in it already, or their mailbox got as many of our mails as
    anybody may have sent to it.
    """
    offer = await offered(customer=customer, at=at, program=program)
    if await takes_part(customer=customer, program=offer.id):
        return None
    if not await pacing.may_check(mailbox=normalising.folded(email), at=at):
        return None
    await ground.execute(_ASK, offer.id, offer.version.id, customer, form.terms, at)
    request = await requesting.request(customer=customer, email=email, offered=form.offered(source=SOURCE), at=at)
    await sending.queue(kind="opt_in", customer=customer, subject_id=request, language=form.language, at=at)
    return request


async def confirm(*, customer: UUID, asked_at: datetime, at: datetime) -> UUID | None:
    """The person confirmed what they asked for at ``asked_at``; returns its program, None where nothing waits.

    Whoever asked twice may press either mail's button; no button takes part in a program its mail was not about.
    """
    rows = await ground.fetch(_CONFIRM, customer, asked_at, at)
    return rows[0]["program"] if rows else None


async def takes_part(*, customer: UUID, program: UUID) -> bool:
    """Whether the person has confirmed to take part in ``program`` and not ended it."""
    return bool(await ground.fetch(_TAKES_PART + " AND program = $2", customer, program))


async def takes_part_in_any(*, customer: UUID) -> bool:
    """Whether the person takes part in some program, be it one that rests or has ended."""
    return bool(await ground.fetch(_TAKES_PART, customer))


async def takes_part_in_what_runs(*, customer: UUID, at: datetime) -> bool:
    """Whether some program the person takes part in runs, so that a link of theirs leads somewhere."""
    taken = {row["program"] for row in await ground.fetch(_PROGRAMS, customer)}
    return any(offer.id in taken for offer in await offering.running(at=at))


async def took_part(*, customer: UUID) -> bool:
    """Whether the person ever confirmed to take part, though they may have ended it since."""
    return bool(await ground.fetch(_TOOK_PART, customer))


async def offered(*, customer: UUID, at: datetime, program: str | None = None) -> Offer:
    """The ``program`` called so, else the first that runs and is for ``customer`` too. Raises NoProgram."""
    open_to_them = await _open_to(customer, at, program)
    if not open_to_them:
        raise NoProgram
    return open_to_them[0]


async def may_ask(*, customer: UUID, program: str, at: datetime) -> bool:
    """Whether ``program`` runs and is for this person, who takes part in some or could: a friend has to buy first."""
    return await _may_join(customer) and bool(await _open_to(customer, at, program))


async def offered_anew(*, customer: UUID, at: datetime) -> list[Offer]:
    """The programs that run, are for ``customer``, and in which they take no part yet.

    Nothing is for a friend who has not bought yet, nor for whoever's data rest. One query more for each program that is
    for a segment alone.
    """
    if not await _may_join(customer):
        return []
    rows = await ground.fetch(_PROGRAMS, customer)
    taken = {row["program"] for row in rows}
    return [offer for offer in await _open_to(customer, at, None) if offer.id not in taken]


async def _may_join(customer: UUID) -> bool:
    return bool(await ground.fetch(_MAY_JOIN, customer))


async def _open_to(customer: UUID, at: datetime, program: str | None) -> list[Offer]:
    running = [offer for offer in await offering.running(at=at) if program in (None, offer.key)]
    return [offer for offer in running if await _is_for(offer, customer)]


async def _is_for(offer: Offer, customer: UUID) -> bool:
    segment = offer.version.audience
    return segment is None or await reading.is_in(segment=segment, customer=customer)
