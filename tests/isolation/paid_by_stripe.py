"""What a company has at Stripe: its account, whom it pays there, a call that is open, what differs, and an event."""

import json
from datetime import datetime
from uuid import UUID, uuid4

from leumund.kit import ground
from leumund.payouts.stripe import acquainting, keeping
from leumund.payouts.stripe.keeping import Theirs
from tests.rooms import stripe_payouts

_RECIPIENT = """
INSERT INTO stripe_recipient (id, customer, account, livemode, recipient, state, created_at)
VALUES ($1, $2, $3, true, $4, 'active', $5)
"""
_CALL = """
INSERT INTO payout_call (id, payout, beneficiary, operation, idempotency_key, account, livemode, request, state,
    first_tried_at, tried_at) VALUES ($1, $2, $3, 'transfer', $4, $5, true, $6::text::jsonb, 'open', $7, $7)
"""
_EVENT = """
INSERT INTO stripe_event (id, event, type, object_id, livemode, received_at)
VALUES ($1, $2, 'transfer.updated', $3, true, $4)
"""
_DIFFERENCE = """
INSERT INTO stripe_difference (id, kind, payout, object_id, ours_cents, currency, found_at)
VALUES ($1, 'missing_there', $2, $3, 2500, 'EUR', $4)
"""


async def leave(mark: str, *, customer: UUID, at: datetime) -> None:
    """Everything of Stripe's bears ``mark`` in its name there."""
    account = f"acct_{mark}"
    theirs = Theirs(account, "DE")
    await keeping.keep(key=f"rk_live_{mark}", theirs=theirs, actor="system:test", at=at)
    await ground.execute(_RECIPIENT, uuid4(), customer, account, f"acct_to{mark}", at)
    await acquainting.keep(customer=customer, stripe_id=f"cus_{mark}", at=at)
    order = await stripe_payouts.submitted("stripe_transfer", beneficiary=customer, at=at)
    request = json.dumps({"destination": f"acct_to{mark}"})
    await ground.execute(_CALL, uuid4(), order.payout, customer, uuid4(), account, request, at)
    await ground.execute(_DIFFERENCE, uuid4(), order.payout, f"tr_{mark}", at)
    await ground.execute(_EVENT, uuid4(), f"evt_{mark}", f"tr_{mark}", at)
