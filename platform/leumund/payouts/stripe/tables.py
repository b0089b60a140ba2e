"""Nouns of Stripe."""

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class Mode(Table, tablename="money_mode", db=ground.ROWS):
    """Whether real money of Stripe's is known here, and test money; a test company knows of test money alone."""

    livemode = Boolean(primary_key=True)


class Account(Table, tablename="stripe_account", db=ground.ROWS):
    """The company's own account at Stripe, by the key it gave us; nobody asks there before ``paused_until``."""

    id = UUID(primary_key=True)
    account = Text()
    country = Text()
    livemode = Boolean()
    key_sealed = Bytea()
    key_end = Text()
    secret_sealed = Bytea(null=True, default=None)
    connect_secret_sealed = Bytea(null=True, default=None)
    kept_at = Timestamptz()
    faults = Integer(default=0)
    fault = Text(null=True, default=None)
    paused_until = Timestamptz(null=True, default=None)
    compared_at = Timestamptz(null=True, default=None)


class Recipient(Table, tablename="stripe_recipient", db=ground.ROWS):
    """An advocate's own account at Stripe, which transfers go to."""

    id = UUID(primary_key=True)
    customer = UUID(default=None)
    account = Text()
    livemode = Boolean()
    recipient = Text(null=True, default=None)
    state = Text()
    created_at = Timestamptz()
    asked_at = Timestamptz(null=True, default=None)


class Known(Table, tablename="stripe_customer", db=ground.ROWS):
    """Whom Stripe knows as the company's customer, by which name there."""

    id = UUID(primary_key=True)
    customer = UUID(default=None)
    account = Text()
    livemode = Boolean()
    stripe_id = Text()
    told_at = Timestamptz()


class Call(Table, tablename="payout_call", db=ground.ROWS):
    """A call that moves money, written down with its key before it is made."""

    id = UUID(primary_key=True)
    payout = UUID(default=None)
    beneficiary = UUID(default=None)
    operation = Text()
    attempt = Integer(default=1)
    idempotency_key = UUID()
    account = Text()
    livemode = Boolean()
    request = JSONB()
    state = Text()
    tries = Integer(default=0)
    spent = Boolean(default=False)
    first_tried_at = Timestamptz()
    tried_at = Timestamptz()
    object_id = Text(null=True, default=None)
    code = Text(null=True, default=None)


class Event(Table, tablename="stripe_event", db=ground.ROWS):
    """What Stripe told us, once an event; ``outcome`` is what came of it."""

    id = UUID(primary_key=True)
    event = Text()
    type = Text()
    object_id = Text(null=True, default=None)
    account = Text(null=True, default=None)
    livemode = Boolean()
    received_at = Timestamptz()
    settled_at = Timestamptz(null=True, default=None)
    outcome = Text(null=True, default=None)


class Difference(Table, tablename="stripe_difference", db=ground.ROWS):
    """Where Stripe's books and ours say otherwise, until they do not any more."""

    id = UUID(primary_key=True)
    kind = Text()
    payout = UUID(default=None)
    object_id = Text(default="")
    ours_cents = BigInt(null=True, default=None)
    theirs_cents = BigInt(null=True, default=None)
    currency = Text()
    found_at = Timestamptz()
    settled_at = Timestamptz(null=True, default=None)
