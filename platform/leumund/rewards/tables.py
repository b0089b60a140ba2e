"""Nouns of rewards."""

from uuid import uuid4

from piccolo.columns import UUID, BigInt, Boolean, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class Reward(Table, tablename="reward", db=ground.ROWS):
    """What one side gets by one rule, held until the friend can no longer give the order back.

    Its ``cents`` stand as they were granted: what refunds took of them are rows of their own.
    """

    id = UUID(primary_key=True, default=uuid4)
    program = UUID(default=None)
    version = UUID(default=None)
    referral = UUID(default=None)
    conversion = UUID(default=None)
    rule = UUID(default=None)
    side = Text()
    beneficiary = UUID(default=None)
    kind = Text()
    cents = BigInt()
    currency = Text()
    once = Boolean()
    milestone = Text(null=True, default=None)
    state = Text()
    doubt = Text(null=True, default=None)
    reason = Text(default="")
    voucher_code = Text(null=True, default=None)
    granted_at = Timestamptz()
    hold_until = Timestamptz()
    decided_at = Timestamptz(null=True, default=None)
    tops_up = UUID(null=True, default=None)


class ReviewDecision(Table, tablename="review_decision", db=ground.ROWS):
    """What one member decided about a referral; append-only by grant."""

    id = UUID(primary_key=True, default=uuid4)
    referral = UUID(default=None)
    position = Integer()
    member = UUID(default=None)
    verdict = Text()
    why = Text(null=True, default=None)
    at = Timestamptz()
    conversion = UUID(null=True, default=None)
    reward = UUID(null=True, default=None)


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


class RewardReduction(Table, tablename="reward_reduction", db=ground.ROWS):
    """By how much less is owed of a reward since a part of its order, or all, was given back, or a person took it.

    Below zero it is owed again.
    """

    id = UUID(primary_key=True, default=uuid4)
    reward = UUID(default=None)
    refund = UUID(null=True, default=None)
    cents = BigInt()
    reduced_at = Timestamptz()


class Judgement(Table, tablename="judgement", db=ground.ROWS):
    """What a rule said of a conversion when it was judged: whether it paid, how much, and else why not."""

    id = UUID(primary_key=True, default=uuid4)
    conversion = UUID(default=None)
    referral = UUID(default=None)
    rule = UUID(default=None)
    passed = Boolean()
    reason = Text()
    cents = BigInt()
    judged_at = Timestamptz()


class Refund(Table, tablename="refund", db=ground.ROWS):
    """What was given back of an order, all of it where there is no sum; ``told_as`` is what the company calls it.

    Since ``restored_at`` it was not given back after all; told once more it is another row.
    """

    id = UUID(primary_key=True, default=uuid4)
    order_id = Text()
    told_as = Text(default="")
    cents = BigInt(null=True, default=None)
    told_at = Timestamptz()
    conversion = UUID(null=True, default=None)
    restored_at = Timestamptz(null=True, default=None)
