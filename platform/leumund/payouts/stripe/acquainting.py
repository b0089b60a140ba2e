"""Find out by which name Stripe knows a customer of the company's: told by a purchase, else asked for by address."""

from datetime import datetime
from uuid import UUID, uuid4

from leumund.customers.records import finding
from leumund.kit import ground
from leumund.payouts.stripe import connecting, hearing, keeping
from leumund.payouts.stripe.asking import Line
from leumund.payouts.stripe.hearing import What

_FIND = """
SELECT k.stripe_id FROM stripe_customer k
JOIN stripe_account a ON a.account = k.account AND a.livemode = k.livemode WHERE k.customer = $1
"""
_WHO = """
SELECT k.customer FROM stripe_customer k
JOIN stripe_account a ON a.account = k.account AND a.livemode = k.livemode WHERE k.stripe_id = $1
"""
# Who was told first stays: two people of ours with one name there would share a balance.
_KEEP = """
INSERT INTO stripe_customer (id, customer, account, livemode, stripe_id, told_at)
SELECT $1, $2, account, livemode, $3, $4 FROM stripe_account ON CONFLICT DO NOTHING
"""


async def name_of(*, customer: UUID) -> str | None:
    """Stripe's name for this person, as far as it is known."""
    rows = await ground.fetch(_FIND, customer)
    return str(rows[0]["stripe_id"]) if rows else None


async def who(*, stripe_id: str) -> UUID | None:
    """Whom Stripe means."""
    rows = await ground.fetch(_WHO, stripe_id)
    return rows[0]["customer"] if rows else None


async def keep(*, customer: UUID, stripe_id: str, at: datetime) -> None:
    """Remember that Stripe calls this person so, unless one of the two is known otherwise."""
    await ground.execute(_KEEP, uuid4(), customer, stripe_id, at)


async def look_up(line: Line, *, customer: UUID, at: datetime) -> str | None:
    """The one customer at Stripe who has this person's address; None for nobody, or several. Outside any scope.

    Raises Unanswered.
    """
    async with line.inside():
        known, entry = await name_of(customer=customer), await keeping.entry()
        email = (await finding.known(customer=customer)).email
    if known is not None or entry is None or not email:
        return known
    async with connecting.opened(line.service, entry.key) as client:
        heard = await hearing.hear(client.v1.customers.list_async({"email": email, "limit": 2}))
    if heard.what is not What.DONE:
        raise Unanswered(heard.code)
    found = [str(each.id) for each in heard.thing.data]
    if len(found) != 1:
        return None
    async with line.inside():
        await keep(customer=customer, stripe_id=found[0], at=at)
        return await name_of(customer=customer)


class Unanswered(Exception):
    """Stripe did not say; later it may."""
