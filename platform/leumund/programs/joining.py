"""Take part: accept the terms, choose freely what to hear of, and confirm by the button behind the mail's link."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.consent import requesting
from leumund.customers import normalising
from leumund.kit import ground
from leumund.messages import pacing, sending
from leumund.programs import offering

SOURCE = "participation"


async def join(
    *,
    customer: UUID,
    email: str,
    consents: Mapping[str, bool],
    terms: UUID,
    language: str,
    at: datetime,
    evidence: Mapping[str, object],
) -> UUID | None:
    """Ask to take part in the live program; returns the request the mail confirms. Raises NoProgram.

    None where there is nothing to confirm: they take part already, or their mailbox got as many of our mails as anybody
    may have sent to it.

    ``consents`` says of every purpose that was offered whether its box was ticked; none has to be. Whoever comes back
    confirms anew: an earlier yes was to earlier terms, and ended.
    """
    offer = await offering.current()
    if await takes_part(customer=customer):
        return None
    if not await pacing.may_check(mailbox=normalising.folded(email), at=at):
        return None
    await ground.execute(
        "INSERT INTO participation (program, customer, terms, requested_at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (program, customer) "
        "DO UPDATE SET terms = $3, requested_at = $4, confirmed_at = NULL, ended_at = NULL "
        "WHERE participation.confirmed_at IS NULL OR participation.ended_at IS NOT NULL",
        offer.id,
        customer,
        terms,
        at,
    )
    request = await requesting.request(
        customer=customer,
        email=email,
        purposes=list(consents.items()),
        language=language,
        source=SOURCE,
        evidence={**evidence, "terms": str(terms)},
        at=at,
    )
    await sending.queue(kind="opt_in", customer=customer, subject_id=request, language=language, at=at)
    return request


async def confirm(*, customer: UUID, at: datetime) -> UUID | None:
    """The person confirmed: the participation counts; returns its program, None where none waits."""
    rows = await ground.fetch(
        "UPDATE participation SET confirmed_at = coalesce(confirmed_at, $2) "
        "WHERE customer = $1 AND ended_at IS NULL RETURNING program",
        customer,
        at,
    )
    return rows[0]["program"] if rows else None


async def takes_part(*, customer: UUID) -> bool:
    """Whether the person has confirmed and not ended."""
    return bool(
        await ground.fetch(
            "SELECT FROM participation WHERE customer = $1 AND confirmed_at IS NOT NULL AND ended_at IS NULL", customer
        )
    )
