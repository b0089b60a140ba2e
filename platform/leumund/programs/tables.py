"""Nouns of programs."""

from uuid import uuid4

from piccolo.columns import JSONB, UUID, BigInt, Integer, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class Program(Table, tablename="program", db=ground.ROWS):
    """What a company offers; ``texts`` by language and name, money in minor units of ``currency``."""

    id = UUID(primary_key=True, default=uuid4)
    key = Text()
    state = Text()
    texts = JSONB()
    currency = Text()
    budget_cents = BigInt()
    hold_days = Integer()
    review_above_cents = BigInt(null=True, default=None)
    updated_at = Timestamptz()


class RewardRule(Table, tablename="reward_rule", db=ground.ROWS):
    """What one side gets; a changed rule is a new row, so what was earned keeps the old one."""

    id = UUID(primary_key=True, default=uuid4)
    program = UUID(default=None)
    side = Text()
    kind = Text()
    cents = BigInt()
    minimum_order_cents = BigInt(default=0)
    effective_at = Timestamptz()
    retired_at = Timestamptz(null=True, default=None)


class Participation(Table, tablename="participation", db=ground.ROWS):
    """A customer takes part: asked for, confirmed by the mail's button, ended."""

    id = UUID(primary_key=True, default=uuid4)
    program = UUID(default=None)
    customer = UUID(default=None)
    terms = UUID(default=None)
    requested_at = Timestamptz()
    confirmed_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class ProgramInvitation(Table, tablename="program_invitation", db=ground.ROWS):
    """A customer was invited to take part, once; the primary key is program and customer together."""

    program = UUID(primary_key=True, default=None)
    customer = UUID(default=None)
    invited_at = Timestamptz()
