"""Nouns of rewards."""

from uuid import uuid4

from piccolo.columns import UUID, BigInt, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class Reward(Table, tablename="reward", db=ground.ROWS):
    """What one side of one referral gets, held until the friend can no longer give the order back."""

    id = UUID(primary_key=True, default=uuid4)
    program = UUID(default=None)
    referral = UUID(default=None)
    conversion = UUID(default=None)
    rule = UUID(default=None)
    side = Text()
    beneficiary = UUID(default=None)
    kind = Text()
    cents = BigInt()
    currency = Text()
    state = Text()
    reason = Text(default="")
    voucher_code = Text(null=True, default=None)
    granted_at = Timestamptz()
    hold_until = Timestamptz()
    decided_at = Timestamptz(null=True, default=None)


class ReviewDecision(Table, tablename="review_decision", db=ground.ROWS):
    """What one member decided about a referral; append-only by grant."""

    id = UUID(primary_key=True, default=uuid4)
    referral = UUID(default=None)
    position = Integer()
    member = UUID(default=None)
    verdict = Text()
    why = Text(null=True, default=None)
    at = Timestamptz()


class ReviewSetting(Table, tablename="review_setting", db=ground.ROWS):
    """How a company has its reviews."""

    id = SmallInt(primary_key=True, default=1)
    object_within_days = SmallInt(default=42)
    changed_at = Timestamptz()
    reminded_at = Timestamptz(null=True, default=None)


class ReviewHold(Table, tablename="review_hold", db=ground.ROWS):
    """Rewards of a referral wait for a person; the primary key is referral and moment together."""

    referral = UUID(primary_key=True, default=None)
    held_at = Timestamptz()
    lifted_at = Timestamptz(null=True, default=None)
