"""Nouns of payouts."""

from uuid import uuid4

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Date, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class PayoutWay(Table, tablename="payout_way", db=ground.ROWS):
    """How rewards of one kind are paid."""

    kind = Text(primary_key=True)
    way = Text()
    changed_at = Timestamptz()


class PayoutLimit(Table, tablename="payout_limit", db=ground.ROWS):
    """What is too little, what takes two people, and what is too much for one person in a year; by currency."""

    currency = Text(primary_key=True)
    least_cents = BigInt()
    four_eyes_batch_cents = BigInt()
    four_eyes_payout_cents = BigInt()
    most_a_year_cents = BigInt(null=True, default=None)
    changed_at = Timestamptz()


class PayoutSetting(Table, tablename="payout_setting", db=ground.ROWS):
    """The company's own account, what its transfers say, and its schedule; one row at most."""

    id = UUID(primary_key=True, default=uuid4)
    holder = Text(default="")
    iban_sealed = Bytea(null=True, default=None)
    purpose = Text(default="")
    donation_to = Text(default="")
    schedule = Text(default="none")
    schedule_day = SmallInt(default=1)
    drafted_until_date = Date(null=True, default=None)
    codes_told_at = Timestamptz(null=True, default=None)
    changed_at = Timestamptz()


class PayoutBatch(Table, tablename="payout_batch", db=ground.ROWS):
    """Payouts of one way and currency that are approved and sent together."""

    id = UUID(primary_key=True, default=uuid4)
    way = Text()
    currency = Text()
    state = Text(default="draft")
    created_at = Timestamptz()
    created_by = UUID(null=True, default=None)
    checked_by = UUID(null=True, default=None)
    checked_at = Timestamptz(null=True, default=None)
    four_eyes = Boolean(default=False)
    approved_by = UUID(null=True, default=None)
    approved_at = Timestamptz(null=True, default=None)
    sent_by = UUID(null=True, default=None)
    sent_at = Timestamptz(null=True, default=None)
    execution_date = Date(null=True, default=None)
    debited_sealed = Bytea(null=True, default=None)
    settled_at = Timestamptz(null=True, default=None)


class Payout(Table, tablename="payout", db=ground.ROWS):
    """What one person is paid by one way; its amount never changes, its state goes forward only."""

    id = UUID(primary_key=True, default=uuid4)
    batch = UUID(default=None)
    beneficiary = UUID(default=None)
    way = Text()
    cents = BigInt()
    currency = Text()
    state = Text(default="created")
    idempotency_key = UUID(default=uuid4)
    reference = Text(default="")
    reason = Text(default="")
    created_at = Timestamptz()
    approved_at = Timestamptz(null=True, default=None)
    submitted_at = Timestamptz(null=True, default=None)
    settled_at = Timestamptz(null=True, default=None)


class PayoutItem(Table, tablename="payout_item", db=ground.ROWS):
    """A reward that a payout pays, less what was set off; at most one payout of a reward stands."""

    payout = UUID(primary_key=True, default=None)
    reward = UUID(default=None)
    stands = Boolean(default=True)
    cents = BigInt()
    set_off_cents = BigInt(default=0)


class PayoutAccount(Table, tablename="payout_account", db=ground.ROWS):
    """The bank account a person entered for what they are owed."""

    id = UUID(primary_key=True, default=uuid4)
    customer = UUID(default=None)
    iban_sealed = Bytea()
    holder_sealed = Bytea()
    entered_at = Timestamptz()


class PayoutAddress(Table, tablename="payout_address", db=ground.ROWS):
    """Where a person wants goods sent; gone once they were."""

    id = UUID(primary_key=True, default=uuid4)
    customer = UUID(default=None)
    address_sealed = Bytea()
    entered_at = Timestamptz()


class VoucherPool(Table, tablename="voucher_pool", db=ground.ROWS):
    """Codes of one worth that a company brought."""

    id = UUID(primary_key=True, default=uuid4)
    name = Text()
    currency = Text()
    cents = BigInt()
    low_below = Integer()
    told_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    created_by = UUID(default=None)


class Voucher(Table, tablename="voucher", db=ground.ROWS):
    """One code, given once."""

    id = UUID(primary_key=True, default=uuid4)
    pool = UUID(default=None)
    position = Integer()
    code_sealed = Bytea()
    code_hash = Text()
    expires_date = Date(null=True, default=None)
    added_at = Timestamptz()
    payout = UUID(null=True, default=None)
    given_at = Timestamptz(null=True, default=None)


class PayoutTransfer(Table, tablename="payout_transfer", db=ground.ROWS):
    """The account a payout went to, as the bank's file says; ``id`` is the payout's."""

    id = UUID(primary_key=True, default=None)
    iban_sealed = Bytea()
    holder_sealed = Bytea()
