"""Nouns of programs."""

from uuid import uuid4

from piccolo.columns import JSONB, UUID, Array, BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class Program(Table, tablename="program", db=ground.ROWS):
    """What a company offers, and how it stands; money in minor units of ``currency``."""

    id = UUID(primary_key=True, default=uuid4)
    key = Text()
    state = Text()
    currency = Text()
    budget_cents = BigInt()
    begins_at = Timestamptz(null=True, default=None)
    ends_at = Timestamptz(null=True, default=None)
    review_above_cents = BigInt(null=True, default=None)
    four_eyes_above_cents = BigInt(null=True, default=None)
    updated_at = Timestamptz()


class ProgramVersion(Table, tablename="program_version", db=ground.ROWS):
    """All that people are told and owed, as it was published; ``texts`` by language and name."""

    id = UUID(primary_key=True, default=uuid4)
    program = UUID(default=None)
    number = Integer()
    texts = JSONB()
    terms = JSONB()
    audience = UUID(null=True, default=None)
    hold_days = Integer()
    attribution_days = Integer(null=True, default=None)
    minimum_age = Integer(null=True, default=None)
    countries = Array(base_column=Text())
    new_customers_only = Boolean()
    once_per_relation = Boolean()
    published_at = Timestamptz()
    published_by = Text()


class RewardRule(Table, tablename="reward_rule", db=ground.ROWS):
    """What one side gets for what, in one version."""

    id = UUID(primary_key=True, default=uuid4)
    version = UUID(default=None)
    key = Text()
    side = Text()
    kind = Text()
    trigger = Text()
    event_key = Text(null=True, default=None)
    nth = Integer(null=True, default=None)
    minimum_order_cents = BigInt()
    cents = BigInt(null=True, default=None)
    percent_bp = Integer(null=True, default=None)
    least_cents = BigInt(null=True, default=None)
    most_cents = BigInt(null=True, default=None)
    from_count = Integer(null=True, default=None)
    milestone = Integer(null=True, default=None)
    recurring_months = Integer(null=True, default=None)
    most_times = Integer(null=True, default=None)
    begins_at = Timestamptz(null=True, default=None)
    ends_at = Timestamptz(null=True, default=None)
    bonus = Boolean()
    hold_days = Integer(null=True, default=None)


class ProgramCap(Table, tablename="program_cap", db=ground.ROWS):
    """The most a person, or everybody together, gets within a time, in one version."""

    id = UUID(primary_key=True, default=uuid4)
    version = UUID(default=None)
    scope = Text()
    per = Text()
    most_cents = BigInt(null=True, default=None)
    most_rewards = Integer(null=True, default=None)


class ProgramMove(Table, tablename="program_move", db=ground.ROWS):
    """Who changed what of a program beside its versions."""

    id = UUID(primary_key=True, default=uuid4)
    program = UUID(default=None)
    field = Text()
    was = Text(null=True, default=None)
    became = Text(null=True, default=None)
    at = Timestamptz()
    by = Text()


class ProgramDraft(Table, tablename="program_draft", db=ground.ROWS):
    """What the next version of a program may become."""

    id = UUID(primary_key=True, default=uuid4)
    key = Text()
    terms = JSONB()
    changed_at = Timestamptz()
    changed_by = UUID(default=None)


class Participation(Table, tablename="participation", db=ground.ROWS):
    """A customer takes part: asked for, confirmed by the mail's button, ended."""

    id = UUID(primary_key=True, default=uuid4)
    program = UUID(default=None)
    customer = UUID(default=None)
    terms = UUID(default=None)
    version = UUID(default=None)
    requested_at = Timestamptz()
    confirmed_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class ProgramInvitation(Table, tablename="program_invitation", db=ground.ROWS):
    """A customer was invited to take part, once; the primary key is program and customer together."""

    program = UUID(primary_key=True, default=None)
    customer = UUID(default=None)
    invited_at = Timestamptz()
