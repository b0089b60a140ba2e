"""Lapse: people nobody needs to know any more go by themselves, each by the class whose period is over.

Who takes part, allows something, waits for a reward or is fought with stays, and so does whose data rest or are held.
Each goes in a transaction of their own, where all is asked once more.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.customers.records import holding
from leumund.customers.records.finding import CustomerUnknown
from leumund.kit import ground, outbox
from leumund.privacy import register
from leumund.privacy.forgetting import erasing, preserving, remembering, retaining
from leumund.privacy.forgetting.emptying import Emptied

KIND = "privacy.lapse"
# A night leaves no more jobs than this; the next one goes on.
_MOST_A_NIGHT = 10_000
# Whom nothing keeps: ``c`` is the person, ``$2`` is now.
_UNNEEDED = f"""
    c.held IS NULL
    AND NOT EXISTS (SELECT FROM participation WHERE customer = c.id AND confirmed_at IS NOT NULL AND ended_at IS NULL)
    AND NOT EXISTS (SELECT FROM (
        SELECT DISTINCT ON (purpose, channel) state FROM consent_event
        WHERE customer = c.id AND state NOT IN ('requested', 'refused') AND (state <> 'expired' OR request IS NULL)
        ORDER BY purpose, channel, at DESC, state = 'given') latest WHERE state = 'given')
    AND NOT EXISTS (SELECT FROM reward WHERE beneficiary = c.id
                    AND state IN ('pending', 'approved', 'scheduled', 'failed'))
    AND NOT EXISTS (SELECT FROM referral WHERE c.id IN (advocate, friend) AND state IN ('qualified', 'in_review'))
    AND NOT EXISTS (SELECT FROM rights_case WHERE customer = c.id AND closed_at IS NULL)
    AND NOT EXISTS ({preserving.HELD_PERSON} AND hold.customer = c.id)
"""  # noqa: S608 - ours alone
# What anybody has mailed who types an address into a form is no contact: else a stranger keeps somebody here for ever.
_ASKED_BY_ANYBODY = "'opt_in', 'portal_login', 'rights_code'"
# The newest we know of somebody; cheap, since only people as old as the period are asked.
_LAST_CONTACT = f"""
    greatest(
        c.updated_at,
        (SELECT max(at) FROM consent_event
         WHERE customer = c.id AND state NOT IN ('requested', 'refused') AND (state <> 'expired' OR request IS NULL)),
        (SELECT max(created_at) FROM message WHERE customer = c.id AND kind NOT IN ({_ASKED_BY_ANYBODY})),
        (SELECT max(answered_at) FROM survey_answer WHERE customer = c.id),
        (SELECT max(occurred_at) FROM conversion WHERE customer = c.id),
        (SELECT max(confirmed_at) FROM referral WHERE friend = c.id))
"""  # noqa: S608 - ours alone
_WHO: Mapping[str, str] = {
    "identity": """c.id IN (SELECT customer FROM participation GROUP BY customer
        HAVING max(ended_at) < $1 AND bool_and(ended_at IS NOT NULL))""",
    "unsubscribed": """
        c.external_id IS NULL AND c.id IN (SELECT customer FROM consent_event
            WHERE state IN ('withdrawn', 'objected') GROUP BY customer HAVING max(at) < $1)
        AND NOT EXISTS (SELECT FROM referral WHERE friend = c.id AND state = 'attributed')""",
    "acquaintance": f"c.stage = 'customer' AND c.created_at < $1 AND {_LAST_CONTACT} < $1",
    "leads": f"c.stage = 'lead' AND c.created_at < $1 AND {_LAST_CONTACT} < $1",
}
# What is kept of people beside how long they themselves are: whoever goes takes of each of these along.
_TAKEN_ALONG = frozenset(
    name
    for name, told in register.read().classes.items()
    if told.whose == "people" and name not in {*_WHO} - {"identity"}
)
# Somebody the company knows by a number keeps it, and loses the address nobody may write to.
_ADDRESSES = f"""
    c.external_id IS NOT NULL AND c.email_hash IS NOT NULL AND c.id IN (SELECT customer FROM consent_event
        WHERE state IN ('withdrawn', 'objected') GROUP BY customer HAVING max(at) < $1)
    AND NOT EXISTS (SELECT FROM participation WHERE customer = c.id) AND {_UNNEEDED}
"""  # noqa: S608 - ours alone
_FORGET_ADDRESSES = f"""
UPDATE customer c SET email_sealed = NULL, email_hash = NULL, updated_at = $2 WHERE {_ADDRESSES}
"""  # noqa: S608 - ours alone


async def lapsed(*, at: datetime, customer: UUID | None = None, limit: int = _MOST_A_NIGHT) -> dict[UUID, str]:
    """Who is over at ``at`` and by which class: of everybody, or of one ``customer``."""
    found: dict[UUID, str] = {}
    for data_class, who in await _classes(at):
        rows = await ground.fetch(
            f"SELECT c.id FROM customer c WHERE ($3::uuid IS NULL OR c.id = $3) AND {who} AND {_UNNEEDED} LIMIT $4",  # noqa: S608
            await retaining.before(data_class, at=at),
            at,
            customer,
            limit,
        )
        found = {row["id"]: data_class for row in rows} | found
    return found


async def enqueue(*, at: datetime) -> int:
    """Leave a job for everybody who is over; how many."""
    people = await lapsed(at=at)
    await outbox.enqueue_all(kind=KIND, subjects=list(people), due_at=at, bulk=True)
    return len(people)


async def lapse(*, customer: UUID, at: datetime) -> bool:
    """Erase somebody who is over; false where they are gone, or are needed again by now."""
    try:
        await holding.lock(customer=customer)
    except CustomerUnknown:
        return False
    rule = (await lapsed(at=at, customer=customer)).get(customer)
    if rule is None:
        return False
    await erasing.erase(customer=customer, rule=rule, at=at)
    return True


async def forget_addresses(*, at: datetime) -> int:
    """Take the address from whom nobody may write to any more, and who is known by a number; how many."""
    if {"unsubscribed", "contact"} & await preserving.classes(at=at):
        return 0
    started = await retaining.before("unsubscribed", at=at)
    rows = await ground.execute(_FORGET_ADDRESSES, started, at)
    told = Emptied(table="customer", data_class="unsubscribed", deed="emptied", amount=rows)
    await remembering.protocol([told] if rows else [], at=at)
    return rows


async def _classes(at: datetime) -> list[tuple[str, str]]:
    """The rules for people as a whole; none where something is held that whoever goes would take along."""
    held = await preserving.classes(at=at)
    if held & _TAKEN_ALONG:
        return []
    return [(data_class, who) for data_class, who in _WHO.items() if data_class not in held]
