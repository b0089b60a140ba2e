"""Invite to take part by mail: who answered gladly, may be written to, and has heard nothing of it since."""

from datetime import datetime
from uuid import UUID

from leumund.consent import checking
from leumund.customers.records import reserving
from leumund.kit import ground
from leumund.messages import sending
from leumund.programs import offering
from leumund.programs.offering import NoProgram
from leumund.surveys.answers import thanking
from leumund.surveys.answers.answering import InvitationUnknown
from leumund.surveys.caring import standing

PURPOSE = "recommendation"
# Whoever takes part, asked to, or has stopped, knows the program and decided; the key keeps it at one mail each. A mail
# that was held, for whatever reason, reached nobody: they are invited when they are glad and may be written to again.
_ONCE = """
INSERT INTO program_invitation (program, customer, invited_at) SELECT $1, $2, $3
WHERE NOT EXISTS (SELECT FROM participation WHERE program = $1 AND customer = $2)
ON CONFLICT (program, customer) DO UPDATE SET invited_at = $3
WHERE NOT EXISTS (
    SELECT FROM message WHERE customer = $2 AND kind = 'advocate_invitation' AND state <> 'held')
"""


async def invite(*, invitation: UUID, at: datetime) -> bool:
    """Queue the mail to whoever answered the survey's ``invitation``; false where there is nobody to write to.

    The answer may have been corrected, the program have ended and the consent have gone since the job was left here;
    the gate asks for the consent again when the mail goes out. Nobody is invited whose newest answer is not glad, to
    whichever survey, or whom somebody looks after since they were not.
    """
    try:
        person = await thanking.glad(invitation=invitation)
        offer = await offering.current(at=at)
    except (InvitationUnknown, NoProgram):
        return False
    # Whoever answers in this moment is waited for, or takes this mail back.
    await reserving.reserve(people=[person.customer])
    if not await standing.may_recommend(customer=person.customer):
        return False
    if not await checking.allowed(customer=person.customer, email=person.email, purpose=PURPOSE, channel="email"):
        return False
    if not await ground.execute(_ONCE, offer.id, person.customer, at):
        return False
    await sending.queue(
        kind="advocate_invitation",
        customer=person.customer,
        subject_id=invitation,
        purpose=PURPOSE,
        language=person.language,
        at=at,
    )
    return True
