"""Who can be paid over Stripe: an advocate opens an account of their own there, and Stripe says when it can take money.

Stripe asks them who they are and where their money goes; nothing of that comes by us.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
import stripe

from leumund.kit import ground
from leumund.kit.faults import Refused
from leumund.payouts import rehearsing
from leumund.payouts.stripe import connecting, hearing, keeping, pausing
from leumund.payouts.stripe.asking import Line
from leumund.payouts.stripe.hearing import Heard, What

# By which an account there says whose it is: the id of our row, and no name.
_RECIPIENT = "leumund_recipient"
_OPEN = """
INSERT INTO stripe_recipient (id, customer, account, livemode, state, created_at)
VALUES ($1, $2, $3, $4, 'opening', $5) ON CONFLICT (customer, account, livemode) DO NOTHING
"""
# Where nobody is asked, theirs takes money at once.
_REHEARSED = "acct_rehearsed"
_REHEARSE = f"""
INSERT INTO stripe_recipient (id, customer, account, livemode, recipient, state, created_at)
VALUES ($1, $2, '{_REHEARSED}', false, $3, 'active', $4) ON CONFLICT DO NOTHING
"""  # noqa: S608 - a word of ours
_FIND = f"""
SELECT r.id, r.customer, r.recipient, r.state, r.created_at, r.asked_at
FROM stripe_recipient r LEFT JOIN stripe_account a ON true
WHERE r.customer = $1 AND r.account = coalesce(a.account, '{_REHEARSED}') AND r.livemode = coalesce(a.livemode, false)
"""  # noqa: S608 - a word of ours
# What is gone there does not come back; they open another one.
_LET_GO = "DELETE FROM stripe_recipient WHERE customer = $1 AND state = 'gone'"
_OPENED = """
UPDATE stripe_recipient SET recipient = $2, state = 'waiting', asked_at = $3 WHERE id = $1 AND recipient IS NULL
"""
_KEPT = "UPDATE stripe_recipient SET state = $2, asked_at = $3 WHERE recipient = $1 AND state <> 'gone' RETURNING id"


class NotNow(Refused):
    """Stripe cannot be reached, or the company has no account there; later it may be so."""


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """One advocate's account at Stripe, as their page shows it: opening, waiting, active, restricted or gone."""

    id: UUID
    customer: UUID
    recipient: str | None
    state: str
    created_at: datetime
    asked_at: datetime | None

    @property
    def may_receive(self) -> bool:
        return self.state == "active"


async def of(*, customer: UUID) -> Recipient | None:
    """Their account under the company's present one; None when they never began."""
    rows = await ground.fetch(_FIND, customer)
    return Recipient(**rows[0]) if rows else None


async def begin(line: Line, *, customer: UUID, back: str, at: datetime) -> str:
    """The address at Stripe where they go on; ``back`` is where they come back to. Outside any scope. Raises NotNow.

    The account is opened once: its row is committed first, and its id is the call's key. Where that is rehearsed, it is
    open, and they stay here.
    """
    async with line.inside():
        if await rehearsing.is_on():
            await ground.execute(_REHEARSE, uuid4(), customer, f"acct_test{customer.hex}", at)
            return back
        entry = await _entry(at)
        await ground.execute(_LET_GO, customer)
        await ground.execute(_OPEN, uuid4(), customer, entry.account, entry.livemode, at)
        mine = await of(customer=customer)
        assert mine is not None, "opened above"
    async with connecting.opened(line.service, entry.key) as client:
        recipient = mine.recipient
        if recipient is None:
            heard = await _heard(line, client.v1.accounts.create_async(*_wanted(mine, entry)), at)
            recipient = str(heard.thing.id)
            async with line.inside():
                await ground.execute(_OPENED, mine.id, recipient, at)
        params = _link(recipient, back)
        return str((await _heard(line, client.v1.account_links.create_async(params), at)).thing.url)


async def ask(line: Line, *, recipient: str, at: datetime) -> str | None:
    """Ask Stripe how an account stands and keep it; the new state, or None where it is none of ours or nobody answers.

    Outside any scope.
    """
    async with line.inside():
        entry = await keeping.entry()
    if entry is None:
        return None
    async with connecting.opened(line.service, entry.key) as client:
        heard = await hearing.hear(client.v1.accounts.retrieve_async(recipient))
    async with line.inside():
        await pausing.note(heard, at=at)
        state = standing(heard)
        if state is None or not await ground.fetch(_KEPT, recipient, state, at):
            return None
    return state


def standing(heard: Heard) -> str | None:
    """What an answer says of an account; None where it says nothing. Pure."""
    if heard.what is What.REFUSED:
        # There, and not for this key: it was closed, or the advocate took the company's access away.
        return "gone"
    if heard.what is not What.DONE:
        return None
    account: Any = heard.thing
    if getattr(account.capabilities, "transfers", None) == "active":
        return "active" if account.payouts_enabled else "restricted"
    return "restricted" if account.details_submitted else "waiting"


async def _entry(at: datetime) -> keeping.Entry:
    entry = await keeping.entry()
    if entry is None or pausing.left_seconds(entry, at=at):
        raise NotNow("errors.stripe.not_now")
    return entry


def _wanted(mine: Recipient, entry: keeping.Entry) -> tuple[Any, Any]:
    params: stripe.params.AccountCreateParams = {
        "type": "express",
        "country": entry.country,
        "capabilities": {"transfers": {"requested": True}},
        "metadata": {_RECIPIENT: str(mine.id)},
    }
    return params, {"idempotency_key": str(mine.id)}


def _link(recipient: str, back: str) -> Any:
    # Whoever comes back with a link that has lapsed is given another one.
    return {"account": recipient, "type": "account_onboarding", "return_url": back, "refresh_url": back}


async def _heard(line: Line, call: Any, at: datetime) -> Heard:
    heard = await hearing.hear(call)
    async with line.inside():
        await pausing.note(heard, at=at)
    if heard.what is not What.DONE:
        raise NotNow("errors.stripe.not_now")
    return heard
