"""Nouns of segments, classes and interests."""

from uuid import uuid4

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    Boolean,
    Date,
    DoublePrecision,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
)
from piccolo.table import Table

from leumund.kit import ground


class Segment(Table, tablename="segment", db=ground.ROWS):
    """Whom a definition finds, and what for; ``shipped`` until somebody gives it words of their own."""

    id = UUID(primary_key=True, default=uuid4)
    key = Text()
    name = Text()
    purpose = Text()
    version = Integer()
    definition = JSONB()
    evaluates = Boolean()
    shipped = Boolean(default=False)
    created_at = Timestamptz()
    changed_at = Timestamptz()
    computed_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class SegmentVersion(Table, tablename="segment_version", db=ground.ROWS):
    """What a segment asked and what for, once; the primary key is segment and version together."""

    segment = UUID(primary_key=True, default=None)
    version = Integer()
    purpose = Text()
    definition = JSONB()
    actor = Text()
    at = Timestamptz()


class SegmentMember(Table, tablename="segment_member", db=ground.ROWS):
    """A customer is in a segment; the primary key is both together."""

    segment = UUID(primary_key=True, default=None)
    customer = UUID(default=None)
    since_date = Date()


class SegmentCourse(Table, tablename="segment_course", db=ground.ROWS):
    """How many were in a segment on a day; the primary key is both together."""

    segment = UUID(primary_key=True, default=None)
    day_date = Date()
    members = BigInt()
    came = BigInt()
    went = BigInt()


class ClassRule(Table, tablename="class_rule", db=ground.ROWS):
    """By which a customer is an A, a B or a C, and whether what costs money leaves C out; at most one row."""

    id = UUID(primary_key=True, default=uuid4)
    months = SmallInt()
    a_percent = SmallInt()
    b_percent = SmallInt()
    spares_c = Boolean()
    changed_at = Timestamptz()


class ClassFigure(Table, tablename="class_figure", db=ground.ROWS):
    """A class as a whole, over everybody who bought; the primary key is currency and class together."""

    currency = Text(primary_key=True)
    # ``class`` cannot be said in Python.
    letter = Text(db_column_name="class")
    customers = BigInt()
    cents = BigInt()
    computed_at = Timestamptz()


class CustomerClass(Table, tablename="customer_class", db=ground.ROWS):
    """A customer's class in a currency and what it follows from; the primary key is both together."""

    customer = UUID(primary_key=True, default=None)
    currency = Text()
    letter = Text(db_column_name="class")
    rank = BigInt()
    cents = BigInt()
    before_cents = BigInt()
    total_cents = BigInt()
    since_date = Date()


class ClassChange(Table, tablename="class_change", db=ground.ROWS):
    """A customer moved from one class to another on a day; the primary key is customer, currency and day together."""

    customer = UUID(primary_key=True, default=None)
    currency = Text()
    day_date = Date()
    before = Text()
    after = Text(null=True, default=None)
    alerted_at = Timestamptz(null=True, default=None)


class CustomerInterest(Table, tablename="customer_interest", db=ground.ROWS):
    """What a customer buys more often than others; the primary key is customer and category together."""

    customer = UUID(primary_key=True, default=None)
    category = Text()
    bought = BigInt()
    purchases = BigInt()
    mean = DoublePrecision()
    share = DoublePrecision()
